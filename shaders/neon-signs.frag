// Draws: glowing neon tubes: nested polygons, rosettes or waves, on dark bricks or over a grid running to the horizon.
#include <noise>
#include <color>
#include <shape>
#include <space>

vec3 draw(vec2 p) {
  vec2 z = turn(gene(0, -0.4, 0.4)) * (p - 0.4 * (vec2(gene(1), gene(2)) - 0.5));
  float style = gene(3), fold = floor(gene(4, 3.0, 9.0)), spin = gene(5, -0.5, 0.5);
  vec3 glow = vec3(0.0), tube = vec3(0.0);
  vec2 k = style < 0.4 ? kaleido(z, fold) : z;
  float lean = fold < 5.0 ? 0.87 : 0.45;
  vec3 first = hsv(gene(16), 0.85, 1.0), last = hsv(gene(16) + gene(10, 0.1, 0.6), 0.85, 1.0);
  mat2 step_ = turn(spin);
  for (int i = 0; i < 7; i++) {
    float f = float(i), d;
    vec3 h = hash32(vec2(f, 9.0));
    vec2 a = abs(k);
    if (style < 0.4) d = segment(k, vec2(h.x, 0.4 * h.y) + 0.1, vec2(1.3 * h.z, 0.7 * fract(h.x * 5.0)));
    else if (style < 0.65) d = abs(max(a.x, 0.5 * a.x + lean * a.y) - 0.15 - 0.14 * f);
    else if (style < 0.8) d = abs(length(k - 0.9 * (h.xy - 0.5)) - 0.1 - 0.5 * h.z);
    else {
      // A wave of parabolas.
      float t = fract(k.x * (0.5 + h.z) + h.y + 0.1 * time) * 2.0 - 1.0;
      d = abs(k.y - 0.24 * (f - 3.0) - 0.9 * (h.x - 0.5) * t * (1.0 - abs(t))) * 0.8;
    }
    k = step_ * k;
    vec3 hue = mix(first, last, fract(0.5 * f + 0.3 * h.z));
    // Some tubes flicker, some have died.
    float power = h.y < 0.12 ? 0.08 : 0.6 + 0.4 * h.z;
    glow += hue * power * 0.018 / (d * d + 0.012);
    tube += power * (hue + 0.7) * exp(-pow(d * gene(6, 55.0, 110.0), 2.0));
  }
  // What the light falls on.
  float grain = fbm(p * 16.0, 2, 0.6);
  vec3 wall = stops(0.25 + 0.3 * grain, 17);
  float horizon = gene(7, -0.35, 0.1);
  if (gene(8) < 0.55) {
    vec2 brick = p * vec2(4.0, 9.0) * gene(9, 0.7, 1.5);
    brick.x += 0.5 * mod(floor(brick.y), 2.0);
    vec2 gap = abs(fract(brick) - 0.5);
    float joint = max(ease(0.44, 0.49, gap.x), ease(0.38, 0.47, gap.y));
    wall = mix(wall * (0.6 + 0.8 * hash21(floor(brick))), vec3(0.16), joint);
  } else if (p.y < horizon) {
    float depth = 0.35 / (horizon - p.y + 0.02);
    vec2 tile = vec2(p.x * depth * 3.0, depth * 2.0 + time), gap = abs(fract(tile) - 0.5);
    vec2 line = ease(0.48 - vec2(0.03, 0.04) * depth, vec2(0.5), gap);
    tube += max(line.x, line.y) * first * exp(-0.12 * depth);
    wall *= 0.4;
  } else wall = stops(0.6 * (p.y - horizon), 23) * 0.7 + step(0.985, hash21(p * 90.0)) * 0.6;
  return wall * (0.22 + 0.55 * glow) + 0.12 * glow + tube;
}
