// Draws: hanging chains of linked rings or stacked tori, in ranks, of polished, rusty or painted metal.
#include <noise>
#include <color>
#include <solid>

float thick, oval, gauge;
vec2 pitch;
mat2 tip;

// One link standing in the plane of x and y: a ring drawn out along y.
float link(vec3 p) {
  p.y = max(abs(p.y) - oval, 0.0);
  return length(vec2(length(p.xy) - gauge, p.z)) - thick;
}

float scene(vec3 p) {
  p.xy = tip * p.xy;
  vec2 rank = floor(p.xz / pitch + 0.5);
  vec3 q = p;
  q.xz -= rank * pitch;
  q.y += 0.37 * rank.x + 0.61 * rank.y;
  // Links alternate by a quarter turn; in one period stands one of each, the other half a period higher.
  float period = 4.0 * (gauge + oval) - 4.0 * thick, y = q.y / period;
  vec3 a = vec3(q.x, (y - floor(y + 0.5)) * period, q.z), b = vec3(q.z, (y - floor(y) - 0.5) * period, q.x);
  return min(link(a), link(b));
}
#include <march>

vec3 ambient, glow;

// What the metal mirrors: a dark floor, a bright horizon and strips of light.
vec3 world(vec3 d) {
  float band = ease(0.35, 0.0, abs(d.y - 0.1));
  float strip = ease(0.06, 0.02, abs(fract(d.x * 1.7 + d.z * 0.6) - 0.5) - 0.08);
  return mix(ambient * 0.25, ambient, ease(-0.6, 0.8, d.y)) + glow * (0.55 * band + 0.6 * strip * step(0.0, d.y));
}

vec3 draw(vec2 p) {
  gauge = gene(0, 0.3, 0.5); thick = gauge * gene(1, 0.18, 0.42); oval = gene(2) < 0.4 ? 0.0 : gene(2, 0.0, 0.5);
  pitch = vec2(gene(3, 1.3, 2.2), gene(4, 1.5, 3.5)); tip = turn(gene(5) < 0.5 ? gene(6, -0.5, 0.5) : gene(6) * TAU);
  ambient = hsv(gene(10), gene(11, 0.05, 0.7), gene(12, 0.3, 0.9)); glow = hsv(gene(13), gene(14, 0.0, 0.6), 1.0);
  vec3 eye = vec3(0.5 * pitch.x + gene(7, -0.2, 0.2), 3.0 * time, 0.5 * pitch.y);
  eye.xy = eye.xy * tip;
  vec3 d = ray(p, eye, eye + vec3(gene(8, -0.8, 0.8), gene(9, -0.6, 0.6), 1.0), gene(15, 0.8, 2.0));
  float t = march(eye, d, 16.0, 44);
  vec3 q = eye + abs(t) * d, n = normalAt(q), own = q;
  vec3 back = mix(ambient * 0.15, ambient, ease(-0.8, 0.8, d.y)) * gene(16, 0.5, 1.0);
  own.xy = tip * own.xy;
  vec2 rank = floor(own.xz / pitch + 0.5);
  float h = hash21(rank), grain = fbm(own.xy * 5.0 + own.z * 4.0, 3, 0.6);
  float rust = ease(0.5, 0.65, grain * 1.2 - 0.3 + gene(17, 0.0, 0.4));
  vec3 metal = mix(vec3(0.75), palette(gene(18, 0.0, 0.8) * h, 20), gene(19)), onward = reflect(d, n);
  vec3 sun = normalize(vec3(gene(26) - 0.5, 0.7, -0.5));
  vec3 polished = metal * world(onward) * 1.3 + glow * pow(max(dot(onward, sun), 0.0), 40.0);
  // Paint in rings along the chain, or rust eating the polish.
  float ring_ = step(0.5, fract(own.y * gene(27, 2.0, 6.0) + h)), dull = gene(28) < 0.35 ? ring_ : rust;
  vec3 paint = lit(gene(28) < 0.35 ? palette(0.5 + h, 20) : mix(vec3(0.35, 0.14, 0.05), vec3(0.6, 0.35, 0.2), grain),
    q, n, d, sun);
  vec3 color = mix(polished, paint, dull) * (0.35 + 0.65 * openness(q, n));
  return t < 0.0 ? back : mix(color, back, 1.0 - exp(-gene(29, 0.01, 0.03) * t * t));
}
