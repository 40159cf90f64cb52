#include <hash>
// Noise at half the price of <noise>: one hash a lattice point. All values lie in 0…1 and use most of that range.

float quickHash(vec2 cell) {
  uvec2 u = uvec2(ivec2(floor(cell)));
  return unit(hashMix(u.x * 1597334677u ^ u.y * 3812015801u ^ uint(seed)));
}

float quickNoise(vec2 p) {
  vec2 i = floor(p), f = p - i, e = vec2(0.0, 1.0);
  f = f * f * (3.0 - 2.0 * f);
  return mix(mix(quickHash(i), quickHash(i + e.yx), f.x), mix(quickHash(i + e), quickHash(i + 1.0), f.x), f.y);
}

// Fractal sum, stretched to the whole range.
float clouds(vec2 p, int octaves) {
  float sum = 0.0, amplitude = 0.5, total = 0.0;
  for (int i = 0; i < octaves; i++) {
    sum += amplitude * quickNoise(p);
    total += amplitude;
    amplitude *= 0.5;
    p = mat2(1.62, 1.22, -1.22, 1.62) * p + 13.7;
  }
  return ease(0.12, 0.88, sum / total);
}

// Sharp crests between round valleys.
float crests(vec2 p, int octaves) {
  float sum = 0.0, amplitude = 0.6, total = 0.0;
  for (int i = 0; i < octaves; i++) {
    float r = 1.0 - abs(2.0 * quickNoise(p) - 1.0);
    sum += amplitude * r * r;
    total += amplitude;
    amplitude *= 0.5;
    p = mat2(1.62, 1.22, -1.22, 1.62) * p + 5.3;
  }
  return sum / total;
}

// Round tops over sharp creases.
float puffs(vec2 p, int octaves) {
  float sum = 0.0, amplitude = 0.6, total = 0.0;
  for (int i = 0; i < octaves; i++) {
    sum += amplitude * abs(2.0 * quickNoise(p) - 1.0);
    total += amplitude;
    amplitude *= 0.5;
    p = mat2(1.62, 1.22, -1.22, 1.62) * p + 9.1;
  }
  return min(1.4 * sum / total, 1.0);
}

// A displacement, each part in −1…1.
vec2 drift(vec2 p) { return 2.0 * vec2(quickNoise(p), quickNoise(p.yx + 31.7)) - 1.0; }
