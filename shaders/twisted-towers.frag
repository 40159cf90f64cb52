// Draws: a crowd of twisted, tapering towers of several plans, banded with windows, on a tiled plain.
#include <noise>
#include <color>
#include <solid>

float tallest, twist, taper;
vec3 plan;  // weights that make the section a square, plank, octagon, hexagon or diamond
const float LOT = 2.3;

// Distance to the tower of this lot; capped so that a step never jumps over the neighbouring lot.
float scene(vec3 p) {
  vec2 lot = floor(p.xz / LOT + 0.5), q = p.xz - LOT * lot;
  float edge = 0.5 * LOT - max(abs(q.x), abs(q.y)) + 0.25;
  vec3 h = hash32(lot);
  float high = 0.5 + tallest * h.x * h.x, level = p.y / high, u = twist * (h.z - 0.4) * p.y + h.y;
  q = vec2(q.x * (1.0 - u * u) - 2.0 * u * q.y, 2.0 * u * q.x + q.y * (1.0 - u * u)) / (1.0 + u * u);  // by 2·atan u
  q = abs(q);
  float r = (0.3 + 0.5 * h.y) * (1.0 - taper * clamp(level, 0.0, 1.0));
  float wall = max(max(q.x, q.y * plan.x), q.x * plan.y + q.y * plan.z) - r;
  return max(min(min(max(wall * 0.75, p.y - high), p.y), edge), p.y - tallest - 0.7);
}
#include <march>

vec3 draw(vec2 p) {
  float form = gene(1) * 5.0;
  plan = form < 1.0 ? vec3(1.0, 0.0, 0.0) : form < 2.0 ? vec3(0.45, 0.0, 0.0) : form < 3.0 ? vec3(1.0, 0.71, 0.71)
       : form < 4.0 ? vec3(0.0, 0.5, 0.87) : vec3(0.0, 0.8, 0.55);
  tallest = gene(0, 1.8, 6.0); twist = gene(2) < 0.2 ? 0.0 : gene(2, -3.0, 3.0); taper = gene(3, -0.1, 0.9);
  vec3 eye = vec3((floor(time * 9.0) + 0.5) * LOT, gene(6, 0.6, 5.5), 0.5 * LOT);
  vec3 sun = normalize(vec3(cis(gene(7) * TAU), gene(8, 0.4, 1.4)).xzy);
  vec3 aim = vec3(3.0 * cis(gene(9) * TAU), 0.0).xzy + vec3(eye.x, gene(6, 1.5, 0.8), eye.z);
  vec3 d = ray(turn(gene(10, -0.2, 0.2)) * p, eye, aim, gene(11, 0.8, 1.7));
  vec3 haze = hsv(gene(12), gene(13, 0.05, 0.5), gene(14, 0.3, 1.0));
  vec3 zenith = hsv(gene(15), gene(16, 0.3, 0.8), gene(17, 0.1, 0.7));
  vec3 sky = mix(haze, zenith, ease(-0.05, 0.6, d.y)) + 0.6 * haze * ease(0.97, 0.975, dot(d, sun));
  float t = march(eye, d, 17.0, 30);
  if (t < 0.0 && d.y < 0.0) t = min(eye.y / -d.y, 60.0);  // far ground that the march did not reach
  vec3 q = eye + t * d, n = normalAt(q);
  vec2 lot = floor(q.xz / LOT + 0.5), local = q.xz - LOT * lot;
  vec3 h = hash32(lot + 40.0);
  float rows = gene(18, 3.0, 9.0), storey = fract(q.y * rows), grain = fbm(q.xz * 6.0 + q.y * 5.0, 2, 0.5);
  // Storeys in two tones; in some pictures split into panes, in others left as stripes.
  float pane = gene(25) < 0.5 ? 1.0 : step(0.35, fract((local.x - local.y) * 5.0 + 0.5 * floor(q.y * rows)));
  vec3 paint = palette(h.x * gene(19, 0.1, 0.8), 26) * (0.6 + 0.6 * grain);
  vec3 albedo = mix(paint, n.y > 0.8 ? paint : mix(zenith, haze, h.y) * (0.3 + h.z), step(0.45, storey) * pane);
  float tile = gene(20) < 0.5 ? mod(floor(q.x / 0.55) + floor(q.z / 0.55), 2.0)
    : step(0.9, max(fract(q.x / 0.55), fract(q.z / 0.55)));
  if (q.y < 0.01) albedo = mix(palette(gene(21), 26), haze, gene(22, 0.2, 0.6)) * (0.35 + 0.5 * tile + 0.4 * grain);
  float shadow = 1.0, s = 0.1;
  for (int i = 0; i < 4; i++) {
    float gap = scene(q + s * sun);
    shadow = min(shadow, 6.0 * gap / s);
    s += clamp(gap, 0.2, 0.6);
  }
  vec3 color = lit(albedo, q, n, d, sun) * mix(0.4, 1.0, clamp(shadow, 0.0, 1.0));
  return t < 0.0 ? sky : mix(color, haze, 1.0 - exp(-0.011 * t * t));
}
