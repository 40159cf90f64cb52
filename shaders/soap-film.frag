// Draws: thin-film colours: a draining soap film, a raft of bubbles, petrol on wet asphalt, or heat-tempered steel.
#include <noise>
#include <color>
#include <space>

// Light that interferes in a film of this thickness (in half wavelengths of green): dark when very thin, pale when thick.
vec3 film(float thickness) {
  vec3 waves = 0.5 - 0.5 * cos(TAU * thickness * vec3(0.82, 1.0, 1.22));
  return mix(waves, vec3(0.62), clamp(thickness * 0.1, 0.0, 0.55));
}

vec3 draw(vec2 p) {
  float kind = gene(0), zoom = gene(1, 0.7, 2.2);
  vec2 q = turn(gene(2, 0.0, TAU)) * p * zoom;
  vec2 stir = vec2(fbm(q * 1.2 + time), fbm(q * 1.2 - time + 4.0)) - 0.5;
  stir = vec2(fbm(q + gene(3, 1.0, 4.0) * stir), fbm(q + gene(3, 1.0, 4.0) * stir + 8.0)) - 0.5;
  vec3 dye = mix(vec3(1.0), stops(1.0, 10), gene(4));

  if (kind < 0.3) {
    // Gravity thins the top, where the film turns black; curls of thicker film rise from below.
    float drain = gene(5, 1.0, 3.5) * (1.1 - p.y) + gene(6, 2.0, 7.0) * stir.x;
    float curls = gradientNoise(q * 3.0 + 5.0 * stir);
    return film(max(drain + 0.35 * curls, 0.03)) * dye * (0.85 + 0.6 * stir.y);
  }
  if (kind < 0.6) {
    vec3 colour = vec3(0.0);
    float froth = gene(7, 1.3, 3.4);
    vec4 c = cells(q * froth + 0.4 * stir, 0.9);
    vec2 d = q * froth + 0.4 * stir - c.zw - 0.5 - 0.9 * (hash22(c.zw) - 0.5);
    float wall = c.y - c.x, lot = hash21(c.zw + 3.0), dome = clamp(c.x / 0.75, 0.0, 1.0);
    float thick = 0.5 + 2.2 * lot + gene(5, 0.8, 3.0) * dome * dome + gene(6, 0.5, 3.0) * stir.x + 0.6 * d.y;
    colour = film(max(thick, 0.05)) * mix(0.22, 0.95, dome * dome) * dye + stops(0.15 + 0.3 * lot, 16) * 0.35;
    // Windows mirrored in each bubble, once upright and once upside down.
    vec2 w = turn(gene(2, 0.0, TAU)) * vec2(0.2, 0.25);
    float shine = smoothstep(0.1, 0.05, length(d - w)) + 0.5 * smoothstep(0.07, 0.03, length(d + 1.1 * w));
    colour += 0.75 * shine * smoothstep(0.05, 0.2, wall);
    return mix(stops(gene(8), 16) * 0.5, colour, smoothstep(0.0, 0.07, wall)) + 0.35 * exp(-30.0 * abs(wall - 0.09));
  }
  if (kind < 0.85) {
    // Asphalt: stones in tar under a slick that ends in rings.
    vec4 chip = cells(q * 9.0, 1.0);
    float stone = smoothstep(0.0, 0.3, chip.y - chip.x) * (0.25 + 0.75 * hash21(chip.zw + 6.0));
    float pool = 1.6 * fbm(q * 0.9 + 1.2 * stir + 30.0, 3, 0.5) + 0.6 * stir.x - gene(7, 0.35, 0.65);
    vec3 road = stops(0.1 + 0.45 * stone, 16) * (0.25 + 0.55 * stone), sheen = film(max(pool, 0.0) * gene(5, 3.0, 9.0));
    float wet = smoothstep(0.0, 0.06, pool);
    return mix(road, sheen * dye * (0.4 + 0.45 * stone) + 0.5 * road, wet) + 0.2 * pow(stone, 6.0);
  }
  // Steel: brushed, coloured by the heat that spread from a line or a spot.
  float brushed = valueNoise(q * vec2(3.0, 120.0)) + valueNoise(q * vec2(9.0, 260.0) + 4.0);
  float heat = gene(5) < 0.5 ? abs(q.y + 0.2 * stir.x) : length(q + stir);
  float oxide = gene(6, 1.0, 2.6) * exp(-gene(7, 0.7, 1.6) * heat) * (1.0 + 1.1 * stir.x);
  vec3 steel = mix(vec3(0.75, 0.76, 0.78), film(max(oxide, 0.0) + 0.45), smoothstep(0.02, 0.35, oxide));
  float welds = gene(5) < 0.5 ? smoothstep(0.12, 0.1, heat) * (0.5 + 0.5 * sin(40.0 * q.x + 60.0 * q.y * q.y)) : 0.0;
  return steel * (0.5 + 0.3 * brushed) * (0.8 + 1.2 * stir.y) + 0.3 * welds;
}
