// Draws: coarse prints: a scene of suns, hills, petals or balls put on paper as screens of dots or engraved lines.
#include <noise>
#include <color>
#include <shape>
#include <space>

// The continuous-tone original: a scene gives the place in each of two ramps, their blend and a light.
vec3 original(vec2 p) {
  float scene = floor(gene(0) * 4.0), soft = fbm(p * gene(1, 1.0, 2.5) + time, 2, 0.5), inA, inB, blend, light = 1.0;
  if (scene < 1.0) {
    // A sun with rays over banded hills.
    vec2 sun = p - vec2(gene(3, -0.5, 0.5), 0.3);
    float ridge = p.y - 0.6 * (soft - 0.5) + gene(2, -0.3, 0.3), field = floor(ridge * 6.0), land = step(ridge, 0.0);
    inA = mix(0.65 + 0.2 * p.y + 0.15 * cos(atan(sun.y, sun.x) * 18.0), 0.2 - 0.12 * field, land);
    inB = mix(0.2 + 0.2 * p.y, field * 0.17, land);
    blend = mix(fill(circle(sun, gene(4, 0.25, 0.55))), mod(field, 2.0), land);
    light = mix(1.0, 0.6 + 0.7 * fract(ridge * 6.0), land);
  } else if (scene < 2.0) {
    float d = flower(p, gene(4, 0.7, 1.1), floor(gene(2, 4.0, 10.0)), gene(3, 0.2, 0.8)), heart = 0.25 - length(p);
    inA = heart > 0.0 ? 4.0 * heart : 0.35 + d * 0.8;
    inB = -1.3 * d;
    blend = step(d, 0.0) * step(heart, 0.0);
    light = mix(0.7 + 0.6 * soft, 0.75 - 1.1 * d, blend);
  } else if (scene < 3.0) {
    vec2 cell, q = repeat(p + 0.3 * gene(2) * p.yx, vec2(gene(3, 0.45, 1.0)), cell);
    float radius = gene(3, 0.45, 1.0) * (0.3 + 0.18 * hash21(cell)),
        dome = sqrt(max(1.0 - dot(q, q) / (radius * radius), 0.0));
    inA = 0.9 - 0.5 * soft - 0.3 * ease(0.3, 0.0, length(q + vec2(-0.1, 0.12)) - radius);
    inB = hash21(cell + 9.0);
    blend = step(0.001, dome);
    light = mix(1.0, 0.25 + dome * (0.9 + 0.7 * (q.y - q.x) / radius), blend);
  } else {
    float band = soft * gene(2, 2.0, 5.0) + dot(p, cis(gene(3, 0.0, TAU)));
    inA = fract(band);
    inB = floor(band) * 0.21;
    blend = 0.5;
  }
  return mix(stops(inA, 20), palette(inB, 26) + 0.1, blend) * light;
}

// Ink (0…1) laid by one screen for this amount of tone.
float screen(vec2 p, float angle, float pitch, float amount) {
  vec2 q = turn(angle) * p * pitch, f = fract(q) - 0.5;
  float shape = gene(5) < 0.65 ? 0.5 - 0.25 * (cos(TAU * q.x) + cos(TAU * q.y)) : 2.0 * abs(f.y);
  if (gene(5) > 0.85) shape = max(abs(f.x), abs(f.y)) * 2.0;
  float soft = 3.0 * pitch / min(resolution.x, resolution.y);
  return ease(-soft, soft, amount * (1.0 + 2.0 * soft) - soft - shape);
}

vec3 draw(vec2 p) {
  float pitch = exp2(gene(6, 3.4, 4.8)), slip = gene(7, 0.0, 0.03), base = gene(8, 0.0, PI);
  vec3 tone = clamp(original(p * gene(9, 0.8, 1.3)), 0.0, 1.0),
      paper = mix(vec3(0.96, 0.93, 0.85), stops(1.0, 20), gene(10) * 0.6);
  paper *= 0.9 + 0.1 * valueNoise(p * 40.0);
  // Four-colour process (cyan, magenta, yellow, key), or two spot inks out of register, the first
  // for the warm half-tones.
  bool process = gene(11) < 0.5;
  float grey = luma(tone), warm = clamp(1.4 * (tone.x - 0.4 * tone.z) + 0.1, 0.0, 1.0);
  float key = process ? 0.7 * (1.0 - max(tone.x, max(tone.y, tone.z))) : clamp(1.1 - 1.5 * grey, 0.0, 0.95);
  vec3 amount = process ? 1.0 - tone - key : vec3(warm, 0.0, 0.0);
  vec3 first = process ? vec3(0.05, 0.65, 0.9) : clamp(palette(gene(12), 26) * 1.3, 0.0, 1.0);
  vec3 c = paper * mix(vec3(1.0), first, screen(p + slip, base + 0.26, pitch, amount.x));
  c *= mix(vec3(1.0), vec3(0.92, 0.1, 0.5), screen(p - slip, base + 1.31, pitch, amount.y));
  c *= mix(vec3(1.0), vec3(1.0, 0.9, 0.08), screen(p - slip, base, pitch, amount.z));
  c = mix(c, process ? 0.12 * c : stops(0.05, 20), screen(p, base + 0.78, pitch, key));
  return gene(13) < 0.2 ? 1.0 - c : c;
}
