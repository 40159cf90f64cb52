// Draws: deep space: glowing gas with dust lanes and pillars, or a spiral galaxy, among stars with glare.
#include <noise>
#include <color>
#include <space>

// Stars of one size class, one to a lattice cell; bright ones carry a cross of glare.
vec3 stars(vec2 p, float scale, float share, float glare) {
  vec2 q = p * scale, cell = floor(q);
  vec3 h = hash33(vec3(cell, scale));
  if (h.z > share) return vec3(0.0);
  vec2 d = q - cell - 0.25 - 0.5 * h.xy;
  float r = length(d), edge = smoothstep(0.25, 0.0, r), lot = h.z / share;
  float spikes = glare * (0.004 / (abs(d.x * d.y) * 30.0 + 0.01)) * edge;
  vec3 tint = mix(vec3(1.0, 0.75, 0.55), vec3(0.65, 0.8, 1.0), h.x);
  return tint * (0.2 + lot * lot) * edge * (0.012 / (r * r + 0.008) + spikes);
}

vec3 draw(vec2 p) {
  vec2 q = turn(gene(0, 0.0, TAU)) * (p - vec2(gene(1, -0.4, 0.4), gene(2, -0.4, 0.4))) * gene(3, 0.7, 1.6);
  float r = length(q), veil, body;
  bool galaxy = gene(4) < 0.35;
  if (galaxy) {
    q.y *= gene(5, 1.0, 2.6);
    r = length(q);
    float arms = floor(gene(6, 1.0, 4.0)), wind = gene(7, 2.0, 5.0) * (gene(8) < 0.5 ? -1.0 : 1.0);
    float arm = 0.5 + 0.5 * cos(arms * (atan(q.y, q.x) + wind * log(r + 0.08)) + 2.0 * fbm(q * 3.0 + time, 3, 0.5));
    q = turn(wind * log(r + 0.08)) * q;
    body = exp(-1.9 * r) * (0.25 + 1.3 * arm) + 0.9 * exp(-9.0 * r);
  } else {
    // A lopsided cloud about a hollow blown by its stars.
    float hollow = smoothstep(0.0, gene(5, 0.2, 0.9), r + 0.5 * (valueNoise(q * 2.0 + 5.0) - 0.5));
    body = mix(1.0, hollow, gene(6)) * (0.35 + 0.9 * smoothstep(0.3, 0.7, fbm(q * gene(7, 0.6, 1.4) + time, 3, 0.5)));
  }
  vec2 warp = vec2(fbm(q * 1.8 + time), fbm(q * 1.8 - time + 9.0)) - 0.5;
  veil = fbm(q * 2.4 + gene(9, 0.8, 3.2) * warp, 5, 0.58);
  float dust = ridged(q * gene(10, 1.0, 2.2) + 1.3 * warp + 30.0, 4, 0.55);
  float gas = body * pow(clamp(1.7 * veil - 0.1, 0.0, 1.5), gene(11, 1.5, 3.0));
  float dark = smoothstep(0.42, 0.75, dust) * gene(12, 0.3, 0.95) * smoothstep(0.05, 0.4, body);

  vec3 hot = hsv(gene(13), gene(14, 0.3, 0.8), 1.0), cool = hsv(gene(13) + gene(15, 0.2, 0.7), gene(16, 0.5, 1.0), 0.9);
  vec3 glow = mix(cool, hot, smoothstep(0.1, 0.9, gas + 0.8 * warp.x)) * gas * 1.3;
  glow += palette(veil + 0.5 * warp.y, 17) * 0.22 * body * veil + vec3(1.0, 0.9, 0.8) * 0.5 * pow(gas, 3.0);
  vec3 sky = stops(0.0, 23) * 0.25 + glow * (1.0 - dark);
  float seen = 1.0 - 0.8 * dark;
  sky += seen * (stars(p + 3.0, 30.0, 0.45, 0.0) + stars(p, 14.0, 0.4, 0.0) + 1.6 * stars(p - 5.0, gene(28, 2.5, 5.0), 0.5, 1.0));
  return sky / (0.75 + 0.45 * sky);
}
