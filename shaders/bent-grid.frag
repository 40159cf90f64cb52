// Draws: Op art: grids of discs, squares or lines bulged over hidden spheres, pinched in folds and rolled into waves.
#include <noise>
#include <color>
#include <space>

vec3 draw(vec2 p) {
  float kind = floor(gene(0) * 4.0), count = exp2(gene(1, 1.9, 3.3)), height = 0.0;
  vec2 q = p;
  // Hidden spheres swell (or dent) the sheet.
  for (int i = 0; i < 4; i++) {
    if (float(i) > gene(2) * 4.0) break;
    vec3 h = hash33(vec3(float(i), 2.0, 9.0));
    vec2 d = q - (h.xy * 1.8 - 0.9);
    float radius = 0.4 + 0.6 * h.z, rise = sqrt(max(1.0 - dot(d, d) / (radius * radius), 0.0));
    q -= d * (h.z < gene(3) ? -0.35 : 0.6) * rise;
    height += rise;
  }
  q = turn(gene(4) < 0.4 ? PI / 4.0 * floor(gene(4) * 5.0) : gene(4, 0.0, TAU)) * q;
  // Folds: the columns are squeezed where the sheet turns away, and their rows ride on waves.
  float fold = gene(5) < 0.55 ? gene(6, 0.3, 0.9) : 0.0, rate = gene(7, 2.0, 6.0), roll = cos(q.x * rate + time);
  float wave = gene(8) < 0.4 ? gene(9, 0.05, 0.25) : 0.0;
  vec2 w = (q + vec2(fold / rate * sin(q.x * rate + time), wave * sin(q.x * rate * 0.5 + time))) * count;
  float squeeze = 1.0 + abs(fold * roll);
  vec2 cell = floor(w), f = fract(w) - 0.5;
  float odd = mod(cell.x + cell.y, 2.0), pick = hash21(cell),
      far = 0.5 + 0.5 * sin(dot(cell, cis(gene(10, 0.0, TAU))) * gene(11, 0.2, 0.9) + time);
  float pixel = 2.2 * count * squeeze / min(resolution.x, resolution.y), d;
  if (kind < 1.0) d = length(f * vec2(1.0, 1.0 + gene(12) * far)) - mix(0.18, 0.47, far);
  else if (kind < 2.0) { f = turn(far * PI * 0.5 * gene(12)) * f; d = max(abs(f.x), abs(f.y)) - mix(0.12, 0.36, far); }
  else if (kind < 3.0) d = (abs(f.x + (gene(12) - 0.5) * cos(w.y * PI)) - 0.25) * 0.8;
  else d = max(abs(f.x), abs(f.y)) - 0.5;
  float mark = ease(pixel, -pixel, d), tone = kind == 3.0 ? odd : gene(13) < 0.5 ? mark : abs(odd - mark);
  float core = ease(pixel, -pixel, length(f) - 0.14 * (0.4 + far)) * step(gene(14), 0.5);
  float scheme = gene(15), along = 0.5 + 0.25 * dot(q, cis(gene(16, 0.0, TAU))) * 1.4;
  vec3 black = scheme < 0.25 ? vec3(0.04) : stops(0.12 * along, 20);
  vec3 white = scheme < 0.25 ? vec3(0.96, 0.95, 0.91) : stops(0.98, 20), tint = palette(along + 0.25 * height, 26);
  if (scheme > 0.5) white = mix(tint, palette(0.35 * far + 0.5, 20), scheme > 0.75 ? far : 0.0) + 0.08;
  if (scheme > 0.75) black = stops(0.15 + 0.5 * (1.0 - far), 20) * 0.6;
  vec3 c = mix(black, white, tone);
  c = mix(c, mix(white, palette(pick * 0.4 + along, 26), 0.8), core * (kind == 3.0 ? 0.9 : 0.8));
  float shade = mix(1.0, 0.45 + 0.6 * min(height, 1.0), gene(17) * min(1.0, gene(2) * 4.0))
      * (1.0 - 0.5 * fold * (0.5 - 0.5 * roll) * gene(18));
  return c * shade * (0.9 + 0.15 * valueNoise(p * 60.0));
}
