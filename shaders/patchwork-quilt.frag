// Draws: quilts: squares of pinwheels, log cabins, stars, checks, dots and stripes, pieced, padded and stitched.
#include <noise>
#include <color>
#include <shape>
#include <space>

// Which cloth (0, 1, 2) shows at u (−1…1) of a block of this kind.
float piece(float kind, vec2 u, vec3 pick) {
  vec2 a = abs(u);
  float ring = max(a.x, a.y);
  if (kind < 1.0) return u.x * u.y > 0.0 ? step(a.x, a.y) : 1.0 + step(a.y, a.x);
  if (kind < 2.0) {
    float log_ = floor(ring * (2.0 + floor(pick.y * 4.0)));
    return log_ < 0.5 ? 2.0 : (u.x + u.y > 0.0 ? mod(log_, 2.0) : 1.0 + mod(log_, 2.0));
  }
  if (kind < 3.0) return a.x + a.y < 0.75 && ring < 0.5 ? 2.0 : step(min(a.x, a.y) * 2.0 + 0.05, ring - 0.05 * pick.y);
  if (kind < 4.0) {
    vec2 check = floor(u * (1.5 + floor(pick.y * 3.0)) + 8.5);
    return mod(check.x + check.y, 2.0);
  }
  if (kind < 5.0) {
    vec2 dot_, d = repeat(u, vec2(0.5 + 0.17 * floor(pick.y * 3.0)), dot_);
    return step(length(d), 0.16) * (1.0 + mod(dot_.x + dot_.y, 2.0));
  }
  if (kind < 6.0) return floor(mod((u.x + (pick.y < 0.5 ? u.y : 0.0)) * (2.0 + floor(pick.z * 4.0)) + 39.0, 3.0));
  if (kind < 7.0) return length(u) < 0.22 ? 2.0 : step(flower(u, 0.9, 4.0 + floor(pick.y * 5.0), 0.6), 0.0);
  return floor(mod(length(u - (pick.y < 0.5 ? vec2(-1.0) : vec2(0.0))) * (2.0 + 3.0 * pick.z), 3.0));
}

vec3 draw(vec2 p) {
  float scale = exp2(gene(0, -0.1, 1.7)), frame = gene(1) < 0.5 ? 0.0 : gene(2, 0.04, 0.14);
  vec2 q = turn(gene(3) < 0.4 ? PI / 4.0 : gene(4, -0.3, 0.3)) * p * scale + time,
      drape = vec2(valueNoise(q * 1.3), valueNoise(q * 1.3 + 40.0)) - 0.5;
  q += gene(5, 0.02, 0.14) * drape;
  vec2 cell, f = repeat(q, vec2(1.0), cell);
  // Some blocks are four small ones.
  bool quartered = hash21(cell + 3.0) < gene(6, 0.0, 0.5);
  if (quartered) { vec2 part; f = 2.0 * repeat(q - 0.25, vec2(0.5), part); cell = part * 0.5 + 100.0; }
  vec3 pick = hash32(cell * 2.0);
  vec2 u = turn(PI / 2.0 * floor(pick.x * 4.0)) * f * 2.0 / (1.0 - frame);
  float kinds = gene(7) < 0.25 ? 1.0 : gene(7, 2.0, 8.0), kind = mod(floor(pick.z * kinds) + floor(gene(8) * 8.0), 8.0);
  float cloth = piece(kind, u, pick.yzx), edge = 1.0 - max(abs(u.x), abs(u.y));
  float hue = floor(pick.y * gene(9, 2.0, 7.0)) * 0.17, pale = gene(10) < 0.5 ? 0.95 : 0.55;
  vec3 c = cloth < 0.5 ? stops(pale - 0.25 * pick.x, 20) : cloth < 1.5 ? palette(hue, 26) * 0.9
      : stops(0.05 + 0.3 * pick.z, 20);
  // A small print on every other cloth, the weave, the padding between the seams, and the running stitch.
  vec2 dab = fract(q * 14.0 + pick.xy) - 0.5;
  c = mix(c, stops(fract(0.5 * cloth + 0.3), 20),
      ease(0.25, 0.15, length(dab)) * 0.6 * step(2.0, mod(cloth + floor(pick.x * 3.0) + 0.5, 3.0)));
  if (edge < 0.0) { c = stops(gene(11), 20); edge = -3.0 * edge; }
  float pad = ease(0.0, 0.3, edge),
      dash = step(0.45, fract((abs(u.x) > abs(u.y) ? u.y : u.x) * (quartered ? 4.0 : 8.0)));
  c *= (0.55 + 0.5 * pad) * (0.82 + 0.3 * valueNoise(q * vec2(50.0, 12.0))) * (1.0 + 0.8 * (drape.x + drape.y));
  float seam = ease(0.03, 0.012, abs(edge - 0.13)) * dash;
  return mix(c, luma(c) > 0.45 ? c * 0.35 : vec3(0.95, 0.9, 0.8), 0.8 * seam);
}
