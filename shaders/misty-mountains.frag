// Draws: a mountain range, hills or wind-carved ridges under clouds and a low sun, with snow or grass and valley fog.
#include <noise>
#include <color>
#include <solid>

float tall, pitch;

float sharp, stretch;

// Octaves of noise, folded into crests (sharp = 1) or left as round hills (0).
float height(vec2 p, int octaves) {
  vec2 q = vec2(p.x * stretch, p.y) * pitch + 9.0 * time;
  float sum = 0.0, amplitude = 0.6;
  for (int i = 0; i < octaves; i++) {
    float v = valueNoise(q), crest = 1.0 - abs(2.0 * v - 1.0);
    sum += amplitude * mix(v, crest * crest, sharp);
    amplitude *= 0.4;
    q = OCTAVE_TURN * q * 2.1 + 5.3;
  }
  return tall * mix(1.5 * sum - 0.3, sum, sharp);
}

vec3 draw(vec2 p) {
  tall = gene(2, 1.0, 2.6); pitch = gene(3, 0.35, 0.8);
  sharp = gene(1) < 0.6 ? 1.0 : 0.35; stretch = gene(0) < 0.6 ? 1.0 : gene(0, 0.1, 0.8);
   // long ridges in some pictures
  vec3 sun = normalize(vec3(gene(4, -1.0, 1.0), gene(5, 0.08, 0.7), gene(6, -0.6, 1.0)));
  vec3 eye = vec3(0.0, tall * gene(7, 0.8, 1.25) + 0.2, 0.0);
  vec3 d = ray(turn(gene(8, -0.12, 0.12)) * p, eye, eye + vec3(0.0, gene(9, -0.5, -0.02), 1.0), gene(10, 1.0, 2.2));
  float warm = ease(0.45, 0.05, sun.y), glow = pow(max(dot(d, sun), 0.0), 8.0);
  vec3 light = mix(vec3(1.0, 0.96, 0.88), vec3(1.0, 0.58, 0.32), warm);
  vec3 zenith = hsv(gene(11, 0.5, 0.75), gene(12, 0.15, 0.8), gene(13, 0.25, 0.8));
  vec3 haze = mix(hsv(gene(14), gene(15, 0.1, 0.5), gene(30, 0.4, 0.85)), light, 0.3 + 0.3 * warm);
  float cloud = fbm(d.xz / (0.15 + abs(d.y)) * gene(16, 0.5, 1.4) + time, 3, 0.55);
  vec3 sky = mix(haze, zenith, ease(-0.02, 0.6, d.y));
  sky = mix(sky, 0.5 * (light + haze), ease(gene(17, 0.35, 0.65), 0.85, cloud) * ease(0.0, 0.15, d.y));
  sky += light * (0.45 * glow + ease(0.998, 0.999, dot(d, sun)));

  float t = d.y < 0.0 ? max(0.05, (tall - eye.y) / d.y) : 0.05, gap = 1.0;
  for (int i = 0; i < 30 && gap > 0.003 * t && t < 24.0; i++) {
    vec3 q = eye + t * d;
    gap = q.y > tall && d.y > 0.0 ? 30.0 : q.y - height(q.xz, 2);
    t += 0.6 * gap + 0.006 * t;
  }
  if (gap > 0.06 * t || t >= 24.0) return sky;
  vec3 q = eye + t * d;
  float h = height(q.xz, 4), e = 0.004 + 0.005 * t, beyond = height(q.xz + sun.xz * 0.4, 2);
  vec3 n = normalize(vec3(h - height(q.xz + vec2(e, 0.0), 4), e, h - height(q.xz + vec2(0.0, e), 4)));
  // A slope is in shadow when the land towards the sun stands higher than the sun does.
  float level = h / tall, shade = ease(0.3, -0.1, beyond - h - 0.4 * sun.y);
  float grain = valueNoise(vec2(q.x + q.z, q.y) * vec2(5.0, 23.0));
  vec3 rock = palette(0.25 * grain + 0.4 * level, 18) * vec3(0.6, 0.55, 0.5) + 0.1 * grain;
  float cover = ease(0.55, 0.75, n.y + gene(24, 0.3, 1.2) * (level - gene(25, 0.2, 0.7)) + 0.2 * grain);
  vec3 albedo = mix(rock, gene(26) < 0.45 ? vec3(0.8, 0.84, 0.9) * (0.85 + 0.2 * grain)
    : hsv(gene(27, 0.1, 0.4), 0.6, 0.2 + 0.4 * grain), cover);
  vec3 color = albedo * (light * 1.05 * max(dot(n, sun), 0.0) * shade + 0.3 * mix(haze, zenith, 0.5 + 0.5 * n.y));
  float fog = 1.0 - exp(-gene(28, 0.001, 0.008) * t * t - gene(29, 0.0, 0.25) * t * exp(-6.0 * level));
  return mix(color, haze + 0.4 * light * glow, fog);
}
