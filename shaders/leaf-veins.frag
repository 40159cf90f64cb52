// Draws: a leaf close up or whole: midrib, side veins and a net of small veins, lit through, frosted or autumn-stained.
#include <noise>
#include <color>
#include <space>

vec3 draw(vec2 p) {
  vec2 wide = p;
  p = turn(gene(0, 0.0, TAU)) * p * gene(1, 0.7, 1.25) + vec2(gene(2, -0.3, 0.3), gene(3, -0.3, 0.3));
  vec2 wobble = vec2(fbm(p * 2.0 + time, 3, 0.5), fbm(p * 2.0 - time, 3, 0.5)) - 0.5;
  p.x += gene(4, -0.3, 0.3) * p.y * p.y;
  bool palmate = gene(5) < 0.3;
  float side = sign(p.x), x = abs(p.x), vein, beside, order;
  if (palmate) {
    // Ribs fan out from the stalk; smaller ones leave each rib.
    vec2 c = polar(p + vec2(0.0, 0.75));
    float ribs = floor(gene(6, 5.0, 10.0)), a = (c.y - 0.5 * PI) / PI * ribs + 0.5;
    float across = (fract(a) - 0.5) * PI / ribs * c.x;
    vein = abs(across) / (1.3 - 0.4 * c.x);
    beside = c.x * gene(7, 5.0, 9.0) - abs(across) * 7.0;
    order = x;
  } else {
    vein = x / max(1.25 - 0.45 * (p.y + 1.0), 0.25);
    beside = (p.y - gene(8, 0.3, 1.3) * x - gene(9, -0.1, 0.5) * x * x + 0.05 * side) * gene(6, 3.0, 9.0);
    order = 0.0;
  }
  beside += 0.6 * wobble.x;
  float pitch = palmate ? 7.0 : gene(6, 3.0, 9.0);
  float lateral = (0.5 - abs(fract(beside) - 0.5)) / pitch + 0.012 * order, lot = hash21(vec2(floor(beside), side));
  // The net: areoles within the strips, and finer ones within those.
  vec2 strip = vec2(beside * 2.0, p.x * gene(10, 7.0, 14.0)) + 1.5 * wobble;
  vec4 mesh = cells(strip, 0.8), fine = cells(strip * 2.7 + 9.0, 0.9);
  float net = smoothstep(0.16, 0.0, mesh.y - mesh.x), hairs = smoothstep(0.2, 0.0, fine.y - fine.x);
  float rib = smoothstep(0.035, 0.012, vein), limb = smoothstep(0.016, 0.003, lateral);
  float lines = max(max(rib, 0.85 * limb), max(0.5 * net, 0.28 * hairs));

  float quilt = sin(PI * fract(beside)), stain = smoothstep(0.4, 0.7, fbm(p * gene(11, 1.5, 4.0) + 70.0, 4, 0.6));
  float green = gene(12) < 0.5 ? gene(13, 0.2, 0.36) : gene(13, -0.04, 0.16);
  vec3 flesh = hsv(green + 0.04 * wobble.y + 0.02 * lot, gene(14, 0.45, 0.9), 0.3 + 0.35 * quilt + 0.12 * mesh.x);
  flesh = mix(flesh, stops(0.3 + 0.5 * mesh.x, 20), stain * gene(15));
  flesh *= 0.85 + 0.25 * hash21(mesh.zw + 4.0);
  // Veins glow when light comes through, are dark in a skeleton, or pale.
  vec3 ink = gene(16) < 0.6 ? vec3(0.9, 0.95, 0.6) : gene(16) < 0.8 ? stops(0.0, 20) : vec3(0.75, 0.2, 0.25);
  vec3 leaf = mix(flesh, ink, 0.85 * lines);
  if (gene(17) < 0.45) return leaf;
  // Whole: a toothed outline on a blurred ground.
  float t = clamp(p.y * 0.55 + 0.5, 0.0, 1.0), tooth = 0.05 * gene(18) * (fract(beside * 2.0) - 0.5);
  float edge = gene(19, 0.9, 1.5) * pow(t, 0.6) * (1.0 - t) * 1.5 + tooth - x;
  vec3 ground = stops(fbm(wide * 1.4 + 90.0, 4, 0.5) * 1.3 - 0.1, 26) * (0.4 + 0.6 * smoothstep(0.0, -0.3, edge));
  float inside = palmate ? 1.35 * (0.75 + 0.25 * cos(TAU * (beside * 0.0 + (polar(p + vec2(0.0, 0.75)).y - 0.5 * PI) / PI
    * floor(gene(6, 5.0, 10.0))))) - length(p + vec2(0.0, 0.75)) : edge;
  return mix(ground, leaf * (0.7 + 0.3 * smoothstep(0.0, 0.06, inside)), smoothstep(0.0, 0.012, inside));
}
