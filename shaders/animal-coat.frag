// Draws: animal coats: forking zebra stripes, tiger bars, leopard rosettes, giraffe nets, speckled and ringed hides.
#include <noise>
#include <color>
#include <space>

vec3 draw(vec2 p) {
  float kind = floor(gene(0) * 6.0), scale = exp2(gene(1, 0.7, 2.2)), lay = gene(2, 0.0, TAU);
  vec2 warp = vec2(gradientNoise(p * 1.1 + time), gradientNoise(p * 1.1 - time + 9.0));
  vec2 q = turn(lay) * (p + gene(3, 0.05, 0.35) * warp), s = q * scale;
  float edge = 0.0, mark, heart = 0.0, tuft = valueNoise(q * vec2(50.0, 9.0) + warp * 8.0),
      ragged = 0.25 * (tuft - 0.5);
  // One noise for every kind: it swells stripes, breaks rosettes, frays nets and makes blots.
  float blotch = fbm(kind < 2.0 ? s * vec2(0.6, 1.4) : s * (kind < 4.0 ? 4.0 : 1.3), 2, 0.5);
  float rate = kind < 3.0 ? 1.6 : kind < 4.0 ? 1.3 : 4.0;
  vec4 coat = cells(s * rate + 0.15 * warp, gene(13, 0.75, 1.0));
  if (kind < 2.0) {
    // Each vortex of the phase ends one stripe or forks it in two, as in real coats.
    float phase = s.x * 4.0 + 2.0 * gene(4) * warp.y;
    for (int i = 0; i < 4; i++) {
      vec3 h = hash33(vec3(float(i), 8.0, 4.0));
      vec2 d = q - (h.xy * 2.4 - 1.2);
      phase += (h.z < 0.5 ? 1.0 : -1.0) * atan(d.y, d.x);
    }
    float swell = kind < 1.0 ? gene(5, -0.25, 0.25) : 1.6 * (blotch - 0.5) - 0.25;
    mark = cos(phase) + swell + ragged;
    heart = kind < 1.0 ? 0.0 : ease(-0.9, -0.3, cos(phase)) * 0.5;
  } else if (kind < 3.0) {
    mark = 0.22 - abs(coat.x - 0.34 - 0.1 * (blotch - 0.5)) * 2.2 - 0.5 * ease(0.58, 0.7, blotch) + 0.3 * ragged;
    heart = ease(0.4, 0.25, coat.x) * 0.9;
  } else if (kind < 4.0) {
    mark = coat.y - coat.x - gene(5, 0.06, 0.2) + 0.12 * (blotch - 0.5) + 0.15 * ragged;
    heart = 0.6 * coat.x + 0.4 * hash21(coat.zw);
  } else if (kind < 5.0) {
    float blot = blotch - gene(5, 0.42, 0.58), fleck = coat.x;
    mark = max(4.0 * blot, 0.24 - fleck - 0.3 * blotch) + 0.5 * ragged;
    heart = ease(0.0, 0.15, blot);
  } else {
    vec2 scales = s * 5.0;
    scales.x += 0.5 * mod(floor(scales.y), 2.0);
    vec2 f = fract(scales) - 0.5, id = floor(scales);
    mark = cos(id.y * 0.55 * gene(4, 0.6, 1.6)) * cos((id.x - 0.5 * mod(id.y, 2.0)) * gene(5, 0.4, 1.2))
        + 0.35 * (hash21(id) - 0.5) - 0.1;
    edge = ease(0.25, 0.6, length(f + vec2(0.0, 0.15)));
    heart = 0.5 - 0.5 * f.y;
  }
  float ink = ease(-0.08, 0.08, mark), belly = 0.5 + 0.5 * dot(q, cis(gene(6, 0.0, TAU)));
  vec3 tan_ = hsv(gene(7, 0.03, 0.13), gene(8, 0.15, 0.75), 0.95),
      dark = hsv(gene(7, 0.0, 0.09), 0.6, gene(9, 0.05, 0.3));
  // Two coats in five are of invented colours.
  bool tale = gene(10) < 0.45;
  vec3 ground = tale ? palette(0.25 * belly, 20) * 0.7 + 0.3 : mix(tan_, vec3(0.96, 0.93, 0.87), belly * gene(11));
  vec3 spot = tale ? stops(0.25 + 0.4 * heart, 26) * 0.8 : dark;
  ground = mix(ground, (tale ? palette(0.5, 20) : tan_ * vec3(0.72, 0.55, 0.4)),
      heart * (kind == 3.0 ? 0.15 : 0.8) * (1.0 - ink));
  vec3 patch_ = tale ? spot * 1.3 : tan_ * vec3(0.7, 0.45, 0.3);
  if (kind == 3.0) spot = mix(patch_, spot, clamp(1.3 - 1.5 * heart, 0.0, 1.0));
  vec3 c = mix(ground, spot, ink);
  if (tale && gene(12) < 0.4) c = mix(c, palette(0.7, 26), ease(0.2, 0.0, abs(mark)));
  float hair = kind < 5.0 ? 0.62 + 0.6 * tuft : 1.0 - 0.65 * edge;
  return c * hair * (0.85 + 0.5 * warp.x) + 0.1 * (1.0 - ink) * tuft;
}
