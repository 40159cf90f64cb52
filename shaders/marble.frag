// Draws: polished stone: marble with folded veins, breccia of broken pieces set in another stone, or banded onyx.
#include <noise>
#include <color>
#include <space>

// A thin bright line where the field is zero.
float vein(float field, float width) { return width / (width + abs(field)); }

vec3 draw(vec2 p) {
  p = turn(gene(0, 0.0, TAU)) * p * gene(1, 0.7, 2.6) + vec2(time, gene(2, 0.0, 20.0));
  vec2 fold = vec2(fbm(p * 1.4), fbm(p * 1.4 + 31.7)) - 0.5;
  vec2 q = p * vec2(1.0, gene(3, 0.4, 1.0)) + gene(4, 0.5, 3.0) * fold;
  float cloud = fbm(q * 1.7 + 5.0, 4, 0.55), kind = gene(5);
  vec3 stone = stops(1.4 * cloud - 0.2, 8);

  if (kind < 0.45) {
    float bed = gradientNoise(q * gene(6, 0.8, 2.2)), hair = gradientNoise(q * gene(7, 3.0, 7.0) + 3.0 * fold);
    float patchy = smoothstep(0.35, 0.65, valueNoise(p * 2.3 + 40.0));
    stone = mix(stone, stops(1.0 - cloud, 14), 0.7 * vein(bed, 0.12));
    stone = mix(stone, stops(gene(20), 14), vein(bed, 0.012 + 0.05 * patchy * patchy));
    return mix(stone, stops(1.0, 14), 0.8 * patchy * vein(hair, 0.03));
  }
  if (kind < 0.72) {
    vec4 piece = cells(p * gene(6, 1.2, 3.5) + 1.3 * fold, 1.0);
    float gap = piece.y - piece.x, tone = hash21(piece.zw);
    // Every piece has its own stone: the same clouds, moved and turned.
    float inner = fbm(turn(6.0 * tone) * q * 3.0 + 50.0 * tone, 3, 0.6);
    stone = mix(stops(tone * 0.6 + 0.5 * inner, 8), stops(inner, 14), step(0.75, hash21(piece.wz + 9.0)));
    vec3 cement = stops(0.9 * cloud + 0.1, 20) * (0.7 + 0.5 * inner);
    return mix(cement, stone, smoothstep(0.02, 0.05 + 0.1 * tone, gap - gene(7, 0.0, 0.12) * (0.4 + cloud)));
  }
  float layer = gene(6, 1.0, 4.0) * (gene(7) < 0.5 ? q.x : length(q - vec2(time, gene(2, 0.0, 20.0)))) + 2.0 * cloud;
  float fine = valueNoise(vec2(layer * 5.0, 0.5)) * 0.6 + valueNoise(vec2(layer * 17.0, 8.5)) * 0.4;
  stone = mix(stops(fine, 8), stops(1.2 * fine - 0.1, 14), smoothstep(0.3, 0.7, valueNoise(vec2(layer, 4.5))));
  return stone * (0.75 + 0.5 * cloud) + 0.25 * vein(fract(layer * 1.5) - 0.5, 0.01);
}
