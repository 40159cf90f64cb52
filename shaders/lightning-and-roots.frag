// Draws: things that branch: lightning in a storm, sparks from a centre, roots in soil, or rivers seen from the air.
#include <noise>
#include <color>
#include <space>

// Sideways wander of strand `row` at `s` along it: rough for lightning, smooth for roots.
float wander(float s, float row, float roughness) {
  float sum = 0.0, a = 1.0;
  for (int i = 0; i < 4; i++) {
    float k = floor(s), f = s - k;
    float u = mix(f, f * f * (3.0 - 2.0 * f), 1.0 - step(0.55, roughness));
    sum += a * (mix(hash21(vec2(k, row)), hash21(vec2(k + 1.0, row)), u) - 0.5);
    s = s * 2.3 + 11.7; a *= roughness;
  }
  return sum;
}

vec3 draw(vec2 p) {
  float kind = gene(0);
  bool bolts = kind < 0.55;
  float rough = bolts ? gene(1, 0.56, 0.7) : gene(1, 0.3, 0.5), sway = gene(2, 0.25, 0.8);
  vec2 ground = p * gene(3, 1.0, 2.5) + time;
  vec2 q = turn(gene(4, -0.7, 0.7) + (gene(5) < 0.3 ? 0.5 * PI : 0.0)) * p;
  float arms = 1.0, arm = 0.0;
  if (gene(6) < 0.4) {
    // From a centre: each wedge is a strip of its own, as wide as the circle there.
    arms = floor(gene(7, 3.0, 9.0));
    vec2 c = polar(q - vec2(gene(8, -0.5, 0.5), gene(9, -0.4, 0.4)));
    float turnOf = c.y / TAU * arms + 0.7 * c.x * gene(10, -1.0, 1.0);
    arm = mod(floor(turnOf), arms);
    q = vec2((fract(turnOf) - 0.5) * TAU / arms * (c.x + 0.05), 1.0 - c.x);
    sway *= 1.2 / arms;
  }
  float s = 1.0 - q.y, trunk = sway * wander(2.0 * s + time, 3.0 + arm, rough);
  float close = 9.0, glow = 0.0, round_ = 0.0, tone = 0.0;
  for (int i = 0; i < 9; i++) {
    vec3 h = hash33(vec3(float(i), arm, 71.0));
    float start = i == 0 ? -1.0 : 1.9 * h.x, grown = max(s - start, 0.0), side = h.y < 0.5 ? -1.0 : 1.0;
    if (grown <= 0.0) continue;
    float path = i == 0 ? trunk : trunk + side * (0.25 + 0.9 * h.z) * grown * min(1.0, 3.0 / arms);
    path += i == 0 ? 0.0 : sway * min(grown * 2.0, 1.0) * wander(3.0 * s, 9.0 + float(i) + 20.0 * arm, rough);
    float thick = (i == 0 ? 1.0 : 0.55) * gene(11, 0.012, 0.05) * max(1.0 - 0.45 * grown, 0.12) * (bolts ? 0.4 : 1.5);
    float d = abs(q.x - path), body = 1.0 - d / thick;
    if (body > 0.0 && body > round_) { round_ = body; tone = (q.x - path) / thick; }
    close = min(close, d - thick);
    glow += thick / (d + 0.4 * thick);
  }
  float cloud = fbm(ground, 5, 0.55);
  if (bolts) {
    // Clouds are lit from within near the bolt.
    vec3 night = stops(0.75 * cloud, 14) * gene(12, 0.3, 0.9), flash = mix(vec3(0.8, 0.85, 1.0), palette(gene(13), 20), 0.6);
    float veil = ridged(ground * 1.6 + cloud, 4, 0.5);
    return night * (0.5 + 0.9 * glow * veil) + flash * 0.3 * glow * (0.4 + veil) + smoothstep(0.0, 0.5, round_);
  }
  float fine = ridged(ground * 2.2 + 0.8 * cloud, 4, 0.55), grit = valueNoise(ground * 23.0);
  vec3 soil = stops(0.15 + 0.5 * cloud + 0.25 * (grit - 0.5), 14) * (0.5 + 0.7 * grit);
  float skin = smoothstep(0.0, 0.25, round_), hair = smoothstep(0.72, 0.85, fine);
  soil = mix(soil, stops(0.8, 20), 0.6 * hair) * (0.35 + 0.65 * smoothstep(0.0, 0.12, close));
  vec3 root = stops(0.75 - 0.3 * tone + 0.3 * (grit - 0.5), 20) * (0.5 + 0.6 * sqrt(max(1.0 - tone * tone, 0.0)));
  return mix(soil, root, skin);
}
