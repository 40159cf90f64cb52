// Draws: cracked ground: curling mud plates, crazed glaze, salt polygons with raised rims, or a crust glowing from below.
#include <noise>
#include <color>
#include <space>

vec3 draw(vec2 p) {
  p = turn(gene(0, 0.0, TAU)) * p * gene(1, 1.2, 4.5) + time;
  // Seen aslant, plates grow towards the near edge.
  p *= vec2(1.0, gene(2, 1.0, 1.8));
  vec2 bend = vec2(fbm(p * 1.1, 3, 0.5), fbm(p * 1.1 + 17.0, 3, 0.5)) - 0.5;
  vec2 q = p + gene(3, 0.1, 1.3) * bend;
  float jitter = gene(4, 0.55, 1.0);
  vec4 plate = cells(q, jitter), shard = cells(q * gene(5, 2.2, 3.6) + 3.0 * bend, 1.0);
  float rim = plate.y - plate.x, split = shard.y - shard.x, grit = fbm(p * 9.0, 3, 0.6), kind = gene(6);
  vec2 away = q - plate.zw - 0.5 - jitter * (hash22(plate.zw) - 0.5);
  float tone = hash21(plate.zw + 5.0), piece = hash21(shard.zw + 8.0);
  float wide = gene(7, 0.03, 0.16) * (0.5 + grit);
  float light = dot(away, cis(gene(8, 0.0, TAU)));

  if (kind < 0.4) {
    // Mud: each plate leans its own way and its rim curls up into the light.
    float curl = smoothstep(0.35, 0.0, rim - wide), fine = smoothstep(0.0, 0.06, split - 0.03 * gene(9));
    vec3 mud = stops(0.35 + 0.4 * tone * gene(10) + 0.5 * (grit - 0.4) + 0.1 * piece, 12);
    mud *= 0.8 + light * (0.5 + 1.6 * curl) + 0.25 * (0.5 - piece);
    return mud * mix(0.08, 1.0, smoothstep(0.0, 0.04, rim - wide)) * (0.55 + 0.45 * fine);
  }
  if (kind < 0.6) {
    vec3 glaze = mix(stops(0.4 + bend.x + 0.3 * tone, 12), stops(0.9 - bend.y, 18), smoothstep(0.4, 0.6, fbm(p * 0.9)));
    float net = min(smoothstep(0.0, 0.03, rim), 0.35 + 0.65 * smoothstep(0.0, 0.06, split));
    return mix(stops(gene(24) < 0.5 ? 0.0 : 1.0, 12), glaze * (0.85 + 0.2 * piece), net) + 0.1 * light;
  }
  if (kind < 0.8) {
    float wall = smoothstep(0.28, 0.0, rim - 0.6 * wide) * (0.6 + 0.8 * grit), crumbs = smoothstep(0.25, 0.0, split);
    vec3 pan = stops(0.15 + 0.5 * grit + 0.4 * bend.x + 0.15 * tone, 12);
    return mix(pan, vec3(0.97, 0.94, 0.9) * (0.75 + light), clamp(wall + 0.3 * crumbs * grit, 0.0, 1.0));
  }
  float heat = exp(-rim * gene(9, 5.0, 14.0)) + 0.55 * exp(-split * 14.0) * smoothstep(0.1, 0.6, fbm(p * 0.8 + 9.0));
  vec3 crust = stops(0.6 * grit, 12) * (0.35 + 0.5 * tone) * (0.7 + 0.8 * light + 0.5 * grit);
  vec3 glow = mix(vec3(1.0, 0.35, 0.06), palette(gene(25), 18), step(0.6, gene(26)));
  return crust + glow * heat * 1.1 + vec3(0.9, 0.8, 0.5) * pow(heat, 4.0) * 0.5;
}
