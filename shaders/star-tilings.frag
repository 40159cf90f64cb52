// Draws: Moorish star-and-strap tilings: lines leave every tile edge at one angle and cross into stars and rosettes.
#include <noise>
#include <color>
#include <shape>
#include <space>

// Lines inside a regular n-gon. x: distance to the nearest line, y: in how many lines the point lies outside, z: lines.
vec3 straps(vec2 p, float n, float apothem, float angle, float reach) {
  vec2 q = polar(p), normal = vec2(sin(angle), cos(angle));
  float wedge = TAU / n, a = abs(mod(q.y + 0.5 * wedge, wedge) - 0.5 * wedge), near = 9.0, zone = 0.0;
  for (int k = 0; k < 4; k++) {
    if (float(k) > reach) break;
    float turned = (k & 1) == 0 ? a + wedge * float(k / 2) : wedge * float(k / 2 + 1) - a;
    float d = dot(q.x * cis(turned) - vec2(apothem, 0.0), normal);
    near = min(near, abs(d));
    zone += step(0.0, d);
  }
  return vec3(near, zone, reach + 1.0);
}

vec3 draw(vec2 p) {
  float scale = exp2(gene(0, -0.3, 1.3)), sides = gene(1) < 0.5 ? 4.0 : 6.0;
  vec2 q = turn(gene(2, 0.0, TAU)) * p * scale + time, cell;
  vec4 tile = hexTile(q);
  if (sides < 5.0) tile = vec4(repeat(q, vec2(1.0), cell), cell);
  // With doubled sides small squares or triangles fill the corners that the big polygons leave.
  bool doubled = gene(3) < 0.65;
  float n = doubled ? 2.0 * sides : sides, apothem = 0.5, wedge = TAU / sides, kind = 0.0;
  vec2 u = tile.xy, around = polar(u);
  if (doubled && around.x * cos(abs(mod(around.y + PI / n, TAU / n) - PI / n)) > 0.5) {
    float corner = 0.5 / cos(PI / sides);
    u = vec2(corner, 0.0) - around.x * cis(mod(around.y, wedge) - 0.5 * wedge);
    n = sides < 5.0 ? 4.0 : 3.0;
    apothem = corner - 0.5;
    kind = 1.0;
  }
  float angle = gene(4, 0.3, sides < 5.0 ? 0.95 : 0.8);
  vec3 s = straps(u, n, apothem, angle, kind > 0.0 ? 0.0 : floor(gene(5, 1.4, 4.0)));
  float width = gene(6, 0.008, 0.035), shade = hash21(tile.zw + kind) - 0.5;
  float tone = 0.12 + 0.62 * mod(s.y + kind + floor(2.0 * gene(7)), 2.0) + 0.07 * s.y;
  // A medallion in the heart of the big tiles: petals in a ring, or a turned smaller star.
  float heart = mix(flower(u, gene(8, 0.1, 0.3), n, gene(9, 0.2, 0.9)), 0.16 - length(u), step(length(u), 0.1));
  float bead = length(around.x * cis(mod(around.y, TAU / n) - PI / n) - vec2(gene(8, 0.18, 0.36), 0.0)) - 0.025;
  vec3 glaze = mix(stops(tone, 20), palette(tone + 0.15 * shade, 26), mod(s.y, 2.0) < 1.0 ? gene(10) : 1.0 - gene(10));
  if (kind < 0.5) {
    glaze = mix(glaze, stops(1.0 - tone, 20), fill(heart / scale));
    glaze = mix(glaze, stops(0.95, 20), fill(bead / scale) * step(0.3, gene(13)));
    glaze = mix(glaze, palette(tone + 0.5, 26), fill((abs(heart) - 0.008) / scale));
  }
  glaze *= 0.72 + 0.45 * fbm(q * 7.0, 2, 0.55) + 0.2 * shade + 0.35 * ease(0.0, 0.12, s.x - width);
  float band = fill((s.x - width) / scale), core = fill((s.x - 0.45 * width) / scale);
  vec3 line = gene(11) < 0.5 ? vec3(0.95, 0.92, 0.84) : vec3(0.06, 0.05, 0.08);
  vec3 rim = gene(12) < 0.5 ? 1.0 - line : stops(0.5, 20);
  return mix(mix(glaze, rim, fill((s.x - 1.5 * width) / scale)), mix(line, rim, 0.6 * core * step(0.02, width)), band);
}
