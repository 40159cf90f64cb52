// Draws: a city of box towers on a street grid by day, dusk or night, with lit windows, setbacks, traffic and haze.
#include <noise>
#include <color>
#include <space>

float tallest, density, lane;

// The building on a lot: half sizes in x and z, height, and a number of its own.
vec4 building(vec2 lot) {
  vec3 h = hash32(lot);
  float centre = exp(-0.012 * dot(lot - vec2(3.0, 9.0), lot - vec2(3.0, 9.0)));
  float high = h.x < density ? (0.25 + tallest * h.y * h.y) * mix(0.4, 1.3, centre) : 0.02;
  return vec4(0.5 - lane - 0.2 * h.z, 0.5 - lane - 0.2 * fract(h.z * 9.0), high, h.z);
}

// Walks the lots under the ray; distance, and through `n` the face met. Two boxes a lot: a base and a slimmer tower.
float trace(vec3 eye, vec3 d, int lots, out vec3 n) {
  vec3 way = sign(d), slope = 1.0 / max(abs(d), 1e-4);
  vec2 lot = floor(eye.xz), next = (0.5 + way.xz * (lot + 0.5 - eye.xz)) * slope.xz;
  float t = -1.0;
  n = vec3(0.0, 1.0, 0.0);
  for (int i = 0; i < lots && t < 0.0; i++) {
    vec4 b = building(lot);
    for (int part = 0; part < 2; part++) {
      vec3 half_ = part == 0 ? vec3(b.x, b.z * 0.45, b.y) : vec3(b.x, b.z, b.y) * vec3(0.72, 1.0, 0.72);
      vec3 middle = (vec3(lot.x + 0.5, 0.0, lot.y + 0.5) - eye) * way * slope, near = middle - half_ * slope;
      vec3 far = middle + half_ * slope;
      float enter = max(max(near.x, near.y), near.z), leave = min(min(far.x, far.y), far.z);
      if (enter < leave && enter > 0.0 && (t < 0.0 || enter < t)) {
        t = enter;
        n = -way * step(vec3(enter), near);
      }
    }
    bool acrossX = next.x < next.y;
    if (eye.y + d.y * min(next.x, next.y) < 0.0) break;
    next += acrossX ? vec2(slope.x, 0.0) : vec2(0.0, slope.z);
    lot += acrossX ? vec2(way.x, 0.0) : vec2(0.0, way.z);
  }
  return t;
}

vec3 draw(vec2 p) {
  tallest = gene(0, 0.8, 4.5); density = gene(1, 0.65, 1.0); lane = gene(2, 0.06, 0.14);
  float night = step(gene(3), 0.4), high = gene(4, 0.0, 1.0);
  vec3 eye = vec3(floor(time * 9.0), mix(0.35, tallest + 2.0, high), 0.0);
  vec3 sun = normalize(vec3(cis(gene(5) * TAU), gene(6, 0.25, 1.2)).xzy);
  vec3 d = normalize(vec3(turn(gene(7, -0.1, 0.1)) * p, gene(8, 1.0, 2.0)));
  d.yz = turn(mix(-0.15, gene(9, 0.3, 0.9), high)) * d.yz;
  d.xz = turn(high < 0.2 ? gene(10, -0.25, 0.25) : gene(10) * TAU) * d.xz;
  vec3 haze = hsv(gene(11), gene(12, 0.1, 0.6), gene(13, 0.5, 1.0)) * (1.0 - 0.65 * night);
  vec3 zenith = hsv(gene(14), gene(15, 0.2, 0.7), gene(16, 0.3, 0.8)) * (1.0 - 0.8 * night);
  vec3 sky = mix(haze, zenith, ease(-0.05, 0.6, d.y + 0.2 * fbm(d.xz / (0.2 + abs(d.y)) * 2.0, 3, 0.5) - 0.1));
  vec3 n, ignored;
  float t = trace(eye, d, 30, n), ground = d.y < -1e-3 ? -eye.y / d.y : 1e3;
  bool street = t < 0.0 || ground < t;
  if (street) { t = ground; n = vec3(0.0, 1.0, 0.0); }
  if (t > 60.0) return sky;
  vec3 q = eye + t * d;
  vec2 lot = floor(q.xz - 0.01 * n.xz), local = fract(q.xz) - 0.5, across = abs(local);
  vec4 b = building(lot);
  // Windows: a grid on the walls, each pane dark, reflecting or lit.
  vec2 face = vec2(abs(n.x) > 0.5 ? q.z : q.x, q.y) * vec2(gene(17, 10.0, 22.0), gene(18, 8.0, 16.0));
  vec2 pane = fract(face) - 0.5;
  float chance = hash33(vec3(floor(face), b.w * 999.0)).x, grain = fbm(q.xz * 5.0 + q.y * 3.0, 2, 0.5);
  float glass = step(abs(n.y), 0.5) * step(abs(pane.x), mix(0.25, 0.5, step(0.6, b.w)))
    * step(abs(pane.y), mix(0.3, 0.5, step(b.w, 0.3)));
  vec3 stone = mix(vec3(0.3 + 0.5 * fract(b.w * 7.0)), palette(fract(b.w * 5.0) * 0.6, 19), gene(25, 0.1, 0.9))
    * (0.6 + 0.5 * grain);
  vec3 albedo = mix(stone, mix(zenith, haze, chance) * (0.3 + 0.4 * chance), glass), lamp = vec3(0.0);
  lamp = hsv(gene(26) + 0.1 * chance, 0.5, 1.0) * glass * step(chance, mix(0.05, gene(27, 0.2, 0.6), night));
  if (street) {
    float kerb = step(0.5 - lane, max(across.x, across.y)), edge = 0.5 - max(across.x, across.y);
    float along = across.x > across.y ? q.z : q.x, dash = step(0.5, fract(along * 4.0)) * step(edge, 0.012);
    albedo = mix(hsv(0.3 * gene(28), 0.3, 0.25 + 0.3 * grain), vec3(0.14 + 0.08 * grain), kerb) + 0.5 * dash;
    float car = step(0.8, hash11(floor(along * 7.0) + 31.0 * lot.x + 17.0 * lot.y)) * kerb
      * ease(0.02, 0.0, abs(edge - 0.5 * lane));
    lamp = car * mix(vec3(1.0, 0.25, 0.1), vec3(1.0, 0.9, 0.6), step(0.0, local.x + local.y)) * (0.4 + 0.6 * night);
  }
  q += 0.002 * n;
  float shadow = trace(q, sun, 5, ignored) > 0.0 ? 0.0 : 1.0, depth = ease(-0.3, 1.0, q.y / (0.4 * tallest));
  vec3 light = mix(vec3(1.1, 1.0, 0.85), vec3(0.15, 0.2, 0.35), night);
  vec3 color = albedo * (light * max(dot(n, sun), 0.0) * shadow + (0.15 + 0.35 * depth) * (0.3 + haze + 0.4 * n.y))
    + lamp;
  return mix(color, haze, 1.0 - exp(-gene(29, 0.0005, 0.006) * t * t));
}
