// Draws: watercolour washes bleeding over one another on grainy paper, with dark dried rims, blooms and spatter.
#include <noise>
#include <color>
#include <space>

vec3 draw(vec2 p) {
  vec2 z = turn(gene(0, -0.5, 0.5)) * p;
  float coarse = fbm(z * gene(1, 1.2, 3.0), 3, 0.55) - 0.5, fine = fbm(z * 7.0, 3, 0.6) - 0.5;
  float grain = valueNoise(p * 55.0);
  vec3 paper = mix(vec3(0.97, 0.95, 0.9), stops(0.95, 8), 0.4 * gene(2)) * (0.94 + 0.08 * grain);
  vec3 pigments[4] = vec3[4](
    stops(0.5, 8), hsv(gene(26), 0.85, 0.9), palette(gene(27), 20), hsv(gene(26) + gene(28, 0.2, 0.7), 0.8, 0.7));
  vec3 color = paper;
  float style = gene(3), bleed = gene(4, 0.3, 1.1), petals = floor(gene(5, 2.0, 7.0));
  for (int i = 0; i < 7; i++) {
    vec3 h = hash32(vec2(float(i), 2.0)), pick = fract(h.yzx * 7.0 + h * 3.0);
    vec2 d = z - (h.xy * 2.2 - 1.1);
    float r = length(d), edge;
    if (style < 0.4) edge = r - mix(0.2, 0.85, h.z);
    else if (style < 0.55) edge = z.y - 0.9 + 0.28 * float(i) + 0.3 * (h.x - 0.5) + 0.4 * z.x * (h.y - 0.5);
    else if (style < 0.8) {
      // Petals, from an angle in turns and a wave of parabolas.
      float t = fract(petals * atan(d.y, d.x) / TAU + h.z) * 2.0 - 1.0;
      edge = r - (0.35 + 0.5 * h.z) * (0.35 + 0.75 * (1.0 - t * t));
    } else edge = abs(dot(d, vec2(h.z - 0.5, 0.7))) - 0.08 - 0.25 * pick.y;
    edge += bleed * (coarse * (pick.x - 0.5) * 3.0 + 0.35 * fine);
    float wet = ease(0.012, -0.012, edge);
    // Pigment wanders to the rim while drying, and a bloom pushes it aside.
    float rim = exp(-26.0 * max(-edge, 0.0)), bloom = ease(0.06, 0.0, abs(coarse + 0.7 * edge + 0.2 * pick.z));
    float load = 0.35 + 0.5 * pick.y + 0.4 * rim - 0.25 * bloom - 0.7 * fine + 0.25 * (grain - 0.5);
    vec3 pigment = pigments[int(pick.z * 4.0)];
    // As transparent ink: more of it deepens its own colour rather than greying it.
    color *= mix(vec3(1.0), 0.12 + 0.88 * pigment, wet * clamp(load, 0.0, 1.0));
  }
  vec4 drop = cells(z * 6.0 + fine, 0.9);
  vec3 h = hash32(drop.zw);
  float spatter = ease(0.03, -0.03, drop.x - 0.3 * h.x * h.x) * step(h.y, gene(6) * 0.5);
  return mix(color, h.z < 0.3 ? paper : color * pigments[1], 0.75 * spatter);
}
