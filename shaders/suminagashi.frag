// Draws: marbled paper: drops of ink let onto water one after another, then combed and stirred.
#include <noise>
#include <color>
#include <space>

// A tine drawn along a line drags the ink with it, less the farther off: undo that.
vec2 comb(vec2 p, float angle, float pitch, float drag) {
  vec2 along = cis(angle), across = vec2(-along.y, along.x);
  float tine = cos(TAU * dot(p, across) / pitch);
  // One way only, or to and fro.
  return p - along * drag * (gene(11) < 0.5 ? pow(max(0.5 + 0.5 * tine, 0.0), 3.0) : 0.7 * tine * tine * tine);
}

vec3 draw(vec2 p) {
  vec2 z = p * gene(0, 0.5, 0.85);
  float method = gene(2), angle = gene(3, 0.0, TAU);
  if (method < 0.6) z = comb(z, angle, gene(4, 0.15, 0.6), gene(5, 0.08, 0.4));
  if (method > 0.35 && method < 0.8) z = comb(z, angle + 0.5 * PI, gene(6, 0.1, 0.5), gene(7, 0.05, 0.25));
  if (method > 0.7) z = swirl(z, vec2(gene(8), gene(9)) - 0.5, gene(10, -5.0, 5.0));
  // From the last drop back to the first: inside it, its ink shows; outside, undo the push it gave.
  float sources = floor(gene(12, 11.0, 19.0)), ink = -1.0, depth = 0.0;
  for (int i = 0; i < 19; i++) {
    vec3 h = hash32(vec2(mod(float(i) * 7.0, sources), 5.0));
    float radius = gene(13, 0.17, 0.34) * (0.5 + fract(h.z + float(i) * 0.618));
    vec2 d = z - (h.xy * 1.8 - 0.9);
    float r2 = dot(d, d), grow = radius * radius;
    if (r2 < grow) { ink = float(i); depth = sqrt(r2) / radius; break; }
    z = z - d + d * sqrt(max(1.0 - grow / r2, 0.0));
  }
  float vein = valueNoise(z * 14.0 + ink);
  vec3 paper = stops(gene(28) + 0.1 * vein, 14);
  if (ink < 0.0) return mix(paper, stops(0.5, 20), ease(0.48, 0.6, fbm(z * 6.0 + 0.2 * time, 2, 0.5)));
  float tone = fract(ink * 0.381966 + gene(26)), bands = floor(depth * gene(29, 1.0, 5.0)) * 0.4;
  vec3 color = fract(ink * 0.29) < gene(27, 0.2, 0.7) ? stops(fract(tone + bands), 14) : stops(fract(tone + bands), 20);
  color = mix(color, paper, 0.3 * ease(0.55, 0.9, vein));
  return color * (1.1 - 0.55 * ease(0.7, 1.0, depth));
}
