#include <hash>
// Noise: value, gradient, fractal sums, cells. Values lie in 0…1, those of gradientNoise in about −1…1.

float valueNoise(vec2 p) {
  vec2 i = floor(p), f = p - i;
  f = f * f * f * (f * (f * 6.0 - 15.0) + 10.0);
  float a = hash21(i), b = hash21(i + vec2(1, 0)), c = hash21(i + vec2(0, 1)), d = hash21(i + vec2(1, 1));
  return mix(mix(a, b, f.x), mix(c, d, f.x), f.y);
}

float valueNoise(vec3 p) {
  vec3 i = floor(p), f = p - i;
  f = f * f * (3.0 - 2.0 * f);
  vec2 e = vec2(0, 1);
  vec4 low = vec4(hash31(i), hash31(i + e.yxx), hash31(i + e.xyx), hash31(i + e.yyx));
  vec4 high = vec4(hash31(i + e.xxy), hash31(i + e.yxy), hash31(i + e.xyy), hash31(i + e.yyy));
  vec4 z = mix(low, high, f.z);
  return mix(mix(z.x, z.y, f.x), mix(z.z, z.w, f.x), f.y);
}

float gradientNoise(vec2 p) {
  vec2 i = floor(p), f = p - i;
  vec2 u = f * f * f * (f * (f * 6.0 - 15.0) + 10.0);
  float a = dot(hash22(i) * 2.0 - 1.0, f);
  float b = dot(hash22(i + vec2(1, 0)) * 2.0 - 1.0, f - vec2(1, 0));
  float c = dot(hash22(i + vec2(0, 1)) * 2.0 - 1.0, f - vec2(0, 1));
  float d = dot(hash22(i + vec2(1, 1)) * 2.0 - 1.0, f - vec2(1, 1));
  return 1.4 * mix(mix(a, b, u.x), mix(c, d, u.x), u.y);
}

const mat2 OCTAVE_TURN = mat2(0.8, 0.6, -0.6, 0.8);

// Three independent noises for the price of one, and their fractal sums.
vec3 noise3(vec2 p) {
  vec2 i = floor(p), f = p - i, u = f * f * (3.0 - 2.0 * f);
  vec3 low = mix(hash32(i), hash32(i + vec2(1, 0)), u.x), high = mix(hash32(i + vec2(0, 1)), hash32(i + 1.0), u.x);
  return mix(low, high, u.y);
}
vec3 fractal3(vec2 p) {
  return 0.55 * noise3(p) + 0.28 * noise3(OCTAVE_TURN * p * 2.03 + 13.7) + 0.17 * noise3(p.yx * 4.3 + 5.3);
}

// Fractal sum of value noise, most of it between 0.35 and 0.65; roughness is the gain from one octave to the next.
float fbm(vec2 p, int octaves, float roughness) {
  float sum = 0.0, amplitude = 1.0, total = 0.0;
  for (int i = 0; i < octaves; i++) {
    sum += amplitude * valueNoise(p);
    total += amplitude;
    amplitude *= roughness;
    p = OCTAVE_TURN * p * 2.03 + 13.7;
  }
  return sum / total;
}
float fbm(vec2 p) { return fbm(p, 4, 0.5); }

// Sharp crests (mountains, lightning); 0…1.
float ridged(vec2 p, int octaves, float roughness) {
  float sum = 0.0, amplitude = 1.0, total = 0.0;
  for (int i = 0; i < octaves; i++) {
    float r = 1.0 - abs(2.0 * valueNoise(p) - 1.0);
    sum += amplitude * r * r;
    total += amplitude;
    amplitude *= roughness;
    p = OCTAVE_TURN * p * 2.11 + 5.3;
  }
  return sum / total;
}

// Rounded billows (clouds, smoke); 0…1.
float billow(vec2 p, int octaves, float roughness) {
  float sum = 0.0, amplitude = 1.0, total = 0.0;
  for (int i = 0; i < octaves; i++) {
    sum += amplitude * abs(2.0 * valueNoise(p) - 1.0);
    total += amplitude;
    amplitude *= roughness;
    p = OCTAVE_TURN * p * 1.97 + 9.1;
  }
  return sum / total;
}

// Voronoi cells. x: distance to the nearest site, y: to the second nearest; zw: the nearest site's lattice point,
// a name for the cell (feed it to hash). jitter 0 is a square lattice, 1 fully random (y may be a little too large).
vec4 cells(vec2 p, float jitter) {
  vec2 i = floor(p), f = p - i, owner = i;
  float first = 8.0, second = 8.0;
  for (int y = -1; y <= 1; y++)
    for (int x = -1; x <= 1; x++) {
      vec2 g = vec2(x, y);
      vec2 site = g + 0.5 + jitter * (hash22(i + g) - 0.5) - f;
      float d = dot(site, site);
      if (d < first) { second = first; first = d; owner = i + g; }
      else if (d < second) second = d;
    }
  return vec4(sqrt(first), sqrt(second), owner);
}
