// Draws: bands of a gas planet seen close: horizontal flows folded by turbulence, with storms.
#include <noise>
#include <color>
#include <space>

vec3 draw(vec2 p) {
  p = turn(gene(0, -0.6, 0.6)) * p * gene(1, 0.8, 2.2);
  p = swirl(p, vec2(gene(2, -0.6, 0.6), gene(3, -0.5, 0.5)), gene(4, -5.0, 5.0));
  float stretch = gene(5, 2.0, 6.0);
  vec2 flow = vec2(fbm(p * vec2(1.0, stretch) + time), fbm(p * vec2(1.0, stretch) - time + 7.0)) - 0.5;
  float band = p.y * gene(6, 1.0, 3.0) + gene(7, 0.3, 1.6) * flow.x;
  float t = fbm(vec2(p.x * 0.7 + 2.0 * flow.y, band * stretch), 4, 0.55);
  return mix(stops(t, 8), stops(fract(band), 14), 0.35) * (0.8 + 0.5 * fbm(p * 6.0 + flow * 4.0));
}
