// Draws: blobs of liquid melting into one another, striped, chequered, pearly or chrome, over a floor or in the air.
#include <noise>
#include <color>
#include <solid>

const int BALLS = 5;
vec4 balls[BALLS];
float melt, ground;

float join(float a, float b, float k) {
  float h = max(k - abs(a - b), 0.0);
  return min(a, b) - h * h / (4.0 * k);
}

float scene(vec3 p) {
  float d = p.y + ground;
  for (int i = 0; i < BALLS; i++) d = join(d, length(p - balls[i].xyz) - balls[i].w, melt);
  return d;
}
#include <march>

vec3 shadeA, shadeB;

// A studio: a coloured strip light and a soft box before a graded backdrop.
vec3 studio(vec3 d) {
  vec3 color = mix(shadeA, shadeB, ease(-0.6, 0.9, d.y + gene(18, -0.6, 0.6) * d.x));
  float box = ease(0.45, 0.3, abs(d.x - 0.4)) * ease(0.3, 0.5, d.y);
  return color + 0.7 * box + shadeB * ease(0.16, 0.08, abs(fract(d.x * 1.5 + d.y + gene(19)) - 0.5));
}

vec3 draw(vec2 p) {
  melt = gene(2, 0.2, 0.8); ground = gene(3) < 0.6 ? gene(4, 0.5, 1.0) : 30.0;
  shadeA = hsv(gene(10), gene(11, 0.1, 0.8), gene(12, 0.05, 0.5));
  shadeB = hsv(gene(10) + gene(13, -0.3, 0.3), gene(14, 0.1, 0.6), gene(15, 0.5, 0.95));
  for (int i = 0; i < BALLS; i++) {
    vec3 h = hash33(vec3(i, 5, 2));
    balls[i] = vec4((h * 2.0 - 1.0) * vec3(1.2, 0.75, 1.0), 0.3 + 0.45 * fract(h.x * 7.0 + 0.1 * time));
  }
  vec3 eye = vec3(gene(8, 3.0, 4.2) * cis(gene(7) * TAU), gene(5, 0.2, 2.0)).xzy;
  vec3 d = ray(turn(gene(9, -0.4, 0.4)) * p, eye, vec3(0.0, -0.1, 0.0), gene(28, 1.5, 2.6));
  float t = march(eye, d, 11.0, 28);
  vec3 q = eye + t * d, n = normalAt(q), back = studio(d);
  // Four patterns, one field each: marbling, layers, chequers, pearl.
  float size = gene(1, 1.5, 5.0), kind = gene(0) * 4.0, wave = valueNoise(q * 1.7 + time);
  float grain = valueNoise(q * size * 2.0 + 4.0 * wave), field = grain;
  vec3 cube = floor(q * size);
  if (kind < 1.0) field = ease(0.35, 0.65, abs(fract((q.y + wave) * size) * 2.0 - 1.0));
  else if (kind < 2.0) field = 0.8 * mod(cube.x + cube.y + cube.z, 2.0) + 0.2 * grain;
  else if (kind < 3.0) field = 1.3 * dot(n, -d) + wave;
  vec3 albedo = palette(field * gene(16, 0.25, 0.5) + gene(17), 21) * (0.6 + 0.6 * field);
  if (q.y < 0.02 - ground) {
    float tile = mod(floor(q.x * size) + floor(q.z * size), 2.0);
    albedo = mix(shadeB, shadeA, gene(20) < 0.5 ? tile : ease(0.3, 0.7, fract(length(q.xz) * size)));
  }
  float metal = gene(29) < 0.3 ? 0.75 : 0.3 * gene(29);
  float mirror = max(metal, 0.9 * pow(1.0 - clamp(dot(n, -d), 0.0, 1.0), 4.0));
  vec3 color = lit(albedo, q, n, d, normalize(vec3(gene(26) - 0.5, 0.8, gene(27) - 0.5)));
  color = mix(color, studio(reflect(d, n)) * mix(vec3(1.0), albedo, metal), q.y < 0.02 - ground ? 0.2 * mirror
    : mirror);
  return t < 0.0 ? back : mix(color, back, ease(5.0, 11.0, t));
}
