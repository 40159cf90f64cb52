// Draws: thin-film colours: a draining soap film, a raft of bubbles, petrol on wet asphalt, or heat-tempered steel.
#include <noise>
#include <color>
#include <space>

// Light that interferes in a film (thickness in half wavelengths of green): dark when very thin, pale when thick.
vec3 film(float thickness) {
  vec3 waves = 0.5 - 0.5 * cos(TAU * max(thickness, 0.02) * vec3(0.82, 1.0, 1.22));
  return mix(waves, vec3(0.62), clamp(thickness * 0.1, 0.0, 0.55));
}

vec3 draw(vec2 p) {
  float kind = gene(0), curl = gene(3, 1.5, 5.0), swing = gene(6, 2.0, 6.0);
  bool froth = kind > 0.3 && kind < 0.58, road = kind > 0.58 && kind < 0.83;
  mat2 view = turn(gene(2, 0.0, TAU));
  vec2 q = view * p * gene(1, 0.7, 2.2);
  vec3 slow = fractal3(q * 1.1 + time), stir = fractal3(q + curl * (slow.xy - 0.5)) - 0.5;
  // One set of cells serves as bubbles or as the stones of the road.
  vec2 at = froth ? q * gene(7, 1.3, 3.2) + 0.5 * stir.xy : q * gene(7, 4.0, 7.0);
  vec4 cell = cells(at, 0.9);
  vec3 lot = hash33(vec3(cell.zw, 3.0)), dye = mix(vec3(1.0), stops(1.0, 10), gene(4));
  float wall = cell.y - cell.x, dome = cell.x * cell.x * 1.8;

  // Gravity thins a film at its top, where it turns black; bubbles are thicker at the rim; oil ends in rings.
  float heat = gene(5) < 0.5 ? abs(q.y + 0.4 * stir.x) : length(q + 2.0 * stir.xy);
  float oxide = gene(8, 1.0, 2.6) * exp(-gene(9, 0.7, 1.6) * heat) * (1.0 + 2.0 * stir.x);
  float pool = 2.4 * (slow.z - 0.5) + 1.6 * stir.x + gene(9, 0.1, 0.8);
  float thick = froth ? 0.5 + 2.2 * lot.x + gene(5, 0.8, 3.0) * dome + swing * stir.x :
    road ? pool * gene(5, 1.5, 5.0) : kind > 0.83 ? oxide + 0.45 :
    gene(5, 1.0, 3.5) * (1.1 - p.y) + 1.6 * swing * stir.x + 3.0 * stir.y;
  float shade = froth ? 0.15 + 0.4 * lot.y : 0.15 + 0.75 * lot.x * ease(0.0, 0.3, wall);
  vec3 light = film(thick) * dye, ramp = stops(shade, 16);

  if (froth) {
    // Windows mirrored in each bubble, once upright and once upside down.
    vec2 from = at - cell.zw - 0.5 - 0.9 * (hash22(cell.zw) - 0.5), w = view * vec2(0.2, 0.25);
    float shine = ease(0.1, 0.05, length(from - w)) + 0.5 * ease(0.07, 0.03, length(from + 1.1 * w));
    vec3 bubble = light * mix(0.22, 0.95, min(dome, 1.0)) + 0.35 * ramp + 0.75 * shine * ease(0.05, 0.2, wall);
    return mix(ramp * 0.4, bubble, ease(0.0, 0.07, wall)) + 0.35 * exp(-30.0 * abs(wall - 0.09));
  }
  if (road) {
    float stone = ease(0.0, 0.3, wall) * (0.3 + 0.7 * lot.y), wet = ease(0.0, 0.06, pool);
    vec3 dry = mix(ramp, vec3(luma(ramp)), 0.6) * (0.3 + 0.8 * stone);
    return mix(dry, light * (0.6 + 0.5 * stone) * (1.0 + stir.z) + 0.25 * dry, wet);
  }
  if (kind < 0.3) return light * (0.85 + 1.2 * stir.z);
  // Steel: brushed, coloured by the heat that spread from a weld or a spot.
  vec3 brushed = noise3(q * vec2(3.0, 90.0));
  vec3 steel = mix(vec3(0.75, 0.76, 0.78), light, ease(0.02, 0.35, oxide));
  float weld = gene(5) < 0.5 ? ease(0.12, 0.1, heat) * (0.5 + 0.5 * sin(40.0 * q.x + 60.0 * q.y * q.y)) : 0.0;
  return steel * (0.5 + 0.35 * brushed.x + 0.25 * brushed.y) * (0.9 + 1.5 * stir.y) + 0.3 * weld;
}
