// Draws: a leaf close up or whole: midrib or fan of ribs, side veins and a net of small veins, fresh or autumn-stained.
#include <noise>
#include <color>
#include <space>

vec3 draw(vec2 p) {
  p = turn(gene(0, 0.0, TAU)) * p * gene(1, 0.7, 1.25) + vec2(gene(2, -0.3, 0.3), gene(3, -0.3, 0.3));
  vec3 broad = fractal3(p * 2.0 + time), blotch = fractal3(p * gene(11, 2.0, 6.0) + 70.0);
  p.x += gene(4, -0.3, 0.3) * p.y * p.y;
  bool palmate = gene(5) < 0.35, whole = gene(17) < 0.55;
  float pitch = palmate ? gene(8, 4.0, 10.0) : gene(6, 3.0, 9.0), side = sign(p.x), x = abs(p.x), vein, beside, edge;
  if (palmate) {
    // Ribs fan out from the stalk, and side veins leave each of them; the outline has a lobe to a rib.
    vec2 c = polar(p + vec2(0.0, 0.6));
    float ribs = floor(gene(6, 5.0, 12.0)), a = (c.y / PI - 0.5) * ribs * 0.5 + 0.5, lobe = abs(fract(a) - 0.5);
    float across = lobe * TAU / ribs * c.x;
    side = sign(fract(a) - 0.5);
    vein = across / max(1.3 - 0.6 * c.x, 0.3);
    beside = (c.x - gene(9, 0.5, 1.2) * across) * pitch + 0.2 * side;
    edge = gene(19, 0.9, 1.5) * (1.0 - gene(18, 0.2, 0.9) * 2.0 * lobe * lobe - 0.35 * gene(20) * lobe) - c.x;
  } else {
    vein = x / max(1.25 - 0.45 * (p.y + 1.0), 0.25);
    beside = (p.y - gene(8, 0.3, 1.3) * x - gene(9, -0.1, 0.5) * x * x + 0.05 * side) * pitch;
    float t = clamp(p.y * 0.52 + 0.5, 0.0, 1.0);
    edge = gene(19, 1.2, 2.4) * sqrt(t) * (1.0 - t) - x;
  }
  beside += 0.8 * (broad.x - 0.5);
  edge += 0.07 * gene(18) * (fract(beside * 2.0) - 0.5);
  float lateral = (0.5 - abs(fract(beside) - 0.5)) / pitch;
  // The net: small fields within the strips, and finer ones within those.
  vec2 strip = vec2(beside * 2.0, x * gene(10, 7.0, 14.0)) + 2.0 * (broad.xy - 0.5);
  vec4 mesh = cells(strip, 0.8), fine = cells(strip * 2.7 + 9.0, 0.9);
  float net = ease(0.16, 0.0, mesh.y - mesh.x), hairs = ease(0.2, 0.0, fine.y - fine.x);
  float rib = ease(0.035, 0.012, vein), limb = ease(0.018, 0.004, lateral);
  float lines = max(max(rib, 0.85 * limb), max(0.5 * net, 0.28 * hairs));

  float quilt = sin(PI * fract(beside)), hue = gene(12) < 0.5 ? gene(13, 0.2, 0.36) : gene(13, -0.06, 0.16);
  vec3 lot = hash33(vec3(mesh.zw, side));
  vec3 flesh = hsv(hue + 0.2 * (broad.y - 0.5), gene(14, 0.45, 0.9), 0.3 + 0.4 * quilt);
  flesh *= 0.8 + 0.35 * lot.x;
  flesh = mix(flesh, stops(blotch.z + 0.3 * quilt - 0.1, 20), ease(0.45, 0.62, blotch.x) * gene(15));
  // Veins glow pale where light comes through, or are dark, or red.
  vec3 ink = gene(16) < 0.55 ? vec3(0.9, 0.95, 0.6) : gene(16) < 0.8 ? vec3(0.1, 0.08, 0.06) : vec3(0.75, 0.2, 0.25);
  vec3 leaf = mix(flesh, ink, 0.85 * lines);
  if (!whole) return leaf;
  vec3 ground = stops(1.6 * broad.z - 0.3, 26) * (0.8 + 0.9 * (blotch.y - 0.5));
  ground *= 0.35 + 0.65 * ease(0.02, -0.3, edge);
  return mix(ground, leaf * (0.65 + 0.35 * ease(0.0, 0.08, edge)), ease(0.0, 0.012, edge));
}
