// Draws: a heap of overlapping discs, squares, rings and other figures of all sizes, opaque or like tinted film.
#include <hash>
#include <color>
#include <space>

vec3 draw(vec2 p) {
  vec2 z = turn(gene(0, 0.0, TAU)) * p * gene(1, 0.75, 1.1);
  bool film = gene(2) < 0.35;
  vec3 paints[4] = vec3[4](stops(0.2, 8), stops(1.0, 8), palette(gene(6), 14), hsv(gene(7), 0.65, 0.85));
  // Film is tinted more vividly, in hues beside each other or far apart.
  float hue = gene(26), apart = gene(27, 0.08, 0.4), rich = gene(28, 0.5, 0.85);
  vec3 tintA = hsv(hue, rich, 1.0), tintB = hsv(hue + apart, rich, 1.0), tintC = hsv(hue - apart, rich, 1.0);
  vec3 light = mix(vec3(1.0), tintC, gene(29, 0.15, 0.6) * (0.6 + 0.4 * z.y)), top = vec3(z, -1.0), name = vec3(0.3);
  float shade = 1.0, kind = gene(3), smallest = gene(4, 0.1, 0.17) * (film ? 1.6 : 1.0);
  float largest = film ? 0.7 : 0.9, reach = 4.0, pixels = 0.5 * min(resolution.x, resolution.y);
  // From the topmost shape down, until one covers this point; films go on and let light through.
  for (int i = 0; i < 25; i++) {
    vec3 h = hash32(vec2(float(i), 6.0)), look = fract(h.zxy * 7.0 + h * 5.0);
    // Few large shapes, many small ones, as things seen at random distances are.
    float size = min(smallest / (h.z + 0.15), largest);
    vec2 axis = normalize(look.xy - 0.49), d = z - (h.xy * 2.3 - 1.15);
    d = vec2(dot(d, axis), axis.x * d.y - axis.y * d.x);
    vec2 a = abs(d);
    float r = length(d), choice = fract(kind + 0.6 * look.z), shape = r - size;
    if (choice > 0.2) shape = max(a.x, a.y * (1.0 + look.x)) - 0.85 * size;
    if (choice > 0.4) shape = max(a.x * 0.866 + d.y * 0.5, -d.y) - 0.6 * size;
    if (choice > 0.52) shape = length(a - 0.45 * size) - 0.5 * size;
    if (choice > 0.66) shape = max(a.x * 0.866 + a.y * 0.5, a.y) - 0.9 * size;
    if (choice > 0.76) shape = abs(r - 0.78 * size) - 0.22 * size;
    if (choice > 0.88) shape = max(r - size, -d.y);
    vec3 tint = look.y < 0.4 ? tintA : look.y < 0.7 ? tintB : tintC;
    float cover = clamp(0.5 - shape * pixels, 0.0, 1.0) * clamp(0.95 + 14.0 * shape, 0.55, 0.95);
    if (film) light *= 1.0 - cover * (1.0 - tint);
    else if (shape < 0.0) { top = vec3(d, shape); name = look; reach = size; break; }
    else shade *= min(0.6 + 4.0 * shape, 1.0);
  }
  if (film) return light * (1.0 + 0.12 * cos(3.0 * z.x + 2.0 * z.y + time));
  // Paint what was found: stripes, dots, checks, echoes of the outline or a soft fade.
  float pitch = 8.0 + 14.0 * name.x, motif = fract(name.z * 7.0 + gene(5)), tone = fract(name.y * 9.0), mark = 0.0;
  vec3 paint = paints[int(tone * 4.0)], other = paints[int(fract(tone + 0.45) * 4.0)];
  vec2 tile = fract(top.xy * pitch) - 0.5;
  if (motif < 0.2) mark = step(0.0, tile.x);
  else if (motif < 0.38) mark = ease(0.36, 0.26, length(tile));
  else if (motif < 0.5) mark = step(0.0, tile.x * tile.y);
  else if (motif < 0.7) mark = step(0.5, fract(top.z * pitch));
  vec3 color = mix(paint, other, mark) * (0.75 + 0.4 * ease(reach, 0.0, length(top.xy - 0.3 * reach)));
  return color * shade * mix(0.35, 1.0, ease(0.0, -0.015, top.z));
}
