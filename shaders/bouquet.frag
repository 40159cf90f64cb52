// Draws: a bouquet seen from above: many flowers of a few kinds, large over small, among leaves or on patterned cloth.
#include <noise>
#include <color>
#include <space>

// Radius of a petal's outline at an angle in petals: 1 at its tip, less between two.
float outline(float turns, float pointed) {
  float t = abs(fract(turns) * 2.0 - 1.0);
  return 1.0 - gene(0, 0.2, 0.75) * mix(t * t * t, t, pointed);
}

vec3 draw(vec2 p) {
  vec2 z = turn(gene(4, 0.0, TAU)) * p, d = vec2(0.0);
  float size = gene(5, 0.3, 0.75), shade = 1.0, below = 0.0, petals = 5.0, angle = 0.0;
  vec3 name = vec3(-1.0);
  // From the uppermost flower down; only its outline is needed to find it.
  for (int i = 0; i < 12; i++) {
    float layer = float(i >> 2);
    vec2 q = z / size + 7.3 * layer, cell = floor(q) + vec2(i & 1, (i >> 1) & 1);
    vec3 h = hash33(vec3(cell, layer));
    d = (q - cell - 0.3 * (h.xy - 0.5)) / (mix(0.42, 0.7, h.z) * gene(6, 0.8, 1.0));
    petals = 4.0 + floor(fract(h.z * 7.0) < 0.65 ? gene(20, 0.0, 9.0) : gene(21, 1.0, 16.0));
    angle = atan(d.y, d.x) / TAU + h.x;
    float over = length(d) - outline(angle * petals, gene(1));
    if (h.y > gene(7, 0.5, 0.95)) over = 2.0;
    if (over < 0.0) { name = h; below = layer; break; }
    shade *= 0.5 + 0.5 * ease(0.0, 0.4, over);
    if ((i & 3) == 3) size *= 0.66;
  }
  if (name.x >= 0.0) {
    // Rows of petals, the inner ones on top and turned by half a petal; a rose's rows go on to its heart.
    float r = length(d), rows = floor(name.z * 7.0) > 3.0 ? gene(2, 1.0, 6.0) : gene(3, 1.0, 4.0), row = 0.0, rim = 1.0;
    for (int i = 0; i < 6; i++) {
      float edge = (1.0 - float(i) / 6.5) * outline(angle * petals + 0.5 * float(i), gene(1));
      if (float(i) < rows && r < edge) { row = float(i); rim = r / edge; }
    }
    float lobe = abs(fract(angle * petals + 0.5 * row) * 2.0 - 1.0);
    float tone = rim * rim * 0.7 + 0.3 * (1.0 - lobe) - 0.04 * row;
    vec3 color = fract(name.x * 5.0) < gene(30) ? stops(tone, 8) : palette(0.4 * tone + 0.35 * floor(name.y * 6.0), 14);
    float vein = 0.5 + 0.5 * cos(angle * TAU * petals * 5.0);
    color *= (0.55 + 0.85 * tone) * (1.0 - 0.2 * vein * (1.0 - rim)) * (0.6 + 0.4 * ease(1.0, 0.9, rim));
    // The eye of the flower, beaded with seeds.
    float eye = rows > 4.0 ? 0.0 : gene(31, 0.12, 0.4);
    float seeds = 0.55 + 0.45 * cos(55.0 * r) * cos(TAU * 8.0 * angle + 30.0 * r);
    vec3 pollen = gene(29) < 0.6 ? hsv(0.05 + 0.1 * gene(28), 0.85, 1.0) : stops(0.2, 22);
    color = mix(color, pollen * seeds, ease(eye, eye - 0.06, r));
    return color * shade * (1.1 - 0.15 * below);
  }
  vec2 bent = z * 4.0 + 1.5 * vec2(valueNoise(z * 2.0), valueNoise(z * 2.0 + 4.0));
  vec4 leaf = cells(bent * vec2(1.0, 0.55), 0.9);
  vec3 h = hash32(leaf.zw);
  float gap = leaf.y - leaf.x, ribs = 0.5 + 0.5 * cos(30.0 * leaf.x + 12.0 * bent.x);
  vec3 green = mix(stops(0.2 + 0.4 * h.y, 22), hsv(0.22 + 0.18 * h.x, 0.6, 0.25 + 0.35 * h.y), 0.65);
  if (gene(27) < 0.6) return green * shade * (0.45 + 0.3 * ribs + 0.8 * ease(0.0, 0.4, gap));
  vec2 weave = abs(fract(z * 7.0) - 0.5);
  return stops(0.75 + 0.25 * step(0.25, weave.x) - 0.4 * step(0.25, weave.y), 22) * shade * (0.8 + 0.2 * ribs);
}
