#include <space>
// More ways of bending the plane: complex maps, folds, lenses, rows that slip. All stay finite everywhere.

// Rings become rows: the logarithm of the distance, and the angle without a seam (mirrored).
vec2 logPolar(vec2 p) { return vec2(0.5 * log(max(dot(p, p), 1e-5)), abs(atan(p.y, p.x))); }

vec2 power(vec2 z, float n) { return pow(max(length(z), 1e-4), n) * cis(n * atan(z.y, z.x)); }
vec2 exponential(vec2 z) { return exp(min(z.x, 6.0)) * cis(z.y); }
vec2 sine(vec2 z) { float e = exp(clamp(z.y, -4.0, 4.0)); return 0.5 * vec2(sin(z.x) * (e + 1.0 / e), cos(z.x) * (e - 1.0 / e)); }

// The Möbius map with its zero at a and its pole at b.
vec2 moebius(vec2 z, vec2 a, vec2 b) { return complexMul(z - a, vec2(1.0, -1.0) * (z - b)) / max(dot(z - b, z - b), 0.02); }

// z + 1/z: the plane flows round a disc.
vec2 joukowski(vec2 z) { return z + vec2(z.x, -z.y) / max(dot(z, z), 0.05); }

// Turns more the farther from the origin.
vec2 twist(vec2 p, float strength) { return turn(strength * length(p)) * p; }

vec2 ripple(vec2 p, vec2 centre, float frequency, float height) {
  vec2 d = p - centre;
  float r = length(d);
  return p + d / max(r, 0.05) * height * sin(frequency * r);
}

// A magnifying lens (strength > 0) or a pinch (down to −0.9).
vec2 bulge(vec2 p, vec2 centre, float strength) {
  vec2 d = p - centre;
  return centre + d * (1.0 - strength * exp(-3.0 * dot(d, d)));
}

vec2 wobble(vec2 p, float frequency, float height, float phase) {
  return p + height * sin(frequency * p.yx + vec2(phase, 1.3 * phase + 2.0));
}

// Mirrored tiles of the given size.
vec2 mirrored(vec2 p, float size) { return size * abs(2.0 * fract(0.5 * p / size) - 1.0); }

// `count` equal sectors about the origin, turned and not mirrored.
vec2 sectors(vec2 p, float count) {
  float wedge = TAU / count, a = atan(p.y, p.x);
  return length(p) * cis(a - wedge * floor(a / wedge + 0.5));
}

// Reflected to one side of the line through the origin.
vec2 folded(vec2 p, float angle) { vec2 n = cis(angle); return p - 2.0 * min(dot(p, n), 0.0) * n; }

// Several folds and shifts: a snowflake of reflections.
vec2 foldMore(vec2 p, float angle, float shift) {
  for (int i = 0; i < 4; i++) {
    p = abs(p) - shift;
    p = turn(angle) * p * 1.25;
  }
  return p;
}

// Inversion in a lattice of circles: circles that touch circles (a fold in the manner of Apollonius).
vec2 circleFold(vec2 p, float size) {
  for (int i = 0; i < 4; i++) {
    p = 2.0 * fract(0.5 * p + 0.5) - 1.0;
    p *= size / max(dot(p, p), 0.08);
  }
  return p;
}

// A floor seen from above it; the horizon lies at y = height.
vec2 floorBelow(vec2 p, float height) { return vec2(p.x, 1.0) / max(abs(height - p.y), 0.04); }

// Round a cylinder that stands upright.
vec2 aroundColumn(vec2 p, float radius) { return vec2(radius * asin(clamp(p.x / radius, -1.0, 1.0)), p.y); }
