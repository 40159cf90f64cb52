// Draws: quasi-crystals: five to eight plane waves summed, contoured and embossed into Penrose-like stars.
#include <color>
#include <space>

vec3 draw(vec2 p) {
  float waves = floor(gene(0, 5.0, 9.0)), scale = exp2(gene(1, 4.1, 5.6));
  float offset = gene(2) < 0.5 ? 0.0 : gene(2, 0.0, TAU);
  vec2 q = turn(gene(3, 0.0, TAU)) * (p - vec2(gene(4, -1.0, 1.0), gene(5, -1.0, 1.0)) * step(0.4, gene(6)));
  // The plane is flat, or folded by squaring, or seen through a lens.
  if (gene(7) < 0.2) q = 0.6 * complexMul(q, q);
  else if (gene(7) < 0.5) q *= 0.6 + 0.5 * dot(p, p);
  float fine = 0.0, coarse = 0.0;
  vec2 slope = vec2(0.0), k = vec2(1.0, 0.0);
  mat2 next = turn(PI / waves);
  for (int i = 0; i < 8; i++) {
    if (float(i) >= waves) break;
    float along = dot(q, k) * scale + offset * float(i) + 0.3 * time;
    fine += cos(along);
    slope -= sin(along) * k;
    coarse += cos(0.381966 * along + 1.0);
    k = next * k;
  }
  float norm = inversesqrt(waves);
  fine *= norm;
  slope *= norm;
  coarse *= norm;
  float style = floor(gene(8) * 5.0), bands = gene(9, 1.0, 3.0),
      soft = 2.0 * bands * scale / min(resolution.x, resolution.y);
  float light = 0.5 + 0.45 * dot(slope, cis(gene(10, 0.0, TAU))), dome = clamp(1.0 - 0.5 * dot(slope, slope), 0.0, 1.0);
  float level = fract(fine * bands), line = ease(0.0, soft, min(level, 1.0 - level));
  float cut = ease(-0.5 * soft, 0.5 * soft, fine - 0.4 * coarse), swap = ease(-soft, soft, coarse);
  // Every style mixes one ground and one accent, by its own rule.
  float where = style < 1.0 ? 0.02 : style < 2.0 ? mix(0.1 + 0.2 * coarse, 0.9 - 0.25 * coarse, cut)
      : 0.5 + 0.4 * coarse;
  if (style > 2.5) where = style < 3.5 ? 0.9 - 0.2 * light : 0.12 + 0.15 * coarse;
  vec3 ground = stops(where, 20), accent = palette(0.3 * coarse + (style < 1.0 ? 0.13 * floor(fine * bands) : 0.0), 26);
  if (style < 1.0) return mix(ground, accent, line) * (0.5 + 0.8 * light);
  if (style < 2.0) return mix(ground, accent, ease(0.8, 1.0, abs(fine - 0.4 * coarse))) * (0.7 + 0.4 * light);
  // Studded metal under a slanting lamp.
  if (style < 3.0) return (mix(ground, accent, 0.5 + 0.4 * fine) + 0.1) * (0.1 + 1.2 * light) * (0.55 + 0.6 * dome);
  if (style < 4.0) return mix(0.4 * accent, ground, cut + swap - 2.0 * cut * swap) * (0.7 + 0.45 * light);
  // Glowing stars and their rings upon a dark ground.
  float glow = pow(clamp(0.5 + 0.32 * fine, 0.0, 1.0), 3.0), halo = exp(-9.0 * abs(fine - 0.5 - 0.3 * coarse));
  return 0.7 * ground + accent * glow * 1.6 + (accent.zxy + 0.2) * 0.7 * halo;
}
