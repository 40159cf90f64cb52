// Draws: the inside of an endless winding tunnel, square to round, with ribs, panels, lamps and a glow at its end.
#include <noise>
#include <color>
#include <solid>

float ribs, deep, lean;
vec2 wind;
vec3 plan;  // weights that make the section round, square, six- or eight-sided

// A smooth wave of period 1 made without sine.
vec2 wave(vec2 x) { x = abs(fract(x) - 0.5) * 2.0; return x * x * (3.0 - 2.0 * x) * 2.0 - 1.0; }
vec2 path(float z) { return wind * wave(z * vec2(0.055, 0.043)); }

float scene(vec3 p) {
  vec2 q = p.xy - path(p.z);
  q = abs(q + lean * vec2(-q.y, q.x) * wave(p.zz * 0.1).x);
  float r = mix(max(max(q.x, q.y), q.x * plan.x + q.y * plan.y), length(q), plan.z);
  float beat = abs(fract(p.z * ribs) - 0.5) * 2.0;
  return (1.0 - deep * (gene(0) < 0.5 ? ease(0.7, 0.85, beat) : beat * beat) - r) * 0.8;
}
#include <march>

vec3 draw(vec2 p) {
  float form = gene(2) * 4.0;
  plan = form < 1.0 ? vec3(0.0, 0.0, 1.0) : form < 2.0 ? vec3(0.0) : form < 3.0 ? vec3(0.71, 0.71, 0.0)
    : vec3(0.87, 0.5, 0.3);
  ribs = gene(3, 0.4, 1.8); deep = gene(4, 0.1, 0.35); wind = vec2(gene(6, 0.4, 3.0), gene(7, 0.4, 2.5));
  lean = gene(5) < 0.4 ? 0.0 : gene(5, -0.9, 0.9);
  float z = time * 4.0, ahead = z + gene(29, 1.5, 7.0);
  vec3 eye = vec3(path(z) + 0.6 * vec2(gene(8) - 0.5, gene(9) - 0.5), z);
  vec3 target = vec3(path(z + 2.5), z + 2.5) + vec3(gene(10, -0.8, 0.8), gene(11, -0.8, 0.8), 0.0);
  vec3 d = ray(turn(gene(12) * TAU) * p, eye, target, gene(13, 0.6, 1.3));
  float t = march(eye, d, 22.0, 40);
  vec3 beyond = hsv(gene(14), gene(15, 0.1, 0.8), gene(16, 0.4, 1.1)), q = eye + abs(t) * d, n = normalAt(q);
  vec2 out_ = q.xy - path(q.z);
  // Panels: a grid over angle and depth, each of its own tone; some are lamps.
  float around = atan(out_.y, out_.x) / TAU + 0.5, count = 4.0 + floor(gene(17) * 12.0);
  vec2 grid = vec2(around * count, q.z * ribs * (gene(21) < 0.5 ? 1.0 : 2.0) + 0.5), panel = floor(grid);
  vec2 f = fract(grid) - 0.5;
  float chance = hash21(panel), seam = ease(0.4, 0.48, max(abs(f.x), abs(f.y)));
  float grain = 0.6 * valueNoise(q * 5.0) + 0.4 * valueNoise(q.yzx * vec3(13.0, 29.0, 13.0));
  vec3 albedo = palette(chance * gene(18) + 0.3 * grain + gene(19), 22) * (0.35 + grain) * (1.0 - 0.75 * seam);
  albedo = mix(albedo, vec3(luma(albedo)) * 1.2, gene(20) < 0.4 ? 0.8 : 0.0);
  // A lamp travels ahead of the eye; lit panels shine by themselves.
  vec3 lamp = vec3(path(ahead), ahead) - q, towards = normalize(lamp);
  float near = 3.0 / (0.8 + dot(lamp, lamp)), shine = pow(max(dot(reflect(d, n), towards), 0.0), 20.0);
  vec3 color = albedo * openness(q, n) * (0.35 + 1.8 * near * max(dot(n, towards), 0.0)
    + 0.5 * max(-dot(n, d), 0.0) / (1.0 + 0.1 * t * t));
  color += 0.5 * shine * near * beyond + step(chance, 0.3 * gene(30)) * ease(0.35, 0.2, length(f))
    * palette(chance * 5.0, 22);
  return t < 0.0 ? beyond : mix(color, beyond, 1.0 - exp(-gene(31, 0.004, 0.03) * t * t));
}
