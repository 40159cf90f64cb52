// Draws: the field lines and level lines of a few random charges, like iron filings about magnets.
#include <noise>
#include <color>
#include <shape>
#include <space>

vec3 draw(vec2 p) {
  vec2 z = p * gene(0, 0.7, 1.6), field = vec2(0.0);
  if (gene(1) < 0.2) z = kaleido(z, floor(gene(1, 3.0, 28.0)));
  float potential = 0.0, flux = 0.0, total = 3.0 + floor(gene(2, 0.0, 4.0)), core = 9.0, sign_ = 1.0;
  for (int i = 0; i < 6; i++) {
    if (float(i) >= total) break;
    vec3 h = hash32(vec2(float(i), 4.0));
    vec2 d = z - (h.xy * 2.2 - 1.1);
    // Whole charges keep the flux, an angle, continuous where it wraps.
    float charge = (1.0 + floor(2.0 * h.z)) * (mod(float(i), 2.0) < 1.0 ? 1.0 : gene(3) > 0.25 ? -1.0 : 1.0);
    float r2 = dot(d, d) + 1e-5;
    potential += 0.5 * charge * log(r2);
    flux += charge * atan(d.y, d.x) / TAU;
    field += charge * d / r2;
    if (sqrt(r2) < core) { core = sqrt(r2); sign_ = sign(charge); }
  }
  float strength = length(field), lines = floor(gene(4, 8.0, 26.0)), levels = gene(5, 1.5, 5.0);
  float wander = gene(6) * 0.35 * (fbm(z * 4.0, 2, 0.5) - 0.5);
  float along = flux * lines + wander, level = potential * levels + wander + 0.1 * time;
  // Dividing by the gradient turns a phase into a distance on the plane.
  float lineGap = abs(fract(along + 0.5) - 0.5) * TAU / (lines * max(strength, 0.1));
  float levelGap = abs(fract(level + 0.5) - 0.5) / (levels * max(strength, 0.1));
  float t = 0.5 + 0.5 * tanh(0.45 * potential);
  float checker = mod(floor(along + 0.5) + floor(level + 0.5), 2.0), style = gene(7);
  vec3 color = gene(8) < 0.5 ? stops(t, 9) : palette(t * 0.9 + 0.06 * floor(level + 0.5), 15);
  if (style < 0.4) color *= 0.45 + 0.65 * checker;
  else if (style < 0.7) {
    float band = ease(0.55, 0.4, abs(fract(along) - 0.5) * 2.0);
    color = mix(color * 0.55, stops(1.0 - t, 21), band);
  } else {
    // Filings: short dashes laid along the field.
    float dash = hash21(vec2(floor(along * 3.0), floor(level * 5.0 + hash11(floor(along * 3.0)) * 3.0)));
    color *= 0.35 + 1.1 * dash * dash;
  }
  color += exp(-lineGap * gene(27, 40.0, 160.0)) * stops(0.9, 21) * gene(28);
  color = mix(color, vec3(0.02, 0.03, 0.06), 0.7 * stroke(levelGap, 0.004) * step(0.4, gene(29)));
  vec3 pole = sign_ > 0.0 ? stops(1.0, 21) : stops(0.0, 9);
  return mix(color, pole * (1.2 - 5.0 * core), fill(core - 0.09)) + 0.25 * exp(-9.0 * core);
}
