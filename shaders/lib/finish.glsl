#include <quick>
#include <color>
// Last touches: the colour of a finished picture at p, changed.

vec3 vignette(vec3 c, vec2 p, float strength) { return c * (1.0 - strength * 0.5 * dot(p, p)); }
vec3 grained(vec3 c, vec2 p, float amount) { return c + amount * (quickHash(p * 160.0 + 500.0) - 0.5); }
vec3 muted(vec3 c, float amount) { return mix(c, vec3(luma(c)), amount); }
vec3 lifted(vec3 c, float power) { return pow(max(c, 0.0), vec3(power)); }
vec3 contrast(vec3 c, float amount) { return mix(c, ease(0.0, 1.0, c), amount); }
vec3 sidelight(vec3 c, vec2 p, float angle, float amount) { return c * (1.0 + amount * dot(p, vec2(cos(angle), sin(angle)))); }
vec3 paper(vec3 c, vec2 p) { return c * (0.88 + 0.2 * clouds(p * 11.0, 3)) + 0.04; }
vec3 blotched(vec3 c, vec2 p) { return c * mix(0.65, 1.12, clouds(p * 1.7 + 3.0, 3)); }
vec3 posterised(vec3 c, float levels) { return floor(c * levels + 0.5) / levels; }
vec3 printed(vec3 c, vec2 p, float pitch) {
  vec2 d = fract(mat2(0.8, 0.6, -0.6, 0.8) * p * pitch) - 0.5;
  float dot_ = ease(-0.1, 0.1, sqrt(clamp(1.0 - luma(c), 0.0, 1.0)) * 0.72 - length(d));
  return mix(mix(c, vec3(0.95), 0.7), c * 0.55, dot_);
}
vec3 hatched(vec3 c, vec2 p, float pitch) {
  float tone = luma(c), a = abs(fract((p.x + p.y) * pitch) - 0.5), b = abs(fract((p.x - p.y) * pitch) - 0.5);
  float ink = max(ease(0.1, -0.1, a - 0.5 * (0.75 - tone)), ease(0.1, -0.1, b - 0.5 * (0.4 - tone)));
  return mix(c * 0.5 + 0.5, c * 0.3, ink);
}
vec3 scanned(vec3 c, vec2 p, float pitch) { return c * (0.8 + 0.3 * cos(pitch * p.y)); }
vec3 hazy(vec3 c, vec3 air, vec2 p, float amount) { return mix(c, air, amount * clouds(p * 1.3 + 7.0, 3)); }
vec3 toned(vec3 c, vec3 dark, vec3 light) { return mix(dark, light, clamp(luma(c), 0.0, 1.0)); }
