// Draws: glossy, striped and mirror balls scattered on a patterned floor, with true shadows and one reflection.
#include <noise>
#include <color>
#include <solid>

vec3 sun, low, high, tileA, tileB;
float crowd, hop;

// The ball of one floor square: centre and radius.
vec4 ball(vec2 lot) {
  vec3 h = hash32(lot);
  float r = h.x < crowd ? 0.16 + 0.32 * h.y * h.y : 0.0, play = 0.98 - 2.0 * r;
  return vec4(lot.x + 0.5 + (h.z - 0.5) * play, r + hop * fract(h.z * 31.0), lot.y + 0.5
    + (fract(h.z * 7.0) - 0.5) * play, r);
}

// Walks the squares under the ray; the distance to the first ball, or −1.
float trace(vec3 eye, vec3 d, int squares, out vec4 hit) {
  vec2 lot = floor(eye.xz), way = sign(d.xz), slope = 1.0 / max(abs(d.xz), 1e-4);
  vec2 next = (0.5 + way * (lot + 0.5 - eye.xz)) * slope;
  float top = 1.0 + hop, t = -1.0;
  hit = vec4(0.0);
  for (int i = 0; i < squares && t < 0.0; i++) {
    vec4 b = ball(lot);
    vec3 o = eye - b.xyz;
    float along = dot(o, d), inside = along * along - dot(o, o) + b.w * b.w, near = -along - sqrt(max(inside, 0.0));
    if (inside > 0.0 && b.w > 0.0 && near > 0.0) { hit = b; t = near; }
    float y = eye.y + d.y * min(next.x, next.y);
    if (y < 0.0 || y > top && d.y > 0.0) break;
    bool acrossX = next.x < next.y;
    next += acrossX ? vec2(slope.x, 0.0) : vec2(0.0, slope.y);
    lot += acrossX ? vec2(way.x, 0.0) : vec2(0.0, way.y);
  }
  return t;
}

vec3 sky(vec3 d) {
  float cloud = ease(0.4, 0.8, fbm(d.xz / (abs(d.y) + 0.2) * 1.5 + time, 2, 0.5));
  return mix(mix(low, high, sqrt(clamp(d.y, 0.0, 1.0))), vec3(1.0), 0.7 * cloud * gene(0));
}

float tiles(vec2 q) {
  float kind = gene(1) * 4.0, square = mod(floor(q.x) + floor(q.y), 2.0), grain = valueNoise(q * 3.0);
  vec2 f = fract(q) - 0.5;
  if (kind < 1.0) return square;
  if (kind < 2.0) return step(0.5, fract(length(f) * 3.0));
  if (kind < 3.0) return step(0.5, fract(q.x + 0.6 * grain));
  return mix(grain, step(0.5, fract(f.x + f.y * (1.0 - 2.0 * square))), 0.6);
}

// Colour of what the ray meets; mirror: how much to add of what the ray that goes on (eye, d) meets.
vec3 look(inout vec3 eye, inout vec3 d, int squares, out float mirror) {
  vec4 b, ignored;
  float t = trace(eye, d, squares, b), ground = d.y < -1e-3 ? -eye.y / d.y : 1e4;
  bool onBall = t > 0.0 && t < ground;
  t = onBall ? t : ground;
  vec3 q = eye + t * d, n = onBall ? (q - b.xyz) / max(b.w, 0.01) : vec3(0.0, 1.0, 0.0);
  vec3 h = hash32(floor(b.xz) + 0.5 + 50.0);
  vec3 paint = palette(h.x * gene(21), 22) * (0.5 + 0.6 * h.z), onward = reflect(d, n), air = sky(d);
  paint = mix(paint, tileA, step(h.y, gene(28)) * step(0.5, fract(3.0 * dot(n, normalize(h - 0.5)))));
  vec3 albedo = onBall ? paint : mix(tileA, tileB, tiles(q.xz * gene(2, 1.0, 3.0)))
    * (0.8 + 0.3 * valueNoise(q.xz * 17.0));
  float edge = pow(1.0 - clamp(dot(n, -d), 0.0, 1.0), 4.0), fog = t > 35.0 ? 1.0 : 1.0 - exp(-0.003 * t * t);
  q += 0.002 * n;
  float shadow = trace(q, sun, 3, ignored) > 0.0 ? 0.0 : 1.0;
  vec3 color = albedo * (1.1 * max(dot(n, sun), 0.0) * shadow
    + 0.45 * (onBall ? 0.6 + 0.4 * n.y : 1.0) * (0.6 + 0.4 * high));
  if (onBall) color += shadow * pow(max(dot(onward, sun), 0.0), 60.0);
  mirror = (1.0 - fog) * (onBall ? 0.12 + 0.6 * step(0.6, h.z) + 0.4 * edge : 0.25 * gene(29) + 0.2 * edge);
  if (ground > 9e3 && !onBall) mirror = 0.0;
  eye = q; d = onward;
  return mix(color, air, fog) * (1.0 - mirror);
}

vec3 draw(vec2 p) {
  crowd = gene(3, 0.35, 1.0); hop = gene(4) < 0.6 ? 0.0 : 1.5 * gene(4);
  sun = normalize(vec3(gene(5, -1.0, 1.0), gene(6, 0.5, 1.3), gene(7, -1.0, 1.0)));
  low = hsv(gene(10), gene(11, 0.05, 0.5), gene(12, 0.4, 1.0));
  high = hsv(gene(10) + gene(13, -0.3, 0.3), gene(14, 0.2, 0.9), gene(15, 0.1, 0.7));
  tileA = hsv(gene(16), gene(17, 0.0, 0.4), gene(18, 0.6, 0.95));
  tileB = hsv(gene(19), gene(20, 0.2, 0.8), gene(27, 0.1, 0.5));
  vec3 eye = vec3(floor(time * 9.0), gene(8, 0.5, 3.5), 0.01);
  vec3 d = ray(p, eye, vec3(eye.x, 0.0, eye.z) + vec3(cis(gene(9) * TAU) * gene(30, 1.0, 3.5), 0.25).xzy,
    gene(31, 0.9, 2.2));
  float mirror, rest;
  vec3 color = look(eye, d, 20, mirror);
  return color + mirror * look(eye, d, 7, rest);
}
