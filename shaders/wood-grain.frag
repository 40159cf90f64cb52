// Draws: sawn wood with knots: one board, planks laid side by side, or the rings of a felled trunk with drying cracks.
#include <noise>
#include <color>
#include <space>
#include <shape>

// Distance from the pith, whose curved axis runs along x below the cut; branches (knots) swell it locally.
float pith(vec2 p, vec2 wander, float lot) {
  float axis = 0.35 * sin(p.x * 0.7 + 6.0 * lot) + 0.5 * (wander.x - 0.5);
  float depth = 0.08 + 0.4 * lot + gene(3, -0.25, 0.25) * p.x;
  float d = length(vec2(p.y - axis, depth));
  for (int i = 0; i < 4; i++) {
    vec3 h = hash33(vec3(float(i), 40.0 * lot, 3.0));
    if (h.z > gene(4, 0.2, 1.0)) continue;
    vec2 k = p - vec2(4.0, 1.8) * (h.xy - 0.5);
    float knot = length(k * vec2(0.55, 1.0)) + 0.04 * (wander.y - 0.5);
    d = smoothMin(d, (1.4 + 2.0 * h.z) * knot, 0.32);
  }
  return d;
}

vec3 draw(vec2 p) {
  p = turn(gene(0) < 0.5 ? gene(1, -0.15, 0.15) : gene(1, 0.0, TAU)) * p * gene(2, 0.6, 1.5);
  float lot = gene(5), seam = 1.0, rings = gene(6, 9.0, 26.0), kind = gene(7);
  bool felled = kind > 0.72;
  if (kind < 0.36) {
    float width = gene(8, 0.3, 0.9), row = floor(p.y / width), edge = abs(fract(p.y / width) - 0.5);
    float shift = p.x / 2.5 + hash11(row), butt = abs(fract(shift) - 0.5);
    lot = hash21(vec2(row, floor(shift)));
    seam = smoothstep(0.0, 0.02, min((0.5 - edge) * width, (0.5 - butt) * 2.5));
    p += vec2(9.0 * lot, 0.7 * lot - width * (row + 0.5));
    p.x -= 9.0 * lot;
  }
  vec2 wander = vec2(fbm(p * vec2(1.2, 2.5) + time, 3, 0.5), fbm(p * 3.0 - time, 3, 0.5));
  vec2 grain = p;
  float d = pith(p, wander, lot);
  if (felled) {
    grain = polar(p - vec2(gene(8, -0.7, 0.7), gene(9, -0.6, 0.6)));
    d = grain.x * (1.0 + 0.5 * (wander.x - 0.5)) + 0.1 * (wander.y - 0.5);
    grain.y *= 2.0;
  }
  float year = d * rings, age = fract(year), lean = 0.5 + 0.7 * hash21(vec2(floor(year), 7.0));
  // Pale spring wood darkens through the year and breaks off sharply in winter.
  float late = pow(age, 2.2) * smoothstep(1.0, 0.93, age) * lean;
  float fibre = valueNoise(grain * vec2(felled ? 60.0 : 4.0, felled ? 18.0 : 130.0));
  float pores = smoothstep(0.72, 0.95, valueNoise(grain * vec2(felled ? 90.0 : 12.0, felled ? 40.0 : 90.0) + 5.0));
  float tone = 0.95 - 0.65 * late - 0.35 * smoothstep(0.3, 0.0, d) + 0.5 * (wander.x - 0.5);
  vec3 wood = mix(stops(tone, 16), hsv(0.04 + 0.06 * gene(10), 0.65, 0.15 + 0.75 * tone), gene(11));
  wood *= (0.82 + 0.28 * fibre) * (1.0 - 0.4 * pores) * (0.75 + 0.5 * lot);
  float crack = felled ? abs(sin(grain.y * gene(12, 1.0, 3.0) + 1.5 * wander.y)) * grain.x : 1.0;
  return wood * (0.15 + 0.85 * seam) * smoothstep(0.0, 0.025, crack - 0.02 * smoothstep(0.2, 0.6, grain.x));
}
