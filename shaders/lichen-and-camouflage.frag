// Draws: blotches: lichen rosettes spreading over granite, printed camouflage, or a hide of soft-edged patches.
#include <noise>
#include <color>
#include <space>

// One generation of lichen over `under`: a lobed disc in some lattice cells, with a pale growing rim and cups inside.
vec3 rosettes(vec3 under, vec2 p, vec3 ragged, vec3 grain, float generation, float share) {
  vec4 c = cells(p, 0.8);
  vec3 h = hash33(vec3(c.zw, 31.0 + generation));
  vec2 d = p - c.zw - 0.5 - 0.8 * (hash22(c.zw) - 0.5) + 0.5 * (ragged.xy - 0.5);
  float r = length(d), lobes = floor(6.0 + 9.0 * h.y), reach = 0.35 + 0.3 * h.z;
  reach *= 0.85 + 0.15 * cos(lobes * atan(d.y, d.x) + 9.0 * ragged.x) + 0.9 * (ragged.z - 0.5);
  float inner = h.x > share ? -1.0 : min(reach - r, 0.8 * (c.y - c.x));
  vec3 body = stops(0.3 + 0.45 * h.y + 0.6 * (grain.x - 0.5) + 0.5 * ease(0.12, 0.0, inner), 14);
  body = mix(body, hsv(gene(20) + 0.15 * h.z, 0.7, 0.85) * (0.4 + 0.8 * grain.y), gene(7) * step(0.5, h.y));
  // Plates crack apart towards the old centre, which may fall away.
  body *= 0.55 + 0.45 * ease(0.02, 0.12, abs(grain.z - 0.5)) * ease(-0.1, 0.3, r / max(reach, 0.05));
  float hole = step(0.5, h.z) * ease(0.5, 0.3, r / max(reach, 0.05) + 0.4 * (grain.x - 0.5));
  vec3 shaded = under * (0.5 + 0.5 * ease(0.0, -0.1, inner));
  return mix(shaded, body, ease(0.0, 0.02, inner) * (1.0 - hole));
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
  vec2 mote = lichen ? p * 17.0 : p * vec2(50.0, 12.0);
  vec3 grain = 0.6 * noise3(mote) + 0.4 * noise3(mote.yx * 2.3);
  // Three inks over a ground, each laid where its own noise is high; a rock's tone is its mottling.
  float soft = kind < 0.8 ? 0.012 : gene(6, 0.06, 0.2), ink = gene(11, -0.03, 0.03);
  float tone = mix(0.95, 0.62, ease(0.0, soft, fine.x - 0.47 + ink));
  tone = mix(tone, 0.3, ease(0.0, soft, fine.y - 0.5 + ink));
  tone = mix(tone, 0.05, ease(0.0, soft, fine.z - 0.54 + ink));
  tone = lichen ? 0.5 + 1.6 * (broad.x - 0.5) + 0.9 * (grain.x - 0.5) : tone;
  vec3 colour = stops(tone, lichen ? 26 : 14);
  if (lichen) {
    colour = mix(colour, vec3(luma(colour)), gene(8)) * (0.7 + 0.5 * grain.y);
    colour = rosettes(colour, p * gene(27, 1.6, 2.6), fine, grain, 0.0, gene(9, 0.3, 0.9));
    return rosettes(colour, p * gene(12, 0.8, 1.2) + 7.0, fine, grain.zxy, 1.0, gene(10, 0.3, 0.9));
  }
  // The last ink is bone, bright or black.
  float pick = gene(12), over = 0.5 * (broad.z + fine.x - fine.y) + 0.25 - gene(26, 0.53, 0.58);
  vec3 last = pick < 0.35 ? vec3(0.87, 0.84, 0.75) : pick < 0.6 ? hsv(gene(13), 0.8, 0.8) : vec3(0.06, 0.06, 0.05);
  colour = mix(colour, last, ease(0.0, soft, over));
  // Woven cloth, or short hair for a hide.
  float weave = kind < 0.8 ? 0.5 + 0.5 * sin(p.x * 90.0) * sin(p.y * 90.0) : 1.4 * grain.x;
  return colour * (0.8 + 0.22 * weave + 0.5 * (broad.y - 0.5));
}
