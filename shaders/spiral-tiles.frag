// Draws: logarithmic spirals of tiles, seeds or scales that grow outwards in two crossing families of arms.
#include <noise>
#include <color>
#include <shape>
#include <space>

vec3 draw(vec2 p) {
  p = turn(gene(0, 0.0, TAU)) * (p - vec2(gene(1, -0.6, 0.6), gene(2, -0.6, 0.6)));
  float kind = gene(3), left = floor(gene(4, 5.0, 15.0)),
      right = floor(gene(5, 3.0, 22.0)) * (gene(6) < 0.15 ? 0.0 : 1.0);
  // A second pole turns the spiral into the double one that runs from pole to pole.
  vec2 z = gene(7) < 0.35 ? complexDiv(p, p - vec2(gene(8, 0.9, 1.6), 0.3)) : p;
  float radius = max(length(z), 1e-3);
  // The logarithm maps rings and rays to a square grid; turned so that once around is a whole
  // number of cells both ways.
  vec2 w = complexMul(vec2(log(radius), atan(z.y, z.x)), vec2(right, -left) / TAU);
  w += (gene(9) < 0.4 ? 0.0 : gene(10, 0.02, 0.15)) * sin(TAU * w.yx);
  w += time;
  vec2 cell = floor(w), f = fract(w) - 0.5;
  float arm = cell.x * right - cell.y * left, pick = hash11(arm), scale = length(vec2(left, right)) / TAU / radius;
  float pixel = 2.0 * scale / min(resolution.x, resolution.y), soft = 1.4 * pixel, d, tone;
  vec2 a = abs(f);
  if (kind < 0.3) d = max(a.x, a.y) - gene(11, 0.36, 0.48);
  else if (kind < 0.55) d = length(f) - gene(11, 0.3, 0.5);
  else if (kind < 0.8) d = max(length(f - vec2(0.5)) - 1.0, length(f + 0.5) - 1.0) + 0.06;
  else d = flower(f, 0.48, floor(gene(12, 3.0, 7.0)), gene(11, 0.2, 0.6));
  float body = ease(soft, -soft, d), rings = floor(gene(13, 1.0, 4.0)), fade = ease(0.7, 0.15, pixel);
  tone = 0.5 + 0.5 * cos(d * TAU * rings * 2.0);
  float family = gene(14), order = 0.5 + 0.5 * sin(log(radius) * gene(15, 1.0, 5.0));
  if (family < 0.7) order = family < 0.35 ? mod(arm + 0.5, 3.0) / 3.0 : pick;
  vec3 tile = mix(palette(0.8 * order + 0.15 * tone, 20), stops(order * 0.6 + 0.4 * tone, 26), gene(16));
  tile *= (0.6 + 0.6 * ease(0.0, -0.35, d)) * (0.85 + 0.5 * dot(f, cis(gene(17, 0.0, TAU))))
      * (0.75 + 0.25 * pick);
  tile = mix(tile, 1.0 - tile, gene(18) < 0.35 ? ease(soft, -soft, d + 0.2) : 0.0);
  tile += 0.3 * ease(0.12, 0.0, length(f - vec2(-0.12, 0.12))) * gene(19);
  bool night = gene(19) < 0.6;
  tile = night ? tile * 1.1 + 0.18 : tile * 0.8;
  vec3 ground = (night ? stops(0.0, 26) * 0.6 : stops(1.0, 26)) * (0.7 + 0.4 * valueNoise(w * 3.0));
  vec3 c = mix(ground, tile, body);
  return mix(mix(ground, tile, 0.5), c, fade) * (0.8 + 0.35 * fbm(p * 5.0 + time, 2, 0.5));
}
