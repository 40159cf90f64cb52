#include <noise>
#include <quick>
#include <space>
// Patterns of the plane, one number a point: 0…1, using most of that range.

float wave(float x) { return 0.5 + 0.5 * sin(x); }
float saw(float x) { return abs(2.0 * fract(x) - 1.0); }

// Waves of one length in `count` even directions: a quasicrystal.
float crystal(vec2 p, int count) {
  float sum = 0.0;
  for (int i = 0; i < count; i++) sum += cos(dot(p, cis(PI * float(i) / float(count))));
  return clamp(0.45 + 0.9 * sum / float(count), 0.0, 1.0);
}

// Waves of one length in random directions: spots, worms and mazes as of a reaction that spreads.
float mazeWaves(vec2 p) {
  float sum = 0.0;
  for (int i = 0; i < 7; i++) {
    float h = hash11(float(i) + 3.0);
    sum += cos(dot(p, cis(TAU * (float(i) / 7.0 + 0.1 * h))) + 50.0 * h);
  }
  return clamp(0.5 + 0.22 * sum, 0.0, 1.0);
}

// Difference of two noises, hard in the middle: patches with even gaps.
float patches(vec2 p) { return ease(-0.12, 0.12, quickNoise(p) - quickNoise(0.53 * p + 17.0)); }

float cracks(vec2 p) { vec4 c = cells(p, 1.0); return ease(0.0, 0.22, c.y - c.x); }
float pebbles(vec2 p) { vec4 c = cells(p, 0.9); return sqrt(clamp(1.15 * (c.y - c.x), 0.0, 1.0)) * (0.7 + 0.3 * hash21(c.zw)); }
float bubbles(vec2 p) { vec4 c = cells(p, 1.0); float r = 0.2 + 0.3 * hash21(c.zw); return sqrt(max(1.0 - c.x * c.x / (r * r), 0.0)); }
float flakes(vec2 p) { vec4 c = cells(p, 1.0); return hash21(c.zw); }
float craters(vec2 p) {
  vec4 c = cells(p, 0.8);
  float r = c.x / (0.2 + 0.3 * hash21(c.zw));
  return 0.5 + 0.35 * ease(0.7, 1.0, r) * ease(1.5, 1.0, r) - 0.5 * ease(1.0, 0.3, r) * step(0.3, hash21(c.zw + 9.0));
}

// Height of threads that go over and under each other.
float threads(vec2 p) {
  vec2 i = floor(p), f = p - i - 0.5;
  if (mod(i.x + i.y, 2.0) > 0.5) f = f.yx;
  return sqrt(max(1.0 - 4.6 * f.y * f.y, 0.0)) * (1.0 - 1.6 * f.x * f.x);
}

// Quarter arcs that join at random: 1 on the line, falling to 0.
float arcs(vec2 p) {
  vec2 i = floor(p), f = p - i - 0.5;
  if (quickHash(i) < 0.5) f.x = -f.x;
  float d = min(abs(length(f - 0.5) - 0.5), abs(length(f + 0.5) - 0.5));
  return 1.0 - min(2.4 * d, 1.0);
}

// Diagonals thrown by chance.
float slashes(vec2 p) {
  vec2 i = floor(p), f = p - i;
  if (quickHash(i) < 0.5) f.x = 1.0 - f.x;
  return 1.0 - min(2.0 * abs(f.x - f.y), 1.0);
}

// Light on the bottom of a pool.
float caustics(vec2 p, float t) {
  vec2 q = p;
  float sum = 0.0;
  for (int i = 0; i < 3; i++) {
    float s = t * (1.0 - 0.3 * float(i)) + 2.0 * float(i);
    q = p + vec2(cos(s - q.x) + sin(s + q.y), sin(s - q.y) + cos(s + q.x));
    vec2 w = sin(q + s) * 2.0 + 0.01;
    sum += 1.0 / (1.0 + 6.0 * abs(w.x * w.y));
  }
  return min(0.55 * sum, 1.0);
}

// Trails of light left by points that are folded and turned inside out.
float lightFold(vec2 p, vec2 c) {
  float sum = 0.0, last = 0.0;
  for (int i = 0; i < 7; i++) {
    p = abs(p) / max(dot(p, p), 0.02) - c;
    float r = length(p);
    sum += exp(-1.5 * abs(r - last));
    last = r;
  }
  return clamp(sum / 5.0 - 0.1, 0.0, 1.0);
}

// Smooth escape time of z² + c, or the closest approach to the axes within it.
float julia(vec2 z, vec2 c) {
  float trap = 1.0, n = 0.0;
  for (int i = 0; i < 24; i++) {
    z = vec2(z.x * z.x - z.y * z.y, 2.0 * z.x * z.y) + c;
    trap = min(trap, min(abs(z.x), abs(z.y)));
    if (dot(z, z) > 16.0) break;
    n += 1.0;
  }
  return n > 23.5 ? sqrt(trap) : saw(0.09 * (n - log2(max(log2(max(dot(z, z), 2.0)), 0.5))));
}

// Folds and scalings of a square: a carpet of frames in frames.
float carpet(vec2 p, float scale) {
  float best = 1.0, size = 1.0;
  for (int i = 0; i < 4; i++) {
    p = abs(fract(p * 0.5) * 2.0 - 1.0) - 0.5;
    best = min(best, abs(max(abs(p.x), abs(p.y)) - 0.3) / size * 3.0);
    p *= scale;
    size *= 1.4;
  }
  return clamp(best, 0.0, 1.0);
}

// Rows of invented letters, mirrored like masks when `mirror` is 1.
float glyphs(vec2 p, float mirror) {
  vec2 i = floor(p), f = (p - i - 0.5) * 7.0 + 3.5, g = floor(f);
  if (mirror > 0.5) g.x = min(g.x, 6.0 - g.x);
  bool margin = g.x < 1.0 || g.y < 1.0 || g.x > 5.0 || g.y > 5.0;
  return margin ? 0.0 : step(0.52, quickHash(g + 8.0 * i));
}

// Conductors with pads, on a lattice.
float circuit(vec2 p) {
  vec2 i = floor(p), f = p - i - 0.5;
  float h = quickHash(i), d = length(f) - 0.14;
  if (h > 0.25) d = min(d, max(abs(f.y), -f.x));
  if (h > 0.5) d = min(d, max(abs(f.x), f.y));
  if (fract(7.0 * h) > 0.45) d = min(d, max(abs(f.x - f.y) * 0.707, f.x));
  if (fract(13.0 * h) > 0.5) d = min(d, max(abs(f.y), f.x));
  return ease(0.1, 0.05, d);
}

// Year rings of a plank cut off the middle.
float rings(vec2 p, float wobble) {
  float r = length(p * vec2(1.0, 0.35)) + wobble * quickNoise(p * vec2(1.3, 0.6));
  float f = fract(r);
  return 0.75 * f * f + 0.25 * quickNoise(p * vec2(40.0, 2.0));
}

// Rings that spread from random centres and cross.
float drops(vec2 p, float frequency) {
  float sum = 0.0;
  for (int i = 0; i < 4; i++) {
    float r = length(p - 3.0 * vec2(hash11(float(i)), hash11(float(i) + 9.0)) + 1.5);
    sum += sin(frequency * r) / (1.0 + 0.6 * r);
  }
  return clamp(0.5 + 0.28 * sum, 0.0, 1.0);
}

// Threads drawn out along a stream.
float strands(vec2 p, float fineness) {
  vec2 d = drift(0.7 * p);
  vec2 q = p + 0.6 * d;
  return quickNoise(vec2(q.x * fineness, q.y * 0.8 + 0.5 * d.x)) * 0.7 + 0.3 * quickNoise(vec2(q.x * 2.7 * fineness, q.y * 1.6));
}

float plasma(vec2 p, float t) { return 0.5 + 0.25 * (sin(p.x + t) + sin(0.7 * p.y + sin(1.3 * p.x + 0.5 * t)) ) * cos(0.6 * (p.x - p.y) + t); }

// Fine stars on black.
float stars(vec2 p) {
  vec2 i = floor(p);
  vec2 h = hash22(i), d = p - i - 0.2 - 0.6 * h;
  return pow(h.x, 6.0) * exp(-60.0 * dot(d, d)) * 2.5;
}
