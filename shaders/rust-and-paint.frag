// Draws: an old painted wall or hull: paint blistering off in layers over primer and rust, with streaks, seams and rivets.
#include <noise>
#include <color>
#include <space>
#include <shape>

// How worn the surface is; coats come off one after another as it grows.
float wear(vec2 p) {
  float broad = fbm(p * gene(3, 0.6, 1.8) + 5.0, 2, 0.5), flakes = cells(p * 4.0 + broad * 2.0, 1.0).x;
  return broad + gene(4, 0.1, 0.5) * (fbm(p * 4.0 + time, 3, 0.6) - 0.5) + gene(5, 0.0, 0.35) * (0.45 - flakes);
}

vec3 draw(vec2 p) {
  p = turn(gene(0) < 0.6 ? 0.0 : gene(1, -0.5, 0.5)) * p * gene(2, 0.8, 1.8);
  // Plates with seams and rivets.
  vec2 size = vec2(gene(6, 0.6, 1.6), gene(7, 0.5, 1.4)), plate;
  vec2 inPlate = repeat(p + 0.31, size, plate);
  float seam = -box(inPlate, 0.5 * size);
  bool plated = gene(8) < 0.45;
  vec2 rivetCell, rivet = repeat(inPlate, vec2(0.17), rivetCell);
  float head = plated && seam < 0.14 ? 0.03 - length(rivet) : -1.0;
  float rim = plated ? smoothstep(0.12, 0.0, seam) : 0.0;

  float w = wear(p) + 0.12 * rim, toLight = wear(p + 0.02 * vec2(-0.7, 0.7));
  float grit = fbm(p * 16.0, 3, 0.65), stain = fbm(p * vec2(7.0, 0.9) + 9.0, 3, 0.55);
  // Coats: the paint (with a stripe, a check or a number-like block), an undercoat, then bare metal in rust.
  float design = gene(9) < 0.35 ? step(0.0, sin(gene(10, 2.0, 7.0) * (p.x + p.y * gene(11, -1.0, 1.0)))) :
    gene(9) < 0.55 ? mod(plate.x + plate.y, 2.0) : gene(9) < 0.75 ? step(gene(10, -0.5, 0.5), p.y) : 0.0;
  vec3 paint = mix(stops(0.55 + 0.4 * gene(12), 14), gene(13) < 0.5 ? vec3(0.88, 0.86, 0.8) : palette(gene(12), 20), design);
  paint *= 0.85 + 0.2 * grit;
  vec3 primer = mix(stops(0.9, 26), vec3(0.6, 0.55, 0.5), 0.4) * (0.75 + 0.3 * grit);
  float red = fbm(p * 5.0 + 40.0, 4, 0.6);
  vec3 rust = mix(hsv(0.03, 0.75, 0.14), hsv(0.055 + 0.04 * grit, 0.85, 0.65), smoothstep(0.25, 0.75, red));
  rust = mix(rust, vec3(0.45, 0.47, 0.5) * (0.6 + 0.5 * grit), gene(15) * smoothstep(0.5, 0.7, stain));

  float first = gene(16, 0.42, 0.56), second = first + gene(17, 0.02, 0.12);
  vec3 colour = mix(paint, primer, smoothstep(0.0, 0.01, w - first));
  colour = mix(colour, rust, smoothstep(0.0, 0.015, w - second));
  // The lifted edge catches light on one side and throws a shadow on the other.
  float slope = toLight + 0.12 * rim - w, lip = smoothstep(0.05, 0.0, abs(w - first)) + smoothstep(0.05, 0.0, abs(w - second));
  colour *= 1.0 + clamp(slope * 12.0, -0.7, 0.7) * min(lip, 1.0);
  colour = mix(colour, hsv(0.05, 0.75, 0.3), 0.7 * gene(18) * smoothstep(0.5, 0.75, stain) * step(w, second));
  if (plated) colour *= 0.35 + 0.65 * smoothstep(0.0, 0.02, abs(seam - 0.004));
  if (head > -0.02) colour *= head > 0.0 ? 1.0 + 18.0 * dot(rivet, vec2(-0.7, 0.7)) : 0.55;
  return colour;
}
