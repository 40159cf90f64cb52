// Draws: deep space: glowing gas with dust lanes and hollows, or a spiral galaxy, among stars with glare.
#include <noise>
#include <color>
#include <space>

// Stars of one size class, one to a lattice cell; bright ones carry a cross of glare.
vec3 stars(vec2 p, float scale, float share, float glare) {
  vec2 q = p * scale, cell = floor(q);
  vec3 h = hash33(vec3(cell, scale));
  vec2 d = q - cell - 0.25 - 0.5 * h.xy;
  float r = length(d), edge = ease(0.25, 0.0, r), lot = h.z / share;
  float spikes = glare * 0.004 / (abs(d.x * d.y) * 30.0 + 0.01);
  vec3 tint = mix(vec3(1.0, 0.75, 0.55), vec3(0.65, 0.8, 1.0), h.x);
  return tint * step(lot, 1.0) * (0.2 + lot * lot) * edge * (0.012 / (r * r + 0.008) + spikes);
}

vec3 draw(vec2 p) {
  vec2 q = turn(gene(0, 0.0, TAU)) * (p - vec2(gene(1, -0.4, 0.4), gene(2, -0.4, 0.4))) * gene(3, 0.7, 1.6);
  bool galaxy = gene(4) < 0.35;
  q.y *= galaxy ? gene(5, 1.0, 2.6) : 1.0;
  float r = length(q), body;
  vec3 warp = fractal3((galaxy ? turn(gene(8, -3.0, 3.0) * log(r + 0.1)) * q : q) * 1.8 + time);
  if (galaxy) {
    float arms = floor(gene(6, 1.0, 4.0)), wind = gene(7, 2.0, 5.0) * (gene(8) < 0.5 ? -1.0 : 1.0);
    float arm = 0.5 + 0.5 * cos(arms * (atan(q.y, q.x) + wind * log(r + 0.08)) + 4.0 * warp.z);
    q = turn(wind * log(r + 0.08)) * q;
    body = exp(-1.6 * r) * (0.3 + 1.4 * arm) + 0.9 * exp(-9.0 * r);
  } else {
    // A lopsided cloud about a hollow blown by its stars.
    float hollow = ease(0.0, gene(5, 0.2, 0.9), r + 1.2 * (warp.z - 0.5));
    body = mix(1.0, hollow, gene(6)) * (0.3 + 0.9 * ease(0.3, 0.65, noise3(q * gene(7, 0.7, 1.5) + time).x));
  }
  vec3 veil = fractal3(q * 2.4 + gene(9, 0.8, 4.0) * (warp.xy - 0.5)), wisp = noise3(q * 19.0 + 9.0 * warp.xy);
  float dense = veil.x + 0.14 * (wisp.x - 0.5), dust = 1.0 - abs(2.0 * veil.y - 1.0) * 1.7 + 0.3 * (wisp.y - 0.5);
  float gas = body * pow(clamp(1.9 * dense - 0.15, 0.0, 1.5), gene(11, 1.5, 3.0));
  float dark = ease(0.35, 0.95, dust) * gene(12, 0.3, 0.95) * ease(0.05, 0.4, body);

  vec3 hot = hsv(gene(13), gene(14, 0.3, 0.8), 1.0), cool = hsv(gene(13) + gene(15, 0.2, 0.7), gene(16, 0.5, 1.0), 0.9);
  vec3 glow = mix(cool, hot, ease(0.1, 0.9, gas + 1.2 * (warp.x - 0.5)));
  glow *= gas * (galaxy ? 1.2 : 0.85);
  glow += hsv(gene(17) + 0.5 * warp.y, 0.7, 0.25) * body * veil.z;
  glow += vec3(0.5, 0.45, 0.4) * (galaxy ? gas * gas * gas : 0.12 * gas * gas);
  vec3 sky = stops(0.0, 23) * 0.25 + glow * (1.0 - dark), points = stars(p + 3.0, 30.0, 0.45, 0.0);
  points += stars(p, 14.0, 0.4, 0.0) + 1.6 * stars(p - 5.0, gene(28, 2.5, 5.0), 0.5, 1.0);
  sky += (1.0 - 0.8 * dark) * points;
  return 1.3 * sky / (0.8 + 0.75 * sky);
}
