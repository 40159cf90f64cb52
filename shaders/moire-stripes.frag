// Draws: overprinted gratings (straight, circular, radial, wavy) whose near-equal stripes beat into moiré figures.
#include <noise>
#include <color>
#include <space>

// Phase of one grating, in stripes; its kind comes from gene `first`, its place from the genes after it.
float grating(vec2 p, int first, float pitch, float drift) {
  float kind = floor(gene(first) * 5.0);
  vec2 centre = vec2(gene(first + 1, -0.9, 0.9), gene(first + 2, -0.9, 0.9)), d = p - centre;
  float angle = gene(first + 3, 0.0, PI);
  if (kind < 1.0) return dot(p, cis(angle)) * pitch;
  if (kind < 2.0) return length(d) * pitch;
  if (kind < 3.0) return (dot(p, cis(angle))
      + gene(first + 1, 0.03, 0.2) * sin(4.0 * dot(p, cis(angle + 1.4)) + time)) * pitch;
  if (kind < 4.0) return atan(d.y, d.x) / TAU * floor(pitch * 3.0) + length(d) * gene(first + 3, -6.0, 6.0);
  return length(d * vec2(1.0, gene(first + 3, 0.4, 0.8))) * pitch + gene(first + 2, 1.0, 3.0) * drift;
}

float stripe(float phase, float pitch, float duty) {
  float soft = 2.5 * pitch / min(resolution.x, resolution.y);
  return ease(-soft, soft, abs(fract(phase) - 0.5) - 0.5 * duty);
}

vec3 draw(vec2 p) {
  float pitch = exp2(gene(0, 2.8, 4.3)), bulge = gene(1, -0.45, 0.45);
  p += gene(19, 0.0, 0.12) * vec2(gradientNoise(p * 1.5 + time), gradientNoise(p * 1.5 - time));
  vec2 q = p * (1.0 + bulge * exp(-2.0 * dot(p, p))), r = turn(gene(2, -0.25, 0.25)) * q * gene(3, 0.88, 1.12);
  float duty = gene(4, 0.35, 0.65), rule = gene(5);
  float drift = valueNoise(p * 1.6 + time), phaseA = grating(q, 6, pitch, drift);
  // The second grating is the first one turned and scaled a little, or one of another kind.
  float phaseB = grating(r, gene(10) < 0.45 ? 6 : 11, pitch, drift);
  float a = stripe(phaseA, pitch, duty), b = stripe(phaseB, pitch, duty);
  float c = stripe(gene(15) < 0.5 ? phaseA - phaseB : phaseA + phaseB, 2.0 * pitch, 0.5);
  float beat = 0.5 + 0.5 * cos(TAU * (phaseA - phaseB));
  // Three inks over a ground that drifts from one colour to the next.
  vec3 paper = mix(stops(0.97, 20), palette(drift, 26) + 0.3, gene(16, 0.0, 0.5)), inkA = stops(0.15 * drift, 20);
  vec3 inkB = palette(0.4 * drift + 0.25 * beat + gene(17), 26), inkC = palette(0.4 * drift + gene(17) + 0.5, 26);
  if (gene(18) < 0.4) { vec3 swap = paper; paper = 0.5 * inkA; inkA = swap; }
  if (rule < 0.3) return mix(mix(paper, inkC, 0.5 * beat), mix(inkA, inkB * 0.8, beat * 0.7), abs(a - b));
  if (rule < 0.55) return mix(mix(paper, inkA, a), mix(inkB, inkC, c), b * (0.5 + 0.5 * c));
  if (rule < 0.8) return mix(paper, mix(inkB, inkC, mod(floor(phaseB), 2.0)), a * (1.0 - 0.85 * b))
      * (1.0 - 0.4 * c * b);
  return mix(mix(paper, inkA, a * b), mix(inkB, inkC, beat), c * max(a, b) * 0.9);
}
