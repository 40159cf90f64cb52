// Draws: a Julia set seen through orbit traps: how near each orbit comes to a ring, a cross, a square or pearls.
#include <color>
#include <space>

float trap(vec2 z, vec2 axis) {
  z = vec2(dot(z, axis), z.x * axis.y - z.y * axis.x) - 0.4 * vec2(gene(10), gene(11));
  if (gene(8) < 0.3) return abs(length(z) - gene(12, 0.15, 0.8));
  if (gene(8) < 0.55) return min(abs(z.x), abs(z.y));
  if (gene(8) < 0.8) return abs(max(abs(z.x), abs(z.y)) - gene(12, 0.1, 0.6));
  return abs(length(vec2(abs(fract(2.0 * z.x) - 0.5), z.y)) - 0.3 * gene(12));
}

vec3 draw(vec2 p) {
  vec2 z = turn(gene(0, 0.0, TAU)) * p * gene(1, 0.5, 1.25) + 0.3 * vec2(gene(2), gene(3));
  // c lies just outside the main component of z^n + c, where Julia sets are most intricate.
  float power = gene(4) < 0.65 ? 2.0 : 3.0, angle = gene(5, 0.0, TAU);
  vec2 rest = pow(power, -1.0 / (power - 1.0)) * cis(angle / (power - 1.0));
  vec2 c = complexMul(rest, vec2(1.0, 0.0) - cis(angle) / power) * gene(6, 1.0, 1.07);
  vec2 axis = cis(gene(9, 0.0, PI));
  float nearest = 9.0, when = 0.0, escape = 0.0;
  for (int i = 0; i < 40; i++) {
    vec2 square = complexMul(z, z);
    z = (power < 2.5 ? square : complexMul(square, z)) + c;
    if (dot(z, z) > 30.0) break;
    float d = trap(z, axis);
    if (d < nearest) { nearest = d; when = float(i); }
    escape += 1.0;
  }
  float glow = exp(-gene(7, 5.0, 14.0) * nearest);
  float steps = sqrt(escape / 40.0);
  vec3 ground = stops(fract(gene(26) + steps * gene(13, 0.8, 2.5)), 14) * (0.4 + 0.6 * steps);
  vec3 light = palette(0.13 * when + 0.5 * glow, 20);
  return mix(ground, light, glow) + 0.5 * pow(glow, 8.0);
}
