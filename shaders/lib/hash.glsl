// Integer hashing: the same bits on every driver, unlike hashes made of sin().
// PCG-3D and PCG-4D after Jarzynski and Olano, "Hash Functions for GPU Rendering" (JCGT 2020), written afresh.

uint hashMix(uint x) {
  x = x * 747796405u + 2891336453u;
  x = ((x >> ((x >> 28u) + 4u)) ^ x) * 277803737u;
  return (x >> 22u) ^ x;
}

uvec3 hashMix3(uvec3 v) {
  v = v * 1664525u + 1013904223u;
  v.x += v.y * v.z; v.y += v.z * v.x; v.z += v.x * v.y;
  v ^= v >> 16u;
  v.x += v.y * v.z; v.y += v.z * v.x; v.z += v.x * v.y;
  return v;
}

float unit(uint x) { return float(x >> 8u) / 16777216.0; }

// A number in [0, 1) of a lattice point; every picture has its own lattice (seed).
float hash11(float x) { return unit(hashMix(uint(int(floor(x))) ^ uint(seed))); }
vec3 hash33(vec3 p) {
  uvec3 h = hashMix3(uvec3(ivec3(floor(p))) + uvec3(seed, seed >> 8, seed << 5));
  return vec3(unit(h.x), unit(h.y), unit(h.z));
}
vec3 hash32(vec2 p) { return hash33(vec3(p, 17.0)); }
vec2 hash22(vec2 p) { return hash33(vec3(p, 17.0)).xy; }
float hash21(vec2 p) { return hash33(vec3(p, 17.0)).x; }
float hash31(vec3 p) { return hash33(p).x; }
