// Draws: a canyon land of stepped mesas and banded strata over water or sand, seen from above or from the valley.
#include <noise>
#include <color>
#include <solid>

float steps, cliff, pitch, flood;

// Smooth land pressed into terraces: each step rises steeply in its last part.
float height(vec2 p) {
  vec2 q = p * pitch + 7.0 * time;
  float v = 0.72 * valueNoise(q) + 0.28 * valueNoise(OCTAVE_TURN * q * gene(0, 2.2, 4.0));
  float level = v * steps, f = fract(level);
  return (floor(level) + mix(f, ease(cliff, 1.0, f), 0.92)) / steps * gene(1, 1.2, 2.6);
}

vec3 draw(vec2 p) {
  steps = 3.0 + floor(gene(2) * 9.0); cliff = gene(3, 0.2, 0.7); pitch = gene(4, 0.35, 0.9);
  flood = gene(5) * gene(1, 0.4, 0.9);
  float top = gene(1, 1.2, 2.6);
  vec3 eye = vec3(0.0, top * gene(6, 0.95, 2.2), 0.0), sun = normalize(vec3(cis(gene(7) * TAU), gene(8, 0.4, 1.1)).xzy);
  vec3 d = ray(turn(gene(9, -0.2, 0.2)) * p, eye, eye + vec3(0.0, gene(10, -1.2, -0.25), 1.0), gene(11, 1.0, 2.0));
  vec3 haze = hsv(gene(12), gene(13, 0.05, 0.4), gene(14, 0.6, 1.0));
  vec3 zenith = hsv(gene(15, 0.45, 0.75), gene(16, 0.2, 0.7), gene(17, 0.3, 0.8));
  vec3 sky = mix(haze, zenith, ease(0.0, 0.5, d.y + 0.25 * fbm(d.xz / (0.2 + abs(d.y)) * 1.5, 3, 0.5)));
  float t = d.y < 0.0 ? max(0.1, (top - eye.y) / d.y) : 0.1, gap = 1.0;
  for (int i = 0; i < 28 && gap > 0.003 * t && t < 20.0; i++) {
    vec3 q = eye + t * d;
    gap = q.y - max(height(q.xz), flood);
    t += 0.5 * gap + 0.004 * t;
  }
  vec3 q = eye + t * d;
  float h = height(q.xz), e = 0.008 + 0.003 * t;
  vec3 n = normalize(vec3(h - height(q.xz + vec2(e, 0.0)), e, h - height(q.xz + vec2(0.0, e))));
  // Strata: thin layers of many heights, bent a little, dusted by grain; grass or dust on what lies flat.
  float grain = fbm(q.xz * 6.0, 2, 0.5), layer = hash11(q.y * gene(18, 12.0, 40.0) + 1.5 * grain);
  vec3 strata = palette(gene(19, 0.1, 0.5) * layer + gene(20, 0.0, 0.4) * q.y, 21)
    * (0.4 + 0.4 * layer + 0.3 * grain) + 0.08;
  vec3 flat_ = hsv(gene(27), gene(28, 0.15, 0.7), 0.25 + 0.5 * grain) + 0.1 * fract(h / top * steps);
  vec3 albedo = mix(strata, flat_, ease(0.55, 0.85, n.y) * step(0.25, gene(29)));
  float shade = ease(0.3, 0.0, height(q.xz + 0.35 * sun.xz) - h - 0.3 * sun.y);
  vec3 color = albedo * (1.15 * max(dot(n, sun), 0.0) * shade + 0.4 * mix(haze, zenith, 0.5 + 0.5 * n.y));
  if (h < flood) {
    float ripple = valueNoise(q.xz * vec2(9.0, 22.0) + time), depth = clamp((flood - h) * 3.0, 0.0, 1.0);
    vec3 water = mix(albedo, zenith * 0.35, 0.3 + 0.6 * depth);
    color = mix(water, haze, 0.15 + 0.5 * pow(max(1.0 + d.y, 0.0), 4.0) + 0.25 * ripple);
    color += 0.25 * ease(0.12, 0.0, depth);
  }
  return t > 20.0 || gap > 0.06 * t ? sky : mix(color, haze, 1.0 - exp(-gene(30, 0.001, 0.008) * t * t));
}
