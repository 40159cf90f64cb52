// Draws: an old painted wall or hull: coats peeling over primer and rust or verdigris, with streaks, seams and rivets.
#include <noise>
#include <color>
#include <space>
#include <shape>

// How worn the surface is; coats come off one after another as it grows.
float wear(vec2 p, float flakes) {
  vec3 broad = noise3(p * gene(3, 0.7, 2.0) + 5.0), fine = fractal3(p * 4.0 + time);
  return broad.x + gene(4, 0.2, 0.8) * (fine.x - 0.5) + 0.2 * (broad.y - 0.5) + gene(5, 0.0, 0.35) * (0.45 - flakes);
}

vec3 draw(vec2 p) {
  p = turn(gene(0) < 0.6 ? 0.0 : gene(1, -0.5, 0.5)) * p * gene(2, 0.8, 1.8);
  // Plates with seams and rivets.
  vec2 size = vec2(gene(6, 0.6, 1.6), gene(7, 0.5, 1.4)), plate, number;
  vec2 inPlate = repeat(p + 0.31, size, plate), rivet = repeat(inPlate, vec2(0.17), number);
  bool plated = gene(8) < 0.45;
  float seam = -box(inPlate, 0.5 * size), rim = plated ? ease(0.12, 0.0, seam) : 0.0;
  float head = plated && seam < 0.14 ? 0.03 - length(rivet) : -1.0;

  float flakes = cells(p * 4.0, 1.0).x, w = wear(p, flakes) + 0.12 * rim;
  float slope = wear(p + vec2(-0.014, 0.014), flakes) + 0.12 * rim - w;
  vec3 grit = fractal3(p * 14.0), stain = fractal3(p * vec2(6.0, 0.9) + 9.0), cloud = fractal3(p * 4.0 + 40.0);
  // Coats: paint (plain, striped, chequered or two-tone), primer, then bare metal in rust or verdigris.
  float style = gene(9), stripe = step(0.0, sin(gene(10, 2.0, 7.0) * (p.x + p.y * gene(11, -1.0, 1.0))));
  float design = style < 0.35 ? stripe : style < 0.55 ? mod(plate.x + plate.y, 2.0) : style < 0.75 ?
    step(gene(10, -0.5, 0.5), p.y) : 0.0;
  vec3 other = gene(13) < 0.5 ? vec3(0.88, 0.86, 0.8) : hsv(gene(20), 0.7, 0.7);
  vec3 paint = mix(stops(0.45 + 0.5 * gene(12), 14), other, design);
  paint *= 0.75 + 0.3 * grit.x + 0.2 * stain.y;
  vec3 primer = mix(hsv(gene(21), 0.5, 0.75), vec3(0.6, 0.55, 0.5), gene(22)) * (0.6 + 0.6 * grit.y);
  float metal = gene(23) < 0.7 ? 0.03 : gene(23) < 0.85 ? 0.42 : 0.58, red = ease(0.3, 0.7, cloud.x);
  vec3 rust = mix(hsv(metal, 0.75, 0.14), hsv(metal + 0.05 * grit.z, 0.8, 0.65), red);
  rust = mix(rust, vec3(0.5, 0.52, 0.55) * (0.5 + 0.7 * grit.x), gene(15) * ease(0.45, 0.6, cloud.y));

  float first = gene(16, 0.45, 0.62), second = first + gene(17, 0.02, 0.12);
  vec3 colour = mix(mix(paint, primer, ease(0.0, 0.01, w - first)), rust, ease(0.0, 0.015, w - second));
  // The lifted edge catches light on one side and throws a shadow on the other.
  float lip = ease(0.05, 0.0, min(abs(w - first), abs(w - second)));
  colour *= 1.0 + clamp(slope * 16.0, -0.7, 0.7) * lip;
  colour = mix(colour, hsv(metal + 0.02, 0.75, 0.3), 0.7 * gene(18) * ease(0.5, 0.65, stain.x) * step(w, second));
  if (plated) colour *= 0.35 + 0.65 * ease(0.0, 0.02, seam);
  if (head > -0.02) colour *= head > 0.0 ? 1.0 + 18.0 * dot(rivet, vec2(-0.7, 0.7)) : 0.55;
  return colour;
}
