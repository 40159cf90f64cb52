// Draws: a deep place of the Mandelbrot set, lit as a relief, with colour from escape time and orbit angle.
#include <color>
#include <space>

// Places worth seeing: centre, and half the view's height.
const vec3 PLACES[10] = vec3[10](
  vec3(-0.7436, 0.1318, 0.0025), vec3(0.2925, 0.0149, 0.004), vec3(-0.1011, 0.9563, 0.016),
  vec3(-1.7620, 0.0120, 0.030),
  vec3(-0.1590, 1.0338, 0.024), vec3(-1.2520, 0.0390, 0.014),
  vec3(-0.5622, 0.6428, 0.010), vec3(0.3600, 0.6000, 0.030),
  vec3(-0.7480, 0.1000, 0.006), vec3(-0.2250, 0.8450, 0.035));

vec3 draw(vec2 p) {
  vec3 place = PLACES[int(gene(0, 0.0, 10.0))];
  vec2 jitter = vec2(gene(1), gene(2)) - 0.5;
  float zoom = place.z * gene(3, 0.5, 1.6);
  vec2 c = place.xy + zoom * (turn(gene(4, 0.0, TAU)) * p) + 0.5 * place.z * jitter;
  vec2 z = vec2(0.0), slope = vec2(0.0);
  float count = 0.0, stripe = 0.0, size = 0.0, trap = 9.0;
  for (int i = 0; i < 110; i++) {
    slope = clamp(2.0 * complexMul(z, slope) + vec2(1.0, 0.0), -1e15, 1e15);
    z = complexMul(z, z) + c;
    size = dot(z, z);
    if (size > 400.0) break;
    stripe += z.y * z.y / max(size, 1e-6);
    trap = min(trap, size);
    count += 1.0;
  }
  if (size < 400.0) return stops(0.5 + 0.5 * cos(9.0 * sqrt(trap) + 20.0 * stripe / 110.0), 12) * 0.7;
  float smoothCount = count + 1.0 - log2(0.5 * log2(size) / 4.3);
  stripe /= max(count, 1.0);
  // The gradient of the escape potential points along z / slope: a normal, lit from one side.
  vec2 uphill = normalize(complexDiv(z, slope) + 1e-12);
  float light = 0.5 + 0.5 * dot(uphill, cis(gene(5, 0.0, TAU)));
  float pixels = sqrt(size) * 0.5 * log(size) / max(length(slope), 1e-6) / zoom;
  float t = sqrt(smoothCount) * gene(6, 0.4, 1.3) + gene(7, 0.5, 3.0) * stripe;
  vec3 color = gene(8) < 0.4 ? palette(t, 18) : stops(abs(fract(t) * 2.0 - 1.0), 12);
  color *= 0.5 + 0.95 * mix(light, ease(0.2, 0.8, stripe), gene(9));
  return mix(stops(step(0.4, gene(10)), 24), color, ease(0.0, gene(11, 0.008, 0.06), pixels));
}
