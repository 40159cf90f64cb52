// Draws: a sea under sun or moon, with waves that mirror the clouds and far headlands, at any hour and in any weather.
#include <noise>
#include <color>
#include <space>

vec3 sun, low, high, light;
float night;

vec3 sky(vec3 d, int octaves) {
  float glow = max(dot(d, sun), 0.0), up = max(d.y, 0.0);
  vec2 at = d.xz / (up + 0.12);
  float cloud = ease(gene(5, 0.25, 0.6), 0.9, fbm(at * gene(6, 0.4, 1.3) * vec2(1.0, 1.6) + time, octaves, 0.55));
  float star = night * ease(0.985, 1.0, hash21(floor(d.xy * 90.0)));
  vec3 color = mix(low, high, sqrt(min(up * 1.3, 1.0))) + star + light * 0.5 * pow(glow, 40.0);
  color = mix(color, mix(low, light, 0.2 + 0.7 * glow * glow) * (1.0 - 0.6 * cloud * cloud), 0.85 * cloud);
  return color + light * ease(0.9975, 0.9985, glow) * (1.0 - 0.8 * cloud);
}

float swell(vec2 q) {
  q.y += 0.9 * valueNoise(q * 0.8 + time);
  return valueNoise(q * vec2(0.6, 1.7)) * 1.3 + gene(8, 0.3, 0.7) * valueNoise(q.yx * vec2(4.3, 2.4))
    + 0.3 * valueNoise(q * 7.7);
}

vec3 draw(vec2 p) {
  night = step(0.75, gene(0));
  light = night > 0.5 ? vec3(0.8, 0.87, 1.0) : hsv(gene(1, 0.02, 0.14), gene(2, 0.1, 0.75), 1.0);
  low = hsv(gene(10), gene(11, 0.1, 0.6), 0.9 - 0.65 * night);
  high = hsv(gene(12, 0.5, 0.8), gene(13, 0.3, 0.9), gene(14, 0.15, 0.8) - 0.1 * night);
  p = turn(gene(4, -0.15, 0.15)) * p / gene(9, 0.8, 1.5);
  vec3 d = normalize(vec3(p.x, p.y - gene(16, -0.35, 0.75), 1.3));
  sun = normalize(vec3(gene(17, -0.6, 0.6), gene(18, 0.02, 0.5), 1.3));
  vec2 q = vec2(d.x, d.z) * 0.5 / max(-d.y, 0.004);
  float t = length(q), across = d.x / d.z;
  q = turn(gene(7, -1.2, 1.2)) * q * gene(22, 1.0, 4.0);
  // Waves: a normal by differences over a reach that grows with distance, so that the far sea is calm, not noisy.
  vec2 e = vec2(0.03 + 0.012 * t, 0.0);
  float h = swell(q), rough = gene(23, 0.12, 0.45) / (1.0 + 0.04 * t);
  vec3 n = normalize(vec3(rough * (h - swell(q + e)) / e.x, 1.0, rough * (h - swell(q + e.yx)) / e.x));
  vec3 bounce = reflect(d, n);
  bounce.y = abs(bounce.y) + 0.01;
  // One look at the sky serves the water's mirror and the open air alike.
  bool water = d.y < 0.0;
  vec3 color = sky(normalize(water ? bounce : d), 4);
  if (water) {
    float mirror = 0.06 + 0.94 * pow(1.0 - clamp(dot(n, -d), 0.0, 1.0), 4.0);
    vec3 deep = palette(0.15 * h, 24) * (0.15 + 0.35 * h) * (1.0 - 0.7 * night);
    color = mix(deep, color, mirror) + light * pow(max(dot(normalize(bounce), sun), 0.0), 80.0);
    float foam = ease(gene(30, 1.2, 2.2), 2.3, h + 0.5 * valueNoise(q * 13.0)) / (1.0 + 0.02 * t * t);
    color = mix(mix(color, 0.7 * light + 0.3 * low, foam), low, ease(15.0, 120.0, t) * 0.6);
  }
  float reach = ease(gene(19, -0.9, 0.6), gene(19, -0.9, 0.6) + 0.8, across * sign(gene(21) - 0.5));
  float ridge = fbm(vec2(across * gene(20, 1.5, 5.0), 3.0), 4, 0.5) * reach * gene(29, -0.1, 0.3), foot = d.y / d.z;
  vec3 land = mix(low, high * 0.2, 0.35 + 0.5 * fbm(vec2(across, foot * 2.0) * 18.0, 2, 0.5));
  return mix(color, land, step(0.0, foot) * ease(0.0, 0.006, ridge - foot));
}
