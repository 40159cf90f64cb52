// Draws: blotches: lichen rosettes spreading over granite, printed camouflage, or a hide of soft-edged patches.
#include <noise>
#include <color>
#include <space>

// One generation of lichen over `under`: a lobed disc in some lattice cells, with a pale growing rim.
vec3 rosettes(vec3 under, vec2 p, vec2 ragged, float generation, float share) {
  vec4 c = cells(p, 0.8);
  vec3 h = hash33(vec3(c.zw, 31.0 + generation));
  if (h.x > share) return under;
  vec2 d = p - c.zw - 0.5 - 0.8 * (hash22(c.zw) - 0.5) + 0.35 * ragged;
  float r = length(d), lobes = floor(6.0 + 9.0 * h.y), reach = 0.5 * (0.4 + 0.6 * h.z);
  reach *= 0.85 + 0.15 * cos(lobes * atan(d.y, d.x) + 9.0 * ragged.x) + 0.35 * ragged.y;
  float in_ = reach - r, grain = valueNoise(p * 26.0);
  float crack = smoothstep(0.25, 0.5, ridged(p * 5.0 + 3.0 * ragged, 2, 0.5));
  vec3 body = mix(stops(0.35 + 0.4 * h.y + 0.3 * (grain - 0.5), 14), palette(0.6 + 0.3 * h.y, 20), gene(7) * h.x / share);
  vec3 cover = body * (0.55 + 0.45 * crack) + 0.3 * smoothstep(0.1, 0.0, in_) * grain;
  // Old centres fall away; cups stud the middle.
  float cups = smoothstep(0.25, 0.1, length(fract(p * 9.0 + ragged) - 0.5)) * step(0.5, hash21(p * 9.0 + ragged));
  cover = mix(cover, body * 0.35, cups * smoothstep(0.1, 0.25, in_));
  float shadow = 0.6 + 0.4 * smoothstep(0.0, -0.08, in_);
  float there = smoothstep(0.0, 0.02, in_) * smoothstep(0.0, 0.1, r - 0.4 * reach * step(0.7, h.z) * h.y);
  return mix(under * shadow, cover, there);
}

vec3 draw(vec2 p) {
  float kind = gene(0);
  p = turn(gene(1, 0.0, TAU)) * p * gene(2, 0.9, 2.6) + time;
  if (kind < 0.45) {
    vec2 ragged = vec2(fbm(p * 4.0, 3, 0.6), fbm(p * 4.0 + 9.0, 3, 0.6)) - 0.5;
    float crystal = valueNoise(p * 17.0), mica = hash21(p * 30.0), vein = fbm(p * 1.3, 3, 0.5);
    vec3 rock = stops(0.25 + 0.5 * crystal * vein + 0.35 * vein, 26) * (0.7 + 0.5 * step(0.85, mica));
    rock = mix(rock, vec3(luma(rock)), gene(8));
    rock = rosettes(rock, p * 2.3, ragged, 0.0, gene(9, 0.3, 0.9));
    return rosettes(rock, p * 1.1 + 7.0, ragged, 1.0, gene(10, 0.2, 0.8));
  }
  // Printed: inks laid over each other, each where its own noise is high; pixelled, brushed or smooth.
  float cut = gene(3);
  vec2 pixel = vec2(gene(4, 16.0, 34.0)), q = cut < 0.3 ? floor(p * pixel) / pixel : p;
  q *= cut > 0.7 ? vec2(0.45, 2.0) : vec2(0.9, 1.2);
  vec2 bend = vec2(valueNoise(q * 1.5 + 60.0), valueNoise(q * 1.5 + 80.0)) - 0.5;
  q += gene(5, 0.0, 1.6) * bend;
  float soft = kind < 0.8 ? 0.012 : gene(6, 0.1, 0.3), rough = cut < 0.3 ? 0.65 : gene(11, 0.25, 0.55);
  vec3 colour = stops(0.9, 14);
  for (int i = 1; i < 5; i++) {
    float f = float(i), n = fbm(q * (0.9 + 0.35 * f) + 23.0 * f, 3, rough);
    vec3 ink = i == 3 && gene(12) < 0.5 ? palette(gene(13), 20) : stops(0.9 - 0.29 * f, 14);
    if (i == 4) ink = gene(12) < 0.3 ? vec3(0.85, 0.83, 0.76) : ink * 0.6;
    colour = mix(colour, ink, smoothstep(0.0, soft, n - 0.5 - 0.035 * f * gene(26, 0.2, 1.0)));
  }
  // Woven cloth, or short hair for a hide.
  float weave = kind < 0.8 ? 0.5 + 0.5 * sin(p.x * 90.0) * sin(p.y * 90.0) : valueNoise(p * vec2(60.0, 14.0));
  return colour * (0.82 + 0.22 * weave + 0.2 * (fbm(p * 0.8, 3, 0.5) - 0.5));
}
