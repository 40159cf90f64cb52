// Draws: checkerboards bent through inversions and complex powers into flowers, tunnels and dipoles.
#include <noise>
#include <color>
#include <space>

vec3 draw(vec2 p) {
  vec2 poleA = vec2(gene(0, -0.8, 0.8), gene(1, -0.7, 0.7)), poleB = -poleA * gene(2, 0.3, 1.2);
  vec2 q = turn(gene(3, 0.0, TAU)) * p, a = p - poleA, b = p - poleB;
  float bend = floor(gene(4) * 5.0), cells_ = gene(5, 2.5, 6.0), stretch = 1.0;
  // stretch: how much smaller than at rest a square has become, to let the finest ones fade.
  if (bend < 1.0) {
    q = invert(p, poleA, 0.9);
    stretch = 0.81 / max(dot(a, a), 1e-3);
  } else if (bend < 2.0) {
    q = vec2(log(max(length(a), 1e-3)) - log(max(length(b), 1e-3)), atan(a.y, a.x) - atan(b.y, b.x));
    cells_ = floor(cells_ + 1.0) * 4.0 / TAU;
    stretch = length(a - b) / max(length(a) * length(b), 1e-3);
  } else if (bend < 3.0) {
    q = complexMul(p, p) + gene(6, -1.0, 1.0) * complexMul(p, complexMul(p, p));
    stretch = 2.0 * length(p) + 0.5;
  } else if (bend < 4.0) {
    q = 0.7 * complexDiv(complexMul(a, b), complexMul(p + poleB, p + poleB) + vec2(0.15, 0.0));
    stretch = 1.5 / max(dot(p + poleB, p + poleB), 1e-2);
  } else {
    vec2 once = invert(p, poleA, 1.1), c = once - 2.0 * poleB;
    q = invert(once, 2.0 * poleB, 0.8);
    cells_ *= 3.0;
    stretch = 0.77 / max(dot(a, a) * dot(c, c), 1e-2);
  }
  q = turn(bend < 2.0 && bend >= 1.0 ? PI / 4.0 * floor(gene(7) * 2.0) : gene(7, 0.0, TAU)) * q * cells_ + time;
  vec2 cell = floor(q), f = fract(q) - 0.5;
  float square = mod(cell.x + cell.y, 2.0), pixel = 2.0 * stretch * cells_ / min(resolution.x, resolution.y);
  float inner = mod(floor(f.x * 4.0) + floor(f.y * 4.0), 2.0),
      disc = ease(-pixel, pixel, length(f) - gene(8, 0.2, 0.45));
  float style = gene(9), pick = hash21(cell);
  float tone = style < 0.3 ? square : style < 0.6 ? mix(1.0 - square, square, disc)
      : mix(inner, square, square * 0.8 + 0.2 * disc);
  vec2 edge = 0.5 - abs(f);
  float bevel = ease(0.0, 0.12, min(edge.x, edge.y));
  float fine = ease(0.25, 1.2, pixel);
  // Where squares are large, a fainter small checker lies within them.
  vec2 small = floor(f * floor(gene(14, 4.0, 9.0)) * 2.0);
  tone = mix(tone, 0.25 + 0.5 * mod(small.x + small.y, 2.0), 0.4 * ease(0.06, 0.03, pixel));
  tone = mix(tone, 0.4, fine);
  vec3 dark = mix(stops(0.2 * pick, 20), 0.4 * palette(pick, 26), gene(10) * 0.7) * 0.75;
  vec3 light = mix(stops(0.8 + 0.2 * pick, 20), palette(0.3 + 0.4 * pick, 26) + 0.2, gene(11) * 0.8);
  float depth = 1.0 / (1.0 + gene(12, 0.0, 0.012) * stretch * stretch);
  vec3 c = mix(dark, light, tone) * mix(1.0, 0.7 + 0.3 * bevel, 1.0 - fine)
      * (0.8 + 0.35 * fbm(q * 2.0, 2, 0.5) * (1.0 - fine));
  return mix((gene(13) < 0.5 ? stops(0.0, 20) : stops(1.0, 20)), c, depth);
}
