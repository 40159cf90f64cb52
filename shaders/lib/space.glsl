// Ways of bending the plane before something is drawn on it.

const float PI = 3.14159265;
const float TAU = 6.28318531;

mat2 turn(float angle) { float c = cos(angle), s = sin(angle); return mat2(c, s, -s, c); }
vec2 polar(vec2 p) { return vec2(length(p), atan(p.y, p.x)); }
vec2 cis(float angle) { return vec2(cos(angle), sin(angle)); }

// Mirror the plane into `count` wedges about the origin.
vec2 kaleido(vec2 p, float count) {
  vec2 q = polar(p);
  float wedge = TAU / count;
  float a = abs(mod(q.y, wedge) - 0.5 * wedge);
  return q.x * cis(a);
}

// Repeat every `size`; the cell's number comes back through `cell`.
vec2 repeat(vec2 p, vec2 size, out vec2 cell) {
  cell = floor(p / size + 0.5);
  return p - size * cell;
}

// Hexagonal tiling of unit pitch: xy, position within the cell; zw, the cell's centre (a name for hash after scaling).
vec4 hexTile(vec2 p) {
  const vec2 s = vec2(1.0, 1.7320508);
  vec2 a = floor(p / s + 0.5), b = floor((p - 0.5 * s) / s + 0.5) + 0.5;
  vec2 pa = p - a * s, pb = p - b * s;
  return dot(pa, pa) < dot(pb, pb) ? vec4(pa, a * 2.0) : vec4(pb, b * 2.0);
}

// Inversion in a circle: straight lines become circles.
vec2 invert(vec2 p, vec2 centre, float radius) {
  vec2 d = p - centre;
  return centre + d * radius * radius / max(dot(d, d), 1e-4);
}

vec2 swirl(vec2 p, vec2 centre, float strength) {
  vec2 d = p - centre;
  return centre + turn(strength * exp(-2.0 * dot(d, d))) * d;
}

vec2 complexMul(vec2 a, vec2 b) { return vec2(a.x * b.x - a.y * b.y, a.x * b.y + a.y * b.x); }
vec2 complexDiv(vec2 a, vec2 b) { return vec2(dot(a, b), a.y * b.x - a.x * b.y) / max(dot(b, b), 1e-20); }
