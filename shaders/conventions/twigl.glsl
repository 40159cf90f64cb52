// What programs of TwiGL's geekest modes find there: these names and signatures are that site's, the bodies are our own.
// Valid GLSL ES 1.00 and 3.00.

const float PI = 3.14159265358979;
const float PI2 = 6.28318530717959;

// One white-noise value in 0…1 of a point; the second changes slowly enough to keep its digits far from the origin.
float fsnoise(vec2 c) { return fract(43758.5453 * sin(12.9898 * c.x + 78.233 * c.y)); }
float fsnoiseDigits(vec2 c) { return fract(437.585453 * sin(0.129898 * c.x + 0.78233 * c.y)); }

// Hue in turns, from red over green; saturation and value in 0…1.
vec3 hsv(float h, float s, float v) {
  vec3 wheel = abs(mod(6.0 * h + vec3(0.0, 4.0, 2.0), 6.0) - 3.0) - 1.0;
  return v * (1.0 - s + s * clamp(wheel, 0.0, 1.0));
}

// Counter-clockwise by radians.
mat2 rotate2D(float angle) {
  vec2 turn = vec2(cos(angle), sin(angle));
  return mat2(turn, -turn.y, turn.x);
}

// About an axis of any length, by radians: v cos + (axis × v) sin + axis (axis · v) (1 − cos).
mat3 rotate3D(float angle, vec3 axis) {
  vec3 a = normalize(axis);
  vec3 s = a * sin(angle);
  float c = cos(angle);
  mat3 outer = mat3(a * a.x, a * a.y, a * a.z);
  return mat3(c, s.z, -s.y, -s.z, c, s.x, s.y, -s.x, c) + (1.0 - c) * outer;
}

// Simplex noise, about −1…1: gradients of unit length at the corners of a simplex, each weighted by
// (reach − d²)⁴. In 3-D and 4-D the reach is a little more than the simplex's, as it usually is: more contrast, for steps
// that no eye sees.
float fidsweepScatter(vec4 cell) {
  vec4 p = fract(cell * vec4(0.3247, 0.2713, 0.3491, 0.1873) + 0.123);
  p += dot(p, p.wzxy + 23.71);
  return fract((p.x + p.y) * (p.z + p.w));
}

float fidsweepWeight(float reach, float square) {
  float w = max(reach - square, 0.0);
  w *= w;
  return w * w;
}

float fidsweepCorner(vec2 cell, vec2 d) {
  float angle = PI2 * fidsweepScatter(vec4(cell, 0.0, 0.0));
  return fidsweepWeight(0.5, dot(d, d)) * dot(vec2(cos(angle), sin(angle)), d);
}

float fidsweepCorner(vec3 cell, vec3 d) {
  float angle = PI2 * fidsweepScatter(vec4(cell, 0.0));
  float z = 2.0 * fidsweepScatter(vec4(cell, 61.0)) - 1.0;
  return fidsweepWeight(0.6, dot(d, d)) * dot(vec3(sqrt(1.0 - z * z) * vec2(cos(angle), sin(angle)), z), d);
}

float fidsweepCorner(vec4 cell, vec4 d) {
  vec2 angles = PI2 * vec2(fidsweepScatter(cell), fidsweepScatter(cell + 61.0));
  float split = fidsweepScatter(cell.wzyx + 17.0);
  vec4 gradient = vec4(sqrt(split) * vec2(cos(angles.x), sin(angles.x)), sqrt(1.0 - split) * vec2(cos(angles.y), sin(angles.y)));
  return fidsweepWeight(0.6, dot(d, d)) * dot(gradient, d);
}

float snoise2D(vec2 p) {
  vec2 cell = floor(p + 0.36602540 * (p.x + p.y));
  vec2 d = p - cell + 0.21132487 * (cell.x + cell.y);
  vec2 i = d.x >= d.y ? vec2(1.0, 0.0) : vec2(0.0, 1.0);
  return 99.2 * (fidsweepCorner(cell, d) + fidsweepCorner(cell + i, d - i + 0.21132487)
    + fidsweepCorner(cell + 1.0, d - 1.0 + 0.42264973));
}

// The path from corner to corner follows the coordinates from the largest to the smallest. A coordinate's rank is how many
// others it exceeds; equal ones are told apart by what no picture shows, so that no corner counts twice.
float snoise3D(vec3 p) {
  vec3 cell = floor(p + (p.x + p.y + p.z) / 3.0);
  vec3 d = p - cell + (cell.x + cell.y + cell.z) / 6.0;
  vec3 e = d + vec3(2e-6, 1e-6, 0.0);
  vec3 rank = step(e.yzx, e) + step(e.zxy, e);
  vec3 i = step(1.5, rank), j = step(0.5, rank);
  return 42.0 * (fidsweepCorner(cell, d) + fidsweepCorner(cell + i, d - i + 1.0 / 6.0)
    + fidsweepCorner(cell + j, d - j + 1.0 / 3.0) + fidsweepCorner(cell + 1.0, d - 0.5));
}

float snoise4D(vec4 p) {
  vec4 cell = floor(p + 0.30901699 * (p.x + p.y + p.z + p.w));
  vec4 d = p - cell + 0.13819660 * (cell.x + cell.y + cell.z + cell.w);
  vec4 e = d + vec4(3e-6, 2e-6, 1e-6, 0.0);
  vec4 rank = step(e.yzwx, e) + step(e.zwxy, e) + step(e.wxyz, e);
  vec4 i = step(2.5, rank), j = step(1.5, rank), k = step(0.5, rank);
  return 49.0 * (fidsweepCorner(cell, d) + fidsweepCorner(cell + i, d - i + 0.13819660)
    + fidsweepCorner(cell + j, d - j + 0.27639320) + fidsweepCorner(cell + k, d - k + 0.41458980)
    + fidsweepCorner(cell + 1.0, d - 0.44721360));
}
