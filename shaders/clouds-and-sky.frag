// Draws: skies: heaped cumulus, mackerel ripples, torn streaks or a storm deck, from noon to afterglow.
#include <noise>
#include <color>
#include <space>

float cover(vec2 q, float kind) {
  if (kind < 0.4) return 0.45 * fbm(q * 0.7 + 3.0, 2, 0.5) + 0.75 * (1.0 - billow(q * 1.3, 4, 0.5)) - 0.25;
  if (kind < 0.6) {
    float wave = 0.5 + 0.5 * sin(9.0 * q.y + 5.0 * fbm(q * 1.2, 2, 0.5));
    return 0.35 * wave + 0.65 * fbm(q * 1.3, 3, 0.6) - 0.06;
  }
  if (kind < 0.8) return fbm(q * vec2(0.5, 3.0) + 1.5 * valueNoise(q * 0.9), 5, 0.55);
  return 0.25 + 0.55 * ridged(q * 0.8, 4, 0.5);
}

vec3 draw(vec2 p) {
  float kind = gene(0), horizon = gene(1, -1.5, -0.65), hour = gene(2);
  vec2 v = turn(gene(3, -0.2, 0.2)) * p;
  float rise = max(v.y - horizon, 0.0);
  // The cloud deck is a flat ceiling seen in perspective.
  float reach = gene(4, 0.8, 1.6) / (rise + 0.22);
  vec2 q = turn(gene(5, 0.0, TAU)) * vec2(v.x * reach, 1.6 * reach) * gene(6, 0.9, 2.0) + time;
  vec2 sun = vec2(gene(7, -0.9, 0.9), mix(horizon, 0.9, hour));

  // Noon is blue, evening runs from this picture's hue at the horizon to a deep zenith.
  vec3 noon = mix(vec3(0.72, 0.84, 0.93), vec3(0.1, 0.3, 0.68), smoothstep(0.0, 1.6, rise));
  vec3 dusk = stops(1.0 - 0.62 * rise, 12), air = mix(dusk, noon, smoothstep(0.35, 0.75, hour));
  float near = 1.0 / (1.0 + 9.0 * dot(v - sun, v - sun));
  vec3 warm = mix(hsv(0.02 + 0.1 * hour, 0.75, 1.0), vec3(1.0, 0.97, 0.9), smoothstep(0.2, 0.8, hour));
  vec3 sky = air + 0.55 * near * near * warm;

  float bar = gene(8, 0.34, 0.55), thick = cover(q, kind) - bar;
  // A second look towards the sun tells the lit flank from the shaded one.
  vec2 toSun = turn(gene(5, 0.0, TAU)) * normalize(sun - v + vec2(1e-4, 0.0));
  float flank = thick + bar - cover(q + 0.13 * toSun, kind);
  float light = clamp(0.55 + 3.5 * flank - 0.9 * thick, 0.0, 1.0);
  vec3 shade = mix(air * 0.55, vec3(0.32, 0.34, 0.4), 0.5 * gene(9)) * (kind < 0.8 ? 1.0 : 0.6);
  vec3 cloud = mix(shade, warm * (0.85 + 0.3 * near), light);
  vec3 colour = mix(sky, cloud, smoothstep(0.0, gene(10, 0.06, 0.3), thick));
  colour = mix(colour, air + 0.2 * near * warm, smoothstep(0.35, 0.0, rise));
  // Below the horizon, dark hills.
  float hills = v.y - horizon - 0.14 * (fbm(vec2(v.x * 2.5, 4.0), 4, 0.5) - 0.35);
  return hills < 0.0 ? air * (0.12 + 0.2 * valueNoise(v * vec2(9.0, 40.0))) : colour;
}
