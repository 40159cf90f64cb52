// Draws: polished stone: marble with folded veins, breccia of broken pieces set in another stone, or banded onyx.
#include <noise>
#include <color>
#include <space>

// A thin bright line where the field is zero.
float vein(float field, float width) { return width / (width + abs(field)); }

vec3 draw(vec2 p) {
  float kind = gene(5);
  bool breccia = kind > 0.45 && kind < 0.72;
  p = turn(gene(0, 0.0, TAU)) * p * gene(1, 0.7, 2.6);
  vec2 at = p + vec2(time, gene(2, 0.0, 20.0));
  vec3 broad = fractal3(at * 1.4);
  vec2 fold = broad.xy - 0.5, q = at * vec2(1.0, gene(3, 0.4, 1.0)) + gene(4, 0.5, 3.5) * fold;
  vec4 piece = cells(at * gene(6, 1.2, 3.5) + 1.3 * fold, 1.0);
  float tone = hash21(piece.zw), patchy = ease(0.38, 0.62, broad.z);
  // In breccia every piece has its own stone: the same clouds, moved and turned.
  vec3 cloud = fractal3(breccia ? turn(6.0 * tone) * q * 2.4 + 50.0 * tone : q * gene(7, 1.2, 2.4));
  cloud = ease(0.22, 0.78, cloud);
  float layer = gene(6, 1.2, 4.0) * (gene(8) < 0.5 ? p.x + 1.5 * fold.x : length(p + fold)) + 0.6 * cloud.x;
  vec3 thin = noise3(kind > 0.72 ? vec2(layer * 9.0, 0.5) : q * 5.0), thick = noise3(vec2(layer * 2.0, 4.5));

  if (kind < 0.45) {
    float bed = vein(cloud.y - 0.5, 0.02 + 0.12 * patchy * patchy), hair = patchy * vein(thin.x - 0.5, 0.03);
    vec3 stone = mix(stops(cloud.x, 10), stops(cloud.z, 16), 0.8 * vein(broad.y - 0.5, 0.05));
    vec3 mineral = gene(9) < 0.5 ? vec3(0.96, 0.94, 0.9) : vec3(0.05, 0.05, 0.07);
    return mix(stone, mineral, max(bed * 0.9, 0.7 * hair));
  }
  if (breccia) {
    float gap = piece.y - piece.x - gene(9, 0.0, 0.14) * (0.3 + broad.z);
    vec3 stone = stops(0.6 * tone + 0.5 * cloud.x, 10), cement = stops(broad.x + 0.4 * cloud.y, 16);
    stone = mix(stone, vec3(luma(stone)), step(0.6, hash21(piece.wz + 9.0))) + 0.5 * vein(cloud.y - 0.5, 0.01);
    return mix(cement * (0.45 + 0.4 * cloud.z), stone, ease(0.0, 0.03 + 0.1 * tone, gap));
  }
  float fine = 0.55 * thick.x + 0.45 * thin.x;
  vec3 onyx = mix(stops(1.5 * fine - 0.25, 10), stops(thin.y, 16), ease(0.5, 0.7, thick.y));
  return onyx * (0.7 + 0.4 * cloud.y) + 0.3 * vein(thick.z - 0.5, 0.01);
}
