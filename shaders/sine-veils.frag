// Draws: a strange attractor's folded veils: the landscape of a sine map, with the dust of its orbits glowing over it.
#include <color>
#include <space>

// A sine made of parabolas: far cheaper than sin, and the same on every machine.
vec4 wave(vec4 x) {
  vec4 t = fract(x / TAU) * 2.0 - 1.0;
  return -4.0 * t * (1.0 - abs(t));
}

// A two-dimensional sine map; its four constants decide the shape of everything here.
vec2 fold(vec2 z, vec4 k) {
  vec4 w = wave(k * z.yxxy + vec4(0.0, 0.5 * PI, 0.0, 0.5 * PI));
  return gene(4) < 0.5 ? vec2(w.x - w.y, w.z - w.w) : vec2(w.x + 0.6 * k.z * w.y, w.z - 0.6 * k.w * w.w);
}

vec3 draw(vec2 p) {
  vec4 k = vec4(gene(0, 1.1, 2.4), gene(1, -2.4, -1.1), gene(2, 0.6, 2.3), gene(3, -2.2, 2.2));
  vec2 z = turn(gene(5, 0.0, TAU)) * p * gene(6, 1.5, 2.7), place = z, sum = vec2(0.0), line = cis(gene(7, 0.0, PI));
  float thread = 9.0, age = 0.0;
  for (int i = 0; i < 6; i++) {
    z = fold(z, k);
    sum += z;
    float d = abs(dot(z, line)) + 0.03 * float(i);
    if (d < thread) { thread = d; age = float(i); }
  }
  // Many short orbits rather than one long one: chaos would turn rounding into a different picture on each machine.
  float dust = 0.0;
  for (int i = 0; i < 9; i++) {
    vec2 q = 4.0 * fract(vec2(0.7549, 0.5698) * float(i) + gene(8)) - 2.0;
    for (int n = 0; n < 4; n++) {
      q = fold(q, k);
      vec2 d = q - place;
      dust += 0.002 / (dot(d, d) + 0.0004);
    }
  }
  float t = 0.5 + 0.16 * (sum.x + sum.y * gene(8, -1.0, 1.0));
  vec3 color = stops(abs(2.0 * fract(0.5 * t) - 1.0), 9) * (0.4 + 0.8 * ease(-1.6, 1.6, z.x));
  color = mix(color, palette(0.17 * age + 0.3 * t, 15), exp(-gene(21, 5.0, 22.0) * thread));
  return color * gene(22, 0.8, 1.2) + hsv(gene(24), 0.5 * gene(25), 1.0) * dust * gene(23, 0.05, 0.45);
}
