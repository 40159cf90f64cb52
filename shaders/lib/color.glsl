// Colour: palettes driven by the picture's genes, and conversions.

vec3 hsv(float h, float s, float v) {
  vec3 k = abs(fract(h + vec3(0.0, 2.0, 1.0) / 3.0) * 6.0 - 3.0) - 1.0;
  return v * mix(vec3(1.0), clamp(k, 0.0, 1.0), s);
}

float luma(vec3 c) { return dot(c, vec3(0.2126, 0.7152, 0.0722)); }

// Cosine palette: centre + swing · cos 2π(frequency · t + phase).
vec3 cosine(float t, vec3 centre, vec3 swing, vec3 frequency, vec3 phase) {
  return centre + swing * cos(6.2831853 * (frequency * t + phase));
}

// A colour ramp of this picture, from six genes beginning at `first`; another `first`, another ramp.
// t in 0…1 (it wraps).
vec3 palette(float t, int first) {
  vec3 phase = vec3(gene(first), gene(first + 1), gene(first + 2));
  float range = gene(first + 3);
  vec3 centre = vec3(0.35) + 0.3 * vec3(gene(first + 4), gene(first + 5), gene(first + 3));
  phase = mix(vec3(phase.x), phase, 0.35 + 0.65 * phase.y);
  return clamp(cosine(t, centre, vec3(0.25 + 0.3 * range), vec3(1.0), phase), 0.0, 1.0);
}

// Three stops of this picture from dark to light, earthy or vivid, blended smoothly: less rainbow than `palette`.
// t in 0…1 (clamped); six genes beginning at `first`.
vec3 stops(float t, int first) {
  float hue = gene(first), spread = 0.05 + 0.35 * gene(first + 1), rich = 0.15 + 0.75 * gene(first + 2);
  float dark = 0.04 + 0.3 * gene(first + 3), light = 0.65 + 0.35 * gene(first + 4);
  vec3 a = hsv(hue, rich, dark);
  vec3 b = hsv(hue + spread, rich * 0.8, mix(dark, light, 0.35 + 0.3 * gene(first + 5)));
  vec3 c = hsv(hue - spread * 0.6, rich * (1.0 - 0.7 * gene(first + 5)), light);
  t = clamp(t, 0.0, 1.0) * 2.0;
  return t < 1.0 ? mix(a, b, ease(0.0, 1.0, t)) : mix(b, c, ease(0.0, 1.0, t - 1.0));
}
