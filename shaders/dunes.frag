// Draws: sand: wind ripples lit from the side, crescent dunes from the air, or a desert of ranges fading into haze.
#include <noise>
#include <color>
#include <space>

// Ripples: a gentle back and a steep front.
float ripple(float s) {
  float f = fract(s);
  return f < 0.7 ? ease(0.0, 0.7, f) : ease(1.0, 0.7, f);
}

float ground(vec2 p) {
  vec3 n = noise3(p * vec2(0.7, 1.1)) * 0.7 + noise3(p.yx * vec2(2.3, 1.6) + 5.0) * 0.3;
  float dune = 1.0 - abs(2.0 * n.x - 1.0), lee = ease(0.2, 0.9, n.z);
  float s = gene(7, 5.0, 14.0) * (p.y + gene(8, 0.3, 2.0) * n.y);
  return gene(5, 0.1, 0.9) * dune + gene(6, 0.008, 0.04) * ripple(s) * lee + 0.006 * ripple(3.1 * s + 9.0 * n.z);
}

// A crest line of range `row`, from two octaves along x.
float crest(float x, float row) {
  float k = floor(x), f = x - k, j = floor(2.7 * x), g = 2.7 * x - j;
  float a = mix(hash11(k + 91.0 * row), hash11(k + 1.0 + 91.0 * row), f * f * (3.0 - 2.0 * f));
  float b = mix(hash11(j + 37.0 * row), hash11(j + 1.0 + 37.0 * row), g * g * (3.0 - 2.0 * g));
  return 0.8 * (1.0 - abs(2.0 * a - 1.0)) + 0.2 * b;
}

vec3 draw(vec2 p) {
  bool above = gene(0) < 0.6;
  vec2 q = turn(gene(1, 0.0, TAU)) * p * gene(3, 0.6, 2.2) + time;
  vec3 grain = noise3(p * 75.0), damp = noise3(q * 1.5 + 50.0);
  float h = ground(q), e = 0.01;
  vec2 slope = (vec2(ground(q + vec2(e, 0)), ground(q + vec2(0, e))) - h) / e;
  if (above) {
    vec3 n = normalize(vec3(-slope, 0.9)), sun = normalize(vec3(cis(gene(4, 0.0, TAU)), gene(2, 0.45, 1.0)));
    float day = max(dot(n, sun), 0.0);
    float tone = 0.5 + 0.8 * (damp.x - 0.5) * gene(9) + 0.3 * (grain.x - 0.5) + 0.25 * (h - 0.4);
    vec3 sand = gene(12) < 0.5 ? stops(tone, 16) : hsv(gene(16, 0.02, 0.13), gene(17, 0.25, 0.7), 0.3 + 0.8 * tone);
    // Shade takes its colour from the sky.
    vec3 sky = mix(vec3(0.3, 0.36, 0.5), hsv(gene(10), 0.5, 0.55), gene(11));
    return sand * (1.15 * day + sky * (0.35 + 0.65 * n.z)) + 0.25 * ease(0.85, 0.95, grain.y) * day;
  }
  // Ranges from far to near; each has a sunlit and a shaded flank parted by a winding edge below the crest.
  float top = gene(10, 0.0, 0.7), nearest = 0.0, under = 0.0, lit = 0.0;
  for (int i = 0; i < 6; i++) {
    float near = (float(i) + 0.5) / 6.0, base = mix(top, -1.2, near * near * 0.6 + near * 0.4);
    float x = p.x * mix(3.0, 0.9, near) + 17.3 * float(i) + time;
    float line = base + mix(0.12, 0.5, near) * crest(x, float(i));
    if (p.y > line) continue;
    nearest = near; under = line - p.y;
    float edge = x + gene(14, -1.6, 1.6) * under / (0.1 + near) + 0.3 * sin(5.0 * under / (0.1 + near) + float(i));
    lit = ease(-0.06, 0.06, crest(edge + 0.05, float(i)) - crest(edge - 0.05, float(i)));
  }
  vec3 air = stops(0.95 - 0.4 * (p.y - top), 22);
  float disc = length(p - vec2(gene(11, -0.8, 0.8), top + gene(12, 0.1, 0.5)));
  vec3 sky = air + 0.35 * exp(-5.0 * disc) + ease(0.12, 0.11, disc) * gene(13);
  if (nearest == 0.0) return sky + 0.25 * ease(0.5, 0.8, noise3(p * vec2(0.8, 4.0) + 3.0).x) * air;
  float fine = ripple(12.0 * log(under / (0.1 + nearest) + 0.4) + 1.5 * p.x + 3.0 * damp.y + nearest * 40.0);
  vec3 sand = stops(0.1 + 0.55 * lit + (0.08 + 0.16 * lit) * fine * nearest + 0.2 * (grain.x - 0.5) * nearest, 16);
  return mix(sand, air, (1.0 - nearest) * gene(15, 0.4, 0.95));
}
