// Draws: a grove of mushrooms, parasol trees or cone firs on rolling ground, with spots, gills, fog and coloured light.
#include <noise>
#include <color>
#include <solid>

float cone, wide, hollow;
const float PLOT = 1.25;

vec4 plant(vec2 plot) {
  vec3 h = hash32(plot);
  return vec4(plot * PLOT + (h.xy - 0.5) * 0.4, 0.5 + 0.9 * h.z * h.z, h.x);  // x, z, height, a number of its own
}

float ground(vec2 q) { return 0.45 * valueNoise(q * 0.4); }

// Stem and cap of the plant on this plot; a step is capped so that it does not jump over the next plot.
vec2 parts(vec3 p) {
  vec2 plot = floor(p.xz / PLOT + 0.5);
  vec4 m = plant(plot);
  vec3 q = vec3(p.x - m.x, p.y - ground(p.xz), p.z - m.y);
  float r = length(q.xz), size = wide * m.z, up = q.y - m.z;
  float stem = max(r - 0.09 * m.z - 0.04 * ease(0.5, 0.0, q.y), up);
  float dome = length(vec2(r, up * 1.5)) - size, spire = (r + 0.62 * (up - size)) * 0.85;
  float cap = max(mix(dome * 0.8, spire, cone), hollow * r - up - 0.05);
  return vec2(stem, cap);
}

float scene(vec3 p) {
  vec2 d = parts(p), plot = floor(p.xz / PLOT + 0.5), local = abs(p.xz - plot * PLOT);
  float edge = 0.5 * PLOT - max(local.x, local.y) + 0.2, land = (p.y - ground(p.xz)) * 0.8;
  return max(min(min(min(d.x, d.y) * 0.85, land), edge), p.y - 3.0);
}
#include <march>

vec3 draw(vec2 p) {
  cone = gene(0) < 0.35 ? 0.0 : gene(0) < 0.6 ? 1.0 : gene(1); wide = gene(2, 0.3, 0.52); hollow = gene(3, -0.3, 0.5);
  float night = step(gene(4), 0.3), sight = gene(5);
  vec3 eye = vec3(time * 6.0 + 0.62, mix(0.75, 3.2, sight * sight), 0.62);
  vec3 sun = normalize(vec3(cis(gene(6) * TAU), gene(7, 0.3, 1.2)).xzy);
  vec3 gaze = vec3(cis(gene(9) * TAU), mix(gene(10, -0.15, 0.2), -0.8, sight * sight)).xzy;
  vec3 d = ray(turn(gene(8, -0.15, 0.15)) * p, eye, eye + gaze, gene(11, 0.8, 1.6));
  vec3 haze = hsv(gene(12), gene(13, 0.1, 0.6), gene(14, 0.55, 1.0)) * (1.0 - 0.75 * night);
  vec3 zenith = hsv(gene(15), gene(16, 0.3, 0.8), gene(17, 0.2, 0.8)) * (1.0 - 0.7 * night);
  vec3 sky = mix(haze, zenith, ease(0.0, 0.6, d.y)) + 0.5 * haze * pow(max(dot(d, sun), 0.0), 30.0);
  float t = march(eye, d, 12.0, 25);
  if (t < 0.0 && d.y < 0.0) t = min((eye.y - 0.22) / -d.y, 60.0);  // far ground that the march did not reach
  vec3 q = eye + abs(t) * d, n = normalAt(q);
  vec2 part = parts(q);
  vec4 m = plant(floor(q.xz / PLOT + 0.5));
  vec3 local = q - vec3(m.x, ground(q.xz) + m.z, m.y), light = mix(vec3(1.0), haze, 0.4);
  float grain = fbm(q.xz * 8.0 + q.y * 3.0, 2, 0.6), r = length(local.xz), sector = atan(local.z, local.x) / TAU;
  vec3 albedo = hsv(gene(18, 0.05, 0.45), gene(19, 0.2, 0.7), 0.08 + 0.55 * grain * (0.5 + valueNoise(q.xz * 23.0)));
  vec3 lamp = vec3(0.0);
  if (min(part.x, part.y) < 0.03) {
    vec2 grid = vec2(sector * 7.0 + 9.0 * m.w, r * 3.6 / m.z), jitter = hash22(floor(grid)) - 0.5;
    float spot = length(fract(grid) - 0.5 - 0.3 * jitter);
    float mark = gene(20) < 0.5 ? ease(0.34, 0.27, spot) : step(0.5, fract(local.y * 5.0 / m.z + 0.3 * grain));
    float gill = n.y < -0.3 ? 0.4 + 0.6 * step(0.5, fract(sector * 40.0)) : 1.0;
    vec3 skin = mix(palette(m.w * gene(21, 0.1, 0.7), 22) * (0.6 + 0.5 * grain), vec3(0.93, 0.9, 0.82),
      mark * step(-0.3, n.y));
    albedo = part.y < part.x ? skin * gill : vec3(0.85, 0.8, 0.7)
      * (0.5 + 0.5 * valueNoise(vec2(sector * 30.0, q.y * 3.0)));
    lamp = night * skin * (part.y < part.x ? 0.3 + 0.35 * mark : 0.15);
  }
  vec3 color = lit(albedo, q, n, d, sun) * light * (1.0 - 0.6 * night) + lamp;
  return t < 0.0 ? sky : mix(color, haze, 1.0 - exp(-gene(29, 0.006, 0.025) * t * t));
}
