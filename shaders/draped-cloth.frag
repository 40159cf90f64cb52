// Draws: folded cloth close by, in silk, wool or plaid: pleats and creases under raking light, with woven patterns.
#include <noise>
#include <color>
#include <solid>

float pleats, deep, warp;
mat2 bias;

// Soft pleats along one direction, swaying, crossed by gathers and small creases.
float height(vec2 p) {
  float sway = valueNoise(p * 0.8 + time), x = p.x * pleats + warp * sway + 0.15 * valueNoise(p * vec2(1.0, 2.6));
  float f = abs(fract(x) * 2.0 - 1.0), fold = f * f * (3.0 - 2.0 * f);
  return deep * (0.55 * fold * (0.5 + sway) + 0.45 * valueNoise(p * vec2(1.4, 0.8) + 7.0));
}

// Coordinates in the threads of the cloth, carried over the folds; a pattern of three tones.
float pattern(vec2 q, float h) {
  q = bias * (q + vec2(0.8 * h, 0.3 * h)) * gene(0, 2.0, 7.0);
  vec2 f = fract(q), wide = step(0.45, f), thin = ease(0.05, 0.03, abs(f - 0.22));
  float kind = gene(1) * 5.0, leaf = valueNoise(q * 1.6 + 2.0 * valueNoise(q * 0.8));
  if (kind < 1.0) return 0.35 * (wide.x + wide.y) + 0.3 * max(thin.x, thin.y);
  if (kind < 2.0) return wide.x * 0.8 + 0.2 * thin.x;
  if (kind < 3.0) return ease(0.34, 0.3, length(f - 0.5)) * (0.5 + 0.5 * hash21(floor(q)));
  if (kind < 4.0) return ease(0.45, 0.55, leaf) + 0.4 * ease(0.04, 0.02, abs(leaf - 0.4));
  return 0.5 * abs(wide.x - wide.y) + 0.2;
}

vec3 draw(vec2 p) {
  pleats = gene(2, 0.5, 1.6); deep = gene(3, 0.35, 0.8); warp = gene(4, 0.4, 2.4); bias = turn(gene(5) * TAU);
  vec3 eye = vec3(0.0, gene(6, 1.6, 2.6), -0.8), sun = normalize(vec3(cis(gene(7) * TAU), gene(8, 0.35, 0.9)).xzy);
  vec3 d = ray(turn(gene(9) * TAU) * p, eye, vec3(0.0, 0.0, gene(10, -0.3, 0.8)), gene(11, 1.1, 2.0));
  float t = (deep - eye.y) / min(d.y, -0.12), gap = 1.0;
  for (int i = 0; i < 18 && gap > 0.003; i++) {
    vec3 q = eye + t * d;
    gap = q.y - height(q.xz);
    t += 0.6 * gap;
  }
  vec3 q = eye + t * d;
  float h = height(q.xz), e = 0.012;
  vec3 n = normalize(vec3(h - height(q.xz + vec2(e, 0.0)), e, h - height(q.xz + vec2(0.0, e))));
  // Shadows of folds that stand towards the light, and gloom in the valleys.
  float shade = 1.0 - 0.75 * ease(0.0, 0.25, height(q.xz + sun.xz * 0.3) - h - 0.3 * sun.y);
  float valley = ease(-0.1, 0.7, h / deep);
  vec2 thread = bias * q.xz * 45.0;
  float weave = 0.5 + 0.5 * valueNoise(thread * vec2(1.0, 0.15)) * valueNoise(thread * vec2(0.15, 1.0)) * 2.0;
  float tone = pattern(q.xz, h);
  vec3 plain = hsv(gene(12), gene(13, 0.1, 0.9), gene(14, 0.3, 0.95));
  vec3 accent = hsv(gene(12) + gene(15, -0.5, 0.5), gene(16, 0.0, 0.8),
    fract(gene(14, 0.3, 0.95) + gene(17, 0.35, 0.65)));
  vec3 albedo = mix(plain, accent, clamp(tone, 0.0, 1.0) * step(0.12, gene(18))) * mix(1.0, weave, gene(19, 0.1, 0.6));
  float facing = clamp(dot(n, -d), 0.0, 1.0), gloss = pow(max(dot(n, normalize(sun - d)), 0.0), gene(20, 8.0, 50.0));
  float fuzz = pow(1.0 - facing, 3.0);
  vec3 light = mix(vec3(1.0, 0.95, 0.85), palette(gene(21), 22), 0.35);
  vec3 color = albedo * (light * 1.4 * max(dot(n, sun), 0.0) * shade
    + 0.45 * (0.3 + 0.7 * valley) * mix(accent, vec3(1.0), 0.6));
  color += light * shade * gloss * gene(28) * 0.6 + 0.35 * fuzz * mix(albedo, light, 0.4) * gene(29);
  return color * mix(0.55, 1.0, valley) * (1.0 - 0.12 * dot(p, p));
}
