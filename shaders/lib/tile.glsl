#include <noise>
#include <space>
// Tilings of unit pitch. at: the place within the tile, about −0.5…0.5; id: its name, whole numbers for hash;
// edge: how far the border is, 0 on it.
struct Tile { vec2 at; vec2 id; float edge; };

Tile squareTile(vec2 p) {
  vec2 id = floor(p), at = p - id - 0.5;
  return Tile(at, id, 0.5 - max(abs(at.x), abs(at.y)));
}

// Rows of bricks, each row shifted by `bond` of a brick.
Tile brickTile(vec2 p, float aspect, float bond) {
  vec2 q = vec2(p.x / aspect + bond * floor(p.y), p.y), id = floor(q), at = (q - id - 0.5) * vec2(aspect, 1.0);
  return Tile(at, id, min(0.5 * aspect - abs(at.x), 0.5 - abs(at.y)));
}

Tile hexagonTile(vec2 p) {
  vec4 h = hexTile(p);
  vec2 a = abs(h.xy);
  return Tile(h.xy, h.zw, 0.5 - max(a.x, dot(a, vec2(0.5, 0.8660254))));
}

// Each hexagon in three diamonds: cubes seen from a corner. mod(id.x, 3) tells the cube's side.
Tile cubeTile(vec2 p) {
  vec4 h = hexTile(p);
  float side = mod(floor((atan(h.x, h.y) + TAU) / (TAU / 3.0)), 3.0), a = (side + 0.5) * TAU / 3.0;
  vec2 at = h.xy - 0.288675 * vec2(sin(a), cos(a)), n = vec2(cos(a), -sin(a)), m = vec2(sin(a), cos(a));
  vec2 d = abs(vec2(dot(at, n), dot(at, m)));
  return Tile(vec2(dot(at, n), dot(at, m)), vec2(h.z * 3.0 + side, h.w), 0.25 - dot(d, vec2(0.5, 0.8660254)));
}

Tile triangleTile(vec2 p) {
  vec2 q = vec2(p.x - 0.57735027 * p.y, 1.1547005 * p.y), id = floor(q), f = q - id;
  float upper = step(1.0, f.x + f.y);
  vec3 b = mix(vec3(f, 1.0 - f.x - f.y), vec3(1.0 - f, f.x + f.y - 1.0), upper);
  vec2 c = id + (1.0 + upper) / 3.0;
  return Tile(p - vec2(c.x + 0.5 * c.y, 0.8660254 * c.y), vec2(2.0 * id.x + upper, id.y), 0.866 * min(b.x, min(b.y, b.z)));
}

Tile voronoiTile(vec2 p, float jitter) {
  vec2 i = floor(p), f = p - i;
  float second = 8.0;
  vec4 best = vec4(8.0);
  float first = 8.0;
  for (int k = 0; k < 9; k++) {
    vec2 g = vec2(k % 3, k / 3) - 1.0, d = f - g - 0.5 - jitter * (hash22(i + g) - 0.5);
    float r = dot(d, d);
    if (r < first) { second = first; first = r; best = vec4(d, i + g); }
    else second = min(second, r);
  }
  return Tile(best.xy, best.zw, 0.5 * (sqrt(second) - sqrt(first)));
}

// Rings cut into equal stones.
Tile ringTile(vec2 p, float width) {
  float r = length(p) / width, ring = floor(r), count = max(floor(TAU * (ring + 0.5)), 1.0);
  float a = count * (atan(p.y, p.x) / TAU + 0.5) + 0.5 * mod(ring, 2.0), pitch = TAU * r / count;
  vec2 at = vec2((fract(a) - 0.5) * pitch, r - ring - 0.5);
  return Tile(at, vec2(mod(floor(a), count), ring), min(0.5 * pitch - abs(at.x), 0.5 - abs(at.y)));
}

// Stones along a logarithmic spiral; count must be an even whole number, lead whole.
Tile spiralTile(vec2 p, float count, float lead) {
  vec2 q = count / TAU * vec2(0.5 * log(max(dot(p, p), 1e-6)), atan(p.y, p.x));
  q.x += q.y * lead / count;
  return squareTile(q);
}

// Two-to-one planks, alternately lying and standing.
Tile herringTile(vec2 p) {
  vec2 i = floor(p);
  float k = mod(i.x - i.y, 4.0);
  bool lies = k < 1.5;
  vec2 c = lies ? vec2(i.x + (k < 0.5 ? 1.0 : 0.0), i.y + 0.5) : vec2(i.x + 0.5, i.y + (k > 2.5 ? 1.0 : 0.0));
  vec2 at = lies ? p - c : (p - c).yx;
  return Tile(at, floor(2.0 * c), min(1.0 - abs(at.x), 0.5 - abs(at.y)));
}

// Squares of three strips, alternately lying and standing.
Tile basketTile(vec2 p) {
  vec2 i = floor(p), f = p - i;
  if (mod(i.x + i.y, 2.0) > 0.5) f = f.yx;
  float strip = floor(3.0 * f.y);
  vec2 at = vec2(f.x - 0.5, f.y - (strip + 0.5) / 3.0);
  return Tile(at, i * 3.0 + strip, min(0.5 - abs(at.x), 0.1667 - abs(at.y)));
}

// Squares that split into four, again and again, with this chance. Place and edge are in units of the square.
Tile splitTile(vec2 p, float chance) {
  float size = 1.0;
  vec2 id = floor(p);
  for (int i = 0; i < 3; i++) {
    if (hash21(id + 57.0 * float(i)) > chance) break;
    size *= 0.5;
    id = floor(p / size);
  }
  vec2 at = p / size - id - 0.5;
  return Tile(at, id + 400.0 * size, 0.5 - max(abs(at.x), abs(at.y)));
}

// Overlapping discs in rows, as of a fish or a roof.
Tile scaleTile(vec2 p) {
  vec2 d, id;
  for (int k = 0; k < 3; k++) {
    float row = floor(2.0 * p.y) + 1.0 - float(k), x = p.x + 0.5 * mod(row, 2.0);
    id = vec2(floor(x), row);
    d = vec2(x - id.x - 0.5, p.y - 0.5 * row - 0.25);
    if (dot(d, d) < 0.36) break;
  }
  return Tile(d, id, max(0.6 - length(d), 0.0));
}
