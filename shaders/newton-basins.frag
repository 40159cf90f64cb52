// Draws: the basins of Newton's method for a polynomial with three to five random roots, like chained beads.
#include <color>
#include <space>

vec3 draw(vec2 p) {
  vec2 z = turn(gene(0, 0.0, TAU)) * p * gene(1, 0.5, 1.8) + 0.5 * vec2(gene(2) - 0.5, gene(3) - 0.5);
  if (gene(4) < 0.3) z = invert(z, vec2(0.3, 0.1), 0.8);
  int count = 3 + int(gene(5) * 3.0);
  vec2 roots[5];
  vec2 arm = vec2(1.0, 0.0), next = cis(TAU / float(count));
  for (int i = 0; i < 5; i++) {
    roots[i] = mix(0.45, 1.1, gene(12 + i)) * arm + 0.35 * (vec2(gene(7 + i), gene(11 - i)) - 0.5);
    arm = complexMul(arm, next);
  }
  // A complex step other than 1 overshoots or turns: the basins curl.
  vec2 relax = gene(17, 0.75, 1.45) * cis(gene(18, -0.7, 0.7));
  float smoothCount = 0.0, reach = 9.0;
  for (int i = 0; i < 20; i++) {
    vec2 sum = vec2(0.0);
    for (int k = 0; k < 5; k++) {
      vec2 d = z - roots[k];
      if (k < count) sum += vec2(d.x, -d.y) / max(dot(d, d), 1e-9);
    }
    vec2 move = complexMul(relax, vec2(sum.x, -sum.y)) / max(dot(sum, sum), 1e-9);
    z -= move;
    smoothCount += exp(-12.0 * length(move));
    reach = min(reach, abs(length(z) - gene(19, 0.6, 1.6)));
  }
  float owner = 0.0, nearest = 9.0;
  for (int k = 0; k < 5; k++) {
    float d = distance(z, roots[k]);
    if (k < count && d < nearest) { nearest = d; owner = float(k); }
  }
  float speed = 1.0 - smoothCount / 20.0;
  float terrace = fract(smoothCount * gene(20, 0.5, 1.5));
  vec3 basin = stops(fract(owner * 0.37 + gene(29)), 21);
  vec3 color = mix(basin, stops(1.0 - 1.6 * speed, 25), 0.35);
  if (gene(31) < 0.4) color = palette(owner / float(count) + 0.9 * speed, 25);
  color *= 0.4 + 0.75 * ease(0.0, 0.15, terrace) * (1.0 - 0.6 * terrace);
  color = mix(color, gene(30) < 0.5 ? vec3(1.0, 0.97, 0.9) : vec3(0.05, 0.03, 0.08), 0.85 * exp(-22.0 * reach));
  return color * (1.25 - 1.1 * speed * speed);
}
