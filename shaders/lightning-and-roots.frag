// Draws: things that branch: lightning in a storm, sparks from a centre, roots in soil, or a river delta from the air.
#include <noise>
#include <color>
#include <space>

// Sideways wander of strand `row` at `s` along it: jagged for lightning, smooth for roots.
float wander(float s, float row, float gain, bool jagged) {
  float sum = 0.0, a = 1.0;
  for (int i = 0; i < 3; i++) {
    float k = floor(s), f = s - k;
    f = jagged ? f : f * f * (3.0 - 2.0 * f);
    sum += a * (mix(hash11(k + 157.0 * row), hash11(k + 1.0 + 157.0 * row), f) - 0.5);
    s = s * 2.6 + 11.7; a *= gain;
  }
  return sum;
}

vec3 draw(vec2 p) {
  float kind = gene(0), sway = gene(2, 0.3, 0.8), arms = 1.0, arm = 0.0;
  bool bolts = kind < 0.5, river = kind > 0.75;
  float gain = bolts ? 0.55 : 0.4, girth = gene(11, 0.012, 0.04) * (bolts ? 0.45 : 2.2);
  vec3 cloud = fractal3(p * gene(3, 1.0, 2.5) + time), fine = fractal3(p * 7.0 + 3.0 * cloud.xy);
  vec2 q = turn(gene(4, -0.7, 0.7) + (gene(5) < 0.4 ? 0.5 * PI : 0.0)) * p;
  if (gene(6) < 0.35) {
    // From a centre: each wedge is a strip of its own, as wide as the circle there.
    arms = floor(gene(7, 3.0, 8.0));
    vec2 c = polar(q - vec2(gene(8, -0.5, 0.5), gene(9, -0.4, 0.4)));
    float about = c.y / TAU * arms + 0.7 * c.x * gene(10, -1.0, 1.0);
    arm = mod(floor(about), arms);
    q = vec2((fract(about) - 0.5) * TAU / arms * (c.x + 0.05), 1.0 - c.x);
    sway *= 1.3 / arms;
  }
  float s = 1.0 - q.y, trunk = sway * wander(2.0 * s + time, 3.0 + arm, gain, bolts);
  float close = 9.0, glow = 0.0, body = 0.0, across = 0.0;
  for (int i = 0; i < 7; i++) {
    vec3 h = hash33(vec3(float(i), arm, 71.0));
    float start = i == 0 ? -0.6 : (float(i) - h.x) / 4.2, grown = s - start, from = max(grown, 0.0);
    float own = sway * min(from * 2.0, 1.0) * wander(3.0 * s, 9.0 + float(i) + 20.0 * arm, gain, bolts);
    float fork = (h.y < 0.5 ? -1.0 : 1.0) * (0.3 + 0.8 * h.z) * from * min(1.0, 3.0 / arms) + own;
    float path = i == 0 ? trunk : trunk + fork, thick = girth * (i == 0 ? 1.0 : 0.6) * max(1.1 - 0.5 * from, 0.12);
    float off = q.x - path, d = grown > 0.0 ? abs(off) : length(vec2(off, grown)) + 0.3, now = 1.0 - d / thick;
    if (now > body) { body = now; across = off / thick; }
    close = min(close, d - thick);
    glow += thick / (d + 0.5 * thick);
  }
  float ridge = 1.0 - abs(2.0 * cloud.x - 1.0), veins = ease(0.1, 0.0, abs(fine.z - 0.5));
  if (bolts) {
    // The clouds are lit from within near the bolt.
    vec3 flash = mix(vec3(0.8, 0.85, 1.0), hsv(gene(13), 0.8, 1.0), gene(12)), night = stops(1.5 * cloud.y - 0.35, 14);
    float lit = 0.55 * glow * (0.15 + cloud.x * fine.x * 2.4) * ridge;
    return night * (0.35 + 1.2 * lit) + flash * (lit + 0.25 * glow) + ease(0.0, 0.4, body);
  }
  vec3 soil = stops(0.4 + 1.3 * (cloud.x - 0.5) + 0.9 * (fine.x - 0.5), 14) * (0.45 + fine.y);
  if (river) {
    // Water in braided channels between green or bare banks, brightest where it mirrors the sky.
    vec3 bank = mix(soil, stops(0.9, 20), ease(0.25, 0.0, close) * (0.4 + 0.8 * fine.x)) * (1.0 - 0.25 * veins);
    vec3 water = mix(hsv(gene(12, 0.45, 0.62), 0.6, 0.25), vec3(0.8, 0.9, 0.95), ease(0.35, 0.7, cloud.z));
    return mix(bank, water, ease(0.0, 0.15, body));
  }
  soil = mix(soil, stops(0.8, 20), 0.55 * veins) * (0.3 + 0.7 * ease(0.0, 0.1, close));
  float girdle = sqrt(max(1.0 - across * across, 0.0));
  vec3 root = stops(0.75 - 0.3 * across + 0.8 * (fine.y - 0.5), 20) * (0.35 + 0.75 * girdle);
  return mix(soil, root, ease(0.0, 0.2, body));
}
