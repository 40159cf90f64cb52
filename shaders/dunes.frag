// Draws: sand: wind ripples lit from the side, crescent dunes from the air, or a desert of ranges fading into haze.
#include <noise>
#include <color>
#include <space>

// Ripples: a gentle back, a steep front, bent by the ground and joining in forks.
float ripples(vec2 p, float count, float bent) {
  float s = count * (p.y + bent * (fbm(p * vec2(0.8, 1.3), 2, 0.5) + 0.1 * valueNoise(p * 5.0))), f = fract(s);
  return f < 0.7 ? smoothstep(0.0, 0.7, f) : smoothstep(1.0, 0.7, f);
}

float ground(vec2 p) {
  float large = 1.0 - abs(2.0 * fbm(p * vec2(0.7, 1.1) + 11.0, 2, 0.4) - 1.0);
  return gene(5, 0.15, 0.8) * large + gene(6, 0.015, 0.05) * ripples(p, gene(7, 6.0, 16.0), gene(8, 0.2, 1.6));
}

vec3 draw(vec2 p) {
  float low = gene(2, 0.3, 0.8);
  if (gene(0) < 0.6) {
    vec2 q = turn(gene(1, 0.0, TAU)) * p * gene(3, 0.6, 2.2) + time;
    float h = ground(q), e = 0.008;
    vec2 slope = (vec2(ground(q + vec2(e, 0)), ground(q + vec2(0, e))) - h) / e;
    vec3 n = normalize(vec3(-slope, 0.8)), sun = normalize(vec3(cis(gene(4, 0.0, TAU)), low));
    float day = max(dot(n, sun), 0.0), grain = valueNoise(q * 70.0), damp = fbm(q * 1.5 + 50.0, 3, 0.5);
    vec3 sand = stops(0.35 + 0.5 * damp + 0.2 * (grain - 0.5), 16);
    // Shade takes its colour from the sky.
    vec3 sky = mix(vec3(0.15, 0.2, 0.35), stops(0.2, 22), gene(9));
    return sand * (1.25 * day + sky * (0.5 + 0.5 * n.z)) + 0.1 * step(0.97, hash21(floor(q * 90.0))) * day;
  }
  // Ranges from far to near; each has a sunlit and a shaded flank parted by a winding crest line.
  float top = gene(10, 0.1, 0.7);
  vec3 air = stops(0.95 - 0.35 * (p.y - top), 22);
  float disc = length(p - vec2(gene(11, -0.8, 0.8), top + gene(12, 0.05, 0.5)));
  vec3 colour = air + 0.35 * exp(-5.0 * disc) + smoothstep(0.12, 0.11, disc) * gene(13);
  for (int i = 0; i < 6; i++) {
    float near = (float(i) + 0.5) / 6.0, base = mix(top, -1.1, near * near * 0.6 + near * 0.4);
    float x = p.x * mix(3.0, 0.9, near) + 17.3 * float(i) + time;
    float peak = 1.0 - abs(2.0 * valueNoise(vec2(x, 3.0)) - 1.0);
    float line = base + mix(0.12, 0.5, near) * (0.75 * peak + 0.25 * valueNoise(vec2(x * 2.7, 8.0)));
    if (p.y > line) continue;
    float below = line - p.y, flank = gene(14, -1.4, 1.4) * below / (0.2 + near);
    float lit = smoothstep(0.44, 0.53, fract(0.5 * x + flank + 0.25 * valueNoise(vec2(x * 2.0, below * 5.0))))
      * smoothstep(1.0, 0.8, fract(0.5 * x + flank));
    vec2 q = vec2(p.x * 2.0, -1.4 * log(below + 0.15) * 2.0) + float(i);
    float fine = ripples(q, mix(12.0, 6.0, near), gene(8, 0.2, 1.6));
    vec3 sand = stops(0.12 + 0.55 * lit + 0.18 * fine, 16);
    colour = mix(sand, air, (1.0 - near) * gene(15, 0.5, 0.95));
  }
  return colour * (0.92 + 0.12 * valueNoise(p * 80.0));
}
