// Draws: a necklace of circles mirrored into each other without end (an Apollonian or Schottky gasket).
#include <color>
#include <space>

vec3 draw(vec2 p) {
  vec2 z = turn(gene(0, 0.0, TAU)) * p * gene(1, 0.5, 1.5);
  if (gene(2) < 0.6) z = invert(z + vec2(gene(3), gene(4)) - 0.5, cis(gene(5, 0.0, TAU)) * gene(6, 0.5, 1.5), 1.2);
  float beads = floor(gene(7, 3.0, 8.0)), wedge = TAU / beads;
  // Beads of radius sin(π/n) just touch; smaller ones leave dust, larger ones overlap into new mirrors.
  float bead = sin(PI / beads) * (gene(8) < 0.55 ? 1.0 : gene(8, 0.55, 1.1));
  float inner = max(1.0 - bead, 0.05) * gene(9, 0.6, 1.0), outer = 1.0 + bead;
  float flips = 0.0, magnify = 1.0, spin = gene(10, -0.6, 0.6);
  for (int i = 0; i < 14; i++) {
    float sector = floor(atan(z.y, z.x) / wedge + 0.5) * wedge;
    vec2 d = z - cis(sector);
    float r2 = dot(z, z), d2 = dot(d, d), k = 1.0;
    if (d2 < bead * bead) { k = bead * bead / max(d2, 1e-5); z = cis(sector) + d * k; }
    else if (r2 < inner * inner) { k = inner * inner / max(r2, 1e-5); z = turn(spin) * z * k; }
    else if (r2 > outer * outer) { k = outer * outer / r2; z *= k; }
    else break;
    magnify *= k;
    flips += 1.0;
  }
  // What is left lies between the mirrors: draw rings there, the same motif in every copy.
  float edge = abs(length(z) - inner);
  float sector = floor(atan(z.y, z.x) / wedge + 0.5) * wedge;
  edge = min(min(edge, abs(length(z) - outer)), abs(distance(z, cis(sector)) - bead));
  float wave = 0.5 + 0.5 * cos(edge * gene(11, 10.0, 60.0));
  float parity = mod(flips, 2.0), t = fract(flips * gene(12, 0.08, 0.4) + 0.3 * wave);
  vec3 color = gene(13) < 0.5 ? stops(t, 14) : mix(stops(0.15 + 0.1 * wave, 14), palette(t, 20), parity);
  color *= mix(1.0, 0.65 + 0.6 * parity, gene(26));
  float rim = ease(0.0, gene(27, 0.02, 0.07), edge);
  color = mix(gene(28) < 0.4 ? vec3(0.03, 0.02, 0.05) : vec3(0.98, 0.95, 0.86), color, rim);
  return color * (1.0 + 0.5 * wave * rim) * (0.8 + 0.2 * cos(log2(clamp(magnify, 1e-6, 1e30)) + time));
}
