// Draws: a limestone cave of stalactites, columns and pools, lit by a lantern and by glowing veins or daylight.
#include <noise>
#include <color>
#include <solid>

float room, rough, drip, pool;

float scene(vec3 p) {
  float broad = valueNoise(p.xz * 0.45), fine = valueNoise(p.xz * drip + 0.15 * p.y), spike = fine * fine * fine;
  // Down the middle winds a way that the drips leave free.
  float side = abs(p.x) - 0.3, free = ease(-0.1, 1.5, side);
  float floor_ = p.y + 0.5 * room - free * rough * (0.5 * broad + spike) + 0.15 * fine;
  float roof = room * (1.6 - broad) - p.y - 2.0 * spike * rough * free;
  return min(min(floor_, roof) * 0.45, p.y + pool);
}
#include <march>

vec3 draw(vec2 p) {
  room = gene(0, 0.9, 1.6); rough = gene(1, 0.9, 1.9); drip = gene(2, 1.2, 2.8);
  pool = gene(3) < 0.6 ? 0.5 * room * gene(3, 0.8, 1.4) : 2.0;
  vec3 eye = vec3(0.0, gene(4, -0.2, 0.2), time * 4.0);
  vec3 d = ray(turn(gene(5, -0.3, 0.3)) * p, eye, eye + vec3(gene(6, -0.7, 0.7), gene(7, -0.35, 0.35), 1.0),
    gene(8, 0.7, 1.5));
  vec3 glow = hsv(gene(9), gene(10, 0.2, 0.9), 1.0), torch = hsv(gene(11, 0.03, 0.16), gene(12, 0.1, 0.6), 1.0);
  vec3 beyond = glow * gene(13, 0.05, 0.9);
  float t = march(eye, d, 14.0, 36);
  if (t < 0.0) t = 14.0;
  vec3 q = eye + t * d, n = normalAt(q), sheen = vec3(0.0);
  bool water = q.y < 0.01 - pool;
  float ripple = valueNoise(q.xz * 6.0 + time);
  // Flowstone: bands that sag with the drips, wet and grainy.
  float grain = 0.5 * valueNoise(q * 3.5) + 0.5 * valueNoise(q * vec3(14.0, 5.0, 14.0));
  float band = fract(q.y * gene(14, 1.5, 6.0) + 1.5 * grain);
  vec3 albedo = mix(palette(gene(15, 0.05, 0.25) * band + 0.15 * grain, 18), vec3(0.75, 0.62, 0.48), gene(30))
    * (0.2 + 0.35 * band + 0.75 * grain);
  float vein = ease(0.03, 0.0, abs(valueNoise(q * gene(16, 1.5, 3.5) + 5.0) - 0.5)) * step(0.5, gene(17));
  if (water) {
    n = normalize(vec3(0.25 * (ripple - 0.5), 1.0, 0.25 * (valueNoise(q.zx * 6.0 - time) - 0.5)));
    albedo = mix(glow, albedo, 0.5) * 0.15;
    sheen = mix(beyond, torch * grain, 0.4) * (0.15 + 0.85 * pow(1.0 - clamp(dot(n, -d), 0.0, 1.0), 3.0));
  }
  vec3 lantern = eye + vec3(gene(24, -0.6, 0.6), gene(25, -0.4, 0.5), gene(26, 0.5, 4.0)) - q;
  vec3 towards = normalize(lantern);
  float near = 6.0 / (1.6 + dot(lantern, lantern)), wet = pow(max(dot(reflect(d, n), towards), 0.0), 24.0);
  float open = openness(q, n);
  vec3 color = albedo * open * (torch * near * (0.25 + 0.75 * max(dot(n, towards), 0.0))
    + glow * gene(27, 0.2, 0.8) * (0.6 + 0.4 * n.y));
  color += albedo * 2.2 * torch / (1.0 + t * t) * max(-dot(n, d), 0.0) + 0.25 * near * wet * torch + sheen;
  color += glow * vein * (water ? 0.0 : 0.8) * gene(28, 0.3, 1.0);
  return mix(color, beyond, 1.0 - exp(-gene(29, 0.008, 0.04) * t * t));
}
