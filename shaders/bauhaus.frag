// Draws: a geometric composition: a page split again and again into fields of arcs, discs, stripes and dots.
#include <noise>
#include <color>
#include <shape>
#include <space>

vec3 ink(float pick) {
  float i = floor(pick * 6.0);
  if (i < 1.0) return mix(vec3(0.95, 0.92, 0.84), stops(1.0, 8), 0.3 * gene(30));
  if (i < 2.0) return mix(vec3(0.1, 0.1, 0.13), stops(0.0, 8), gene(30));
  if (i < 4.0) return stops(i < 3.0 ? 0.4 : 0.8, 8);
  return i < 5.0 ? palette(gene(14), 15) : palette(gene(14) + 0.33, 15);
}

vec3 draw(vec2 p) {
  vec2 z = turn(gene(0) < 0.5 ? 0.0 : gene(1, 0.0, TAU)) * (p + 0.2 * (vec2(gene(2), 0.1 * time) - 0.5));
  if (gene(4) < 0.12) z = invert(z, vec2(1.3, 0.9), 1.4);
  float size = gene(5, 0.5, 1.1);
  vec2 cell = floor(z / size);
  // Split a square into four, again and again, with a chance.
  for (int i = 0; i < 3; i++) {
    if (hash21(cell + 50.0 * float(i)) > gene(6, 0.4, 0.8)) break;
    size *= 0.5;
    cell = floor(z / size);
  }
  vec3 h = hash33(vec3(cell, size * 64.0)), g = hash33(vec3(cell, size * 64.0 + 100.0));
  vec2 d = (z / size - cell - 0.5) * 2.0;
  // One of four quarter turns.
  if (h.x < 0.5) d = vec2(-d.y, d.x);
  if (fract(h.x * 2.0) < 0.5) d = -d;
  float kind = fract(h.y + gene(7)) * 9.0, shape, count = 2.0 + floor(4.0 * g.z);
  if (kind < 1.5) shape = length(d + 1.0) - 2.0 + 1.3 * step(0.6, g.z) * step(length(d + 1.0), 1.35);
  else if (kind < 2.3) shape = length(d) - 0.75;
  else if (kind < 3.3) shape = abs(fract(d.x * count * 0.5) - 0.5) * 2.0 / count - 0.5 / count;
  else if (kind < 4.2) shape = length(fract(d * count * 0.5) - 0.5) * 2.0 / count - 0.6 / count;
  else if (kind < 5.4) shape = (d.x + d.y) * 0.7;
  else if (kind < 6.6) {
    float reach = length(d + vec2(1.0, g.z < 0.5 ? 1.0 : 0.0));
    shape = abs(fract(reach * count * 0.5) - 0.5) * 2.0 / count - 0.5 / count;
  }
  else if (kind < 7.3) shape = max(length(d + vec2(0.0, 1.0)) - 1.0, -d.y - 1.0);
  else if (kind < 8.0) shape = abs(max(abs(d.x), abs(d.y)) - 0.55) - 0.18;
  else shape = cross_(d, 0.7, 0.2);
  vec3 ground = ink(g.x), color = mix(ground, ink(fract(g.x + 0.2 + 0.6 * g.y)), fill(shape * size * 0.5));
  // A few great figures lie over the page, changing what they cover.
  vec2 c = p - vec2(gene(21, -0.7, 0.7), gene(22, -0.7, 0.7));
  float disc = circle(c, gene(24, 0.25, 0.7));
  if (gene(23) > 0.6) disc = polygon(turn(gene(25, 0.0, TAU)) * c, gene(24, 0.35, 0.8), 3.0);
  color = mix(color, gene(26) < 0.5 ? color.gbr * 0.9 : 1.0 - 0.9 * color, fill(disc));
  float bar = abs(dot(c, cis(gene(25, 0.0, TAU)))) - gene(27, 0.0, 0.06);
  color = mix(color, ink(gene(28)), fill(bar) * step(0.4, gene(29)));
  // Printed on worn paper.
  float wear = fbm(p * 14.0, 3, 0.65);
  return mix(color, vec3(0.93, 0.9, 0.83), 0.3 * ease(0.62, 0.8, wear)) * (0.86 + 0.25 * wear);
}
