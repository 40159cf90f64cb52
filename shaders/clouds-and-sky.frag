// Draws: skies: heaped cumulus, mackerel ripples, torn streaks or a storm deck, from noon to afterglow.
#include <noise>
#include <color>
#include <space>

// Thickness of cloud over a place, about 0…1; the kind shapes every octave: billowed, rippled, streaked or ridged.
float cover(vec2 q, float kind) {
  float sum = 0.0, amplitude = 0.46;
  q *= kind < 0.6 || kind > 0.8 ? vec2(0.9, 1.1) : vec2(0.5, 2.6);
  float ripple = kind > 0.4 && kind < 0.6 ? 0.075 * sin(13.0 * q.y + 3.0 * sin(1.7 * q.x + q.y)) : 0.0;
  for (int i = 0; i < 5; i++) {
    float n = valueNoise(q), crease = abs(2.0 * n - 1.0);
    sum += amplitude * (kind < 0.4 && i > 0 ? 1.0 - crease : kind > 0.8 ? 1.0 - 0.9 * crease : n);
    amplitude *= 0.54;
    q = OCTAVE_TURN * q * 2.1 + 0.4 * n + 13.7;
  }
  return sum + ripple + (kind > 0.8 ? -0.05 : 0.0);
}

vec3 draw(vec2 p) {
  float kind = gene(0), horizon = gene(1, -1.5, -0.6), hour = gene(2);
  vec2 v = turn(gene(3, -0.15, 0.15)) * p;
  float rise = max(v.y - horizon, 0.0);
  // The cloud deck is a ceiling seen in perspective, softened so that the zenith keeps its detail.
  float reach = gene(4, 1.2, 1.9) / (rise + 0.3) + 0.7;
  mat2 compass = turn(gene(5, 0.0, TAU));
  vec2 q = compass * vec2(v.x * reach, 2.4 * reach) * gene(6, 0.8, 1.8) + time;
  vec2 sun = vec2(gene(7, -0.9, 0.9), mix(horizon + 0.1, 0.9, hour)), toSun = sun - v;

  // Noon is blue; evening runs through this picture's own ramp from the horizon up.
  vec3 noon = mix(vec3(0.72, 0.84, 0.93), hsv(gene(8, 0.55, 0.64), 0.75, 0.65), ease(0.0, 1.6, rise));
  vec3 dusk = stops(1.0 - 0.42 * rise, 12) + 0.05, air = mix(dusk, noon, ease(0.4, 0.7, hour));
  float near = 1.0 / (1.0 + 9.0 * dot(toSun, toSun));
  vec3 evening = hsv(gene(18, -0.1, 0.13), gene(19, 0.25, 0.65), 1.0);
  vec3 warm = mix(evening, vec3(1.0, 0.98, 0.95), ease(0.2, 0.7, hour));
  vec3 sky = air + 0.55 * near * near * warm;

  float bar = gene(9, 0.35, 0.52), thick = cover(q, kind) - bar;
  // A second look towards the sun tells the lit flank from the shaded one.
  float flank = thick + bar - cover(q + 0.16 * (compass * toSun) / (length(toSun) + 0.2), kind);
  float light = clamp(0.62 + 3.2 * flank - 1.1 * thick, 0.0, 1.0);
  vec3 shade = mix(air * 0.6, vec3(0.36, 0.38, 0.44), 0.6 * gene(10)) * (kind < 0.8 ? 1.0 : 0.65);
  vec3 cloud = mix(shade, warm * (0.9 + 0.3 * near), light);
  vec3 colour = mix(sky, cloud, ease(0.0, gene(11, 0.05, 0.25), thick));
  colour = mix(colour, air + 0.25 * near * warm, ease(0.3, 0.0, rise));
  // Below the horizon, two ranges of dark hills.
  float far = v.y - horizon - 0.2 * valueNoise(vec2(v.x * 2.5, 4.0)) - 0.04 * valueNoise(vec2(v.x * 11.0, 7.0));
  colour = mix(colour, air * 0.4, ease(0.01, 0.0, far));
  return mix(colour, air * 0.13, ease(0.01, 0.0, far + 0.14 + 0.1 * sin(2.0 * v.x + time)));
}
