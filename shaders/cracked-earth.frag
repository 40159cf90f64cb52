// Draws: cracked ground: curling mud plates, crazed glaze, salt pans with raised rims, or a crust aglow from below.
#include <noise>
#include <color>
#include <space>

vec3 draw(vec2 p) {
  float kind = gene(6), jitter = gene(4, 0.5, 1.0);
  p = turn(gene(0, 0.0, TAU)) * p * gene(1, 0.9, 4.0) * vec2(1.0, gene(2, 1.0, 1.8)) + time;
  vec3 broad = fractal3(p * 1.1), grit = fractal3(p * 8.0);
  vec2 bend = broad.xy - 0.5, q = p + gene(3, 0.1, 1.6) * bend;
  vec4 plate = cells(q, jitter), shard = cells(q * gene(5, 2.2, 3.6) + 3.0 * bend, 1.0);
  float rim = plate.y - plate.x, split = shard.y - shard.x;
  vec3 lot = hash33(vec3(plate.zw, 5.0));
  // Each plate is tilted its own way, and the sun shows it.
  vec2 away = q - plate.zw - 0.5 - jitter * (hash22(plate.zw) - 0.5);
  float light = dot(away + 0.5 * (lot.xy - 0.5), cis(gene(8, 0.0, TAU))), wide = gene(7, 0.02, 0.14) * (0.4 + grit.x);
  vec3 ground = stops(0.3 + 0.35 * lot.z * gene(10) + 1.1 * (grit.y - 0.5) + 0.9 * bend.x + 0.1 * light, 12);

  if (kind < 0.4) {
    float curl = ease(0.35, 0.0, rim - wide), fine = ease(0.0, 0.06, split - 0.04 * gene(9));
    ground *= 1.15 + light * (0.5 + 1.3 * curl);
    return ground * mix(0.06, 1.0, ease(0.0, 0.05, rim - wide)) * (0.5 + 0.5 * fine);
  }
  if (kind < 0.6) {
    // Glaze: two colours run into each other under a net of fine lines, stained dark or filled with gold.
    float net = max(ease(0.05, 0.0, rim), 0.6 * ease(0.07, 0.0, split));
    vec3 glaze = mix(ground, stops(1.4 * broad.y - 0.2, 18), ease(0.42, 0.58, broad.z));
    return mix(glaze * (0.9 + 0.5 * light), gene(24) < 0.5 ? vec3(0.08, 0.06, 0.05) : vec3(0.95, 0.8, 0.45), net);
  }
  if (kind < 0.78) {
    float wall = ease(0.3, 0.0, rim - wide) * (0.4 + grit.z), crumbs = ease(0.2, 0.0, split) * grit.x;
    vec3 salt = vec3(0.98, 0.95, 0.92) * (0.75 + 0.8 * light);
    return mix(ground * (0.7 + 0.4 * lot.x), salt, clamp(wall + 0.5 * crumbs, 0.0, 1.0));
  }
  float heat = exp(-rim * gene(9, 5.0, 14.0)) + 0.55 * exp(-split * 14.0) * ease(0.35, 0.65, broad.z);
  vec3 glow = gene(26) < 0.6 ? vec3(1.0, 0.35, 0.06) : hsv(gene(25), 0.85, 1.0);
  return ground * (0.35 + 0.5 * lot.y + 0.6 * light) + heat * (1.1 * glow + vec3(0.4, 0.35, 0.2) * heat * heat * heat);
}
