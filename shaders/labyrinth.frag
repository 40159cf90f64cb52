// Draws: a Turing-like labyrinth of ridges, stripes or spots, embossed and lit from one side.
#include <noise>
#include <color>
#include <space>

// A cosine made of parabolas, x in turns: far cheaper than cos, and the same on every machine.
vec2 wave(vec2 x) {
  vec2 t = fract(x + 0.25) * 2.0 - 1.0;
  return -4.0 * t * (1.0 - abs(t));
}

vec3 draw(vec2 p) {
  vec2 z = turn(gene(0, 0.0, TAU)) * p;
  if (gene(1) < 0.25) z = invert(z, vec2(0.2, 1.6), 1.5);
  z += gene(2, 0.0, 0.8) * (vec2(valueNoise(z * 1.7), valueNoise(z * 1.7 + 5.0)) - 0.5);
  float region = fbm(p * 1.5 + 20.0, 3, 0.5);
  // Waves of one length in many directions make a labyrinth; a narrow fan of directions makes stripes.
  float number = gene(3, 2.5, 8.0), fan = gene(4) < 0.65 ? PI : gene(4, -0.5, 1.4);
  vec2 direction = cis(gene(5, 0.0, PI)), next = cis(fan / 10.0), slope = vec2(0.0);
  float height = 0.0;
  for (int i = 0; i < 10; i++) {
    float h = hash11(float(i) + 3.0);
    vec2 k = number * (1.0 + 0.16 * (h - 0.5)) * direction;
    vec2 w = wave(dot(k, z) + 9.0 * h + (h - 0.5) * 0.1 * time + vec2(0.0, 0.25));
    height += w.x;
    slope += direction * w.y;
    direction = complexMul(direction, next);
  }
  height *= 0.45;
  slope *= 0.45;
  // The threshold drifts over the picture, so walls break up into islands and holes.
  float above = height - gene(6, -0.5, 0.5) - 1.8 * (region - 0.5);
  float wall = ease(-0.22, 0.22, above), rim = 1.0 - ease(0.0, 0.35, abs(above));
  float light = dot(slope, cis(gene(7, 0.0, TAU))) / (0.3 + length(slope));
  vec3 top = stops(0.6 + 0.3 * light + 0.8 * (region - 0.5), 8);
  vec3 ground = gene(20) < 0.5 ? stops(0.3 * region + 0.12 * above, 14) : palette(0.8 * region - 0.12 * above, 14);
  vec3 color = mix(ground * (0.9 + 0.3 * above), top, wall);
  color *= 1.0 + gene(21, 0.1, 0.7) * rim * light;
  // In some pictures a finer maze runs in the hollows.
  float fine = ease(0.4, 0.6, valueNoise(z * number * 9.0 + slope));
  color = mix(color, color * (0.55 + 0.9 * fine), gene(22) < 0.5 ? 1.0 - wall : 0.3 * wall);
  return color + gene(23, 0.0, 0.5) * wall * pow(max(light, 0.0), 6.0);
}
