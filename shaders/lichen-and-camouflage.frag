// Draws: blotches: lichen rosettes spreading over granite, printed camouflage, or a hide of soft-edged patches.
#include <noise>
#include <color>
#include <space>

// Three independent noises for the price of one, and their fractal sums.
vec3 noise3(vec2 p) {
  vec2 i = floor(p), f = p - i, u = f * f * (3.0 - 2.0 * f);
  vec3 low = mix(hash32(i), hash32(i + vec2(1, 0)), u.x), high = mix(hash32(i + vec2(0, 1)), hash32(i + 1.0), u.x);
  return mix(low, high, u.y);
}
vec3 fractal3(vec2 p) {
  return 0.55 * noise3(p) + 0.28 * noise3(OCTAVE_TURN * p * 2.03 + 13.7) + 0.17 * noise3(p.yx * 4.3 + 5.3);
}
// One generation of lichen over `under`: a lobed disc in some lattice cells, with a pale growing rim and cups inside.
vec3 rosettes(vec3 under, vec2 p, vec3 ragged, vec3 grain, float generation, float share) {
  vec4 c = cells(p, 0.8);
  vec3 h = hash33(vec3(c.zw, 31.0 + generation));
  vec2 d = p - c.zw - 0.5 - 0.8 * (hash22(c.zw) - 0.5) + 0.5 * (ragged.xy - 0.5);
  float r = length(d), lobes = floor(6.0 + 9.0 * h.y), reach = 0.35 + 0.3 * h.z;
  reach *= 0.85 + 0.15 * cos(lobes * atan(d.y, d.x) + 9.0 * ragged.x) + 0.9 * (ragged.z - 0.5);
  float inner = h.x > share ? -1.0 : min(reach - r, 0.8 * (c.y - c.x));
  vec3 body = stops(0.3 + 0.45 * h.y + 0.6 * (grain.x - 0.5) + 0.5 * smoothstep(0.12, 0.0, inner), 14);
  body = mix(body, hsv(gene(20) + 0.15 * h.z, 0.7, 0.85) * (0.4 + 0.8 * grain.y), gene(7) * step(0.5, h.y));
  // Plates crack apart towards the old centre, which may fall away.
  body *= 0.55 + 0.45 * smoothstep(0.02, 0.12, abs(grain.z - 0.5)) * smoothstep(-0.1, 0.3, r / reach);
  float hole = step(0.5, h.z) * smoothstep(0.5, 0.3, r / max(reach, 0.05) + 0.4 * (grain.x - 0.5));
  vec3 shaded = under * (0.5 + 0.5 * smoothstep(0.0, -0.1, inner));
  return mix(shaded, body, smoothstep(0.0, 0.02, inner) * (1.0 - hole));
}

vec3 draw(vec2 p) {
  float kind = gene(0), cut = gene(3);
  bool lichen = kind < 0.45;
  p = turn(gene(1, 0.0, TAU)) * p * gene(2, 0.9, 2.4) + time;
  // Printed patterns may be pixelled or brushed.
  float pixel = gene(4, 14.0, 30.0);
  vec2 q = !lichen && cut < 0.3 ? floor(p * pixel) / pixel : p;
  q *= lichen ? vec2(1.3) : cut > 0.7 ? vec2(0.5, 2.0) : vec2(0.9, 1.2);
  vec3 broad = fractal3(q), fine = fractal3(lichen ? p * 4.0 : q * 1.7 + gene(5, 0.0, 2.5) * (broad.xy - 0.5));
  vec3 grain = fractal3(lichen ? p * 15.0 : p * vec2(50.0, 12.0));
  if (lichen) {
    float speck = 0.6 * (grain.x - 0.5) + 0.25 * (hash21(p * 40.0) - 0.5);
    vec3 rock = stops(0.5 + 1.6 * (broad.x - 0.5) + speck, 26) * (0.7 + 0.5 * grain.y);
    rock = mix(rock, vec3(luma(rock)), gene(8));
    rock = rosettes(rock, p * gene(11, 1.6, 2.6), fine, grain, 0.0, gene(9, 0.3, 0.9));
    return rosettes(rock, p * gene(12, 0.8, 1.2) + 7.0, fine, grain.zxy, 1.0, gene(10, 0.3, 0.9));
  }
  // Four inks over a ground, each laid where its own noise is high.
  float soft = kind < 0.8 ? 0.012 : gene(6, 0.06, 0.2), ink = gene(11, -0.03, 0.03);
  float pick = gene(12);
  vec3 last = pick < 0.35 ? vec3(0.87, 0.84, 0.75) : pick < 0.6 ? hsv(gene(13), 0.8, 0.8) : stops(0.0, 14) * 0.5;
  vec3 colour = mix(stops(0.95, 14), stops(0.62, 14), smoothstep(0.0, soft, fine.x - 0.47 + ink));
  colour = mix(colour, stops(0.3, 14), smoothstep(0.0, soft, fine.y - 0.5 + ink));
  colour = mix(colour, stops(0.05, 14), smoothstep(0.0, soft, fine.z - 0.54 + ink));
  colour = mix(colour, last, smoothstep(0.0, soft, 0.5 * (broad.z + fine.x - fine.y) + 0.25 - gene(26, 0.53, 0.58)));
  // Woven cloth, or short hair for a hide.
  float weave = kind < 0.8 ? 0.5 + 0.5 * sin(p.x * 90.0) * sin(p.y * 90.0) : 1.4 * grain.x;
  return colour * (0.8 + 0.22 * weave + 0.5 * (broad.y - 0.5));
}
