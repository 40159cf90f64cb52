// Draws: sawn wood with knots: one board, planks laid side by side, or the rings of a felled trunk with drying cracks.
#include <noise>
#include <color>
#include <space>
#include <shape>

// Distance from the pith, whose curved axis runs along x below the cut; branches (knots) swell it locally.
float pith(vec2 p, vec2 wander, float lot) {
  float axis = 0.35 * sin(p.x * 0.7 + 6.0 * lot) + 0.6 * (wander.x - 0.5);
  float d = length(vec2(p.y - axis, 0.08 + 0.4 * lot + gene(3, -0.25, 0.25) * p.x));
  for (int i = 0; i < 3; i++) {
    vec3 h = hash33(vec3(float(i), 40.0 * lot, 3.0));
    vec2 k = p - vec2(2.6, 1.6) * (h.xy - 0.5);
    float knot = length(k * vec2(0.55, 1.0)) + 0.05 * (wander.y - 0.5);
    d = h.z > gene(4, 0.2, 1.0) ? d : smoothMin(d, (1.4 + 2.0 * h.z) * knot, 0.32);
  }
  return d;
}

vec3 draw(vec2 p) {
  p = turn(gene(0) < 0.5 ? gene(1, -0.15, 0.15) : gene(1, 0.0, TAU)) * p * gene(2, 0.6, 1.5);
  float lot = gene(5), seam = 1.0, kind = gene(7);
  bool felled = kind > 0.72;
  if (kind < 0.4) {
    float width = gene(8, 0.3, 0.9), row = floor(p.y / width), edge = abs(fract(p.y / width) - 0.5);
    float shift = p.x / 2.5 + hash11(row), butt = abs(fract(shift) - 0.5);
    lot = hash21(vec2(row, floor(shift)));
    seam = ease(0.0, 0.02, min((0.5 - edge) * width, (0.5 - butt) * 2.5));
    p.y += 0.7 * lot - width * (row + 0.5);
  }
  vec3 wander = fractal3(p * vec2(1.2, felled ? 1.2 : 2.5) + time + 20.0 * lot);
  vec2 grain = p;
  float d = pith(p, wander.xy, lot);
  if (felled) {
    grain = polar(p - vec2(gene(8, -0.7, 0.7), gene(9, -0.6, 0.6)));
    d = grain.x * (1.0 + 0.6 * (wander.x - 0.5)) + 0.15 * (wander.y - 0.5);
    grain.y *= 2.0;
  }
  float year = d * gene(6, 8.0, 26.0), age = fract(year), lean = 0.4 + 0.8 * hash11(year);
  // Pale spring wood darkens through the year and breaks off sharply in winter.
  float late = age * age * ease(1.0, 0.93, age) * lean;
  vec3 fibre = noise3(grain * (felled ? vec2(60.0, 12.0) : vec2(5.0, 100.0)));
  float tone = 0.95 - 0.65 * late - 0.4 * ease(0.3, 0.0, d) + 0.7 * (wander.z - 0.5);
  vec3 wood = mix(stops(tone, 16), hsv(0.04 + 0.06 * gene(10), 0.65, 0.15 + 0.75 * tone), gene(11));
  wood *= (0.82 + 0.28 * fibre.x) * (1.0 - 0.45 * ease(0.72, 0.9, fibre.y)) * (0.7 + 0.6 * lot);
  float crack = felled ? abs(sin(grain.y * gene(12, 1.0, 3.0) + 1.5 * wander.y)) * grain.x : 1.0;
  return wood * (0.15 + 0.85 * seam) * ease(0.0, 0.025, crack - 0.02 * ease(0.2, 0.6, grain.x));
}
