// Draws: a raymarched hall of repeated pillars, spheres and blocks in mist.
#include <hash>
#include <color>
#include <solid>

float scene(vec3 p) {
  vec3 cell = floor(p / 2.0 + 0.5);
  vec3 q = repeat3(p, vec3(2.0));
  float size = 0.25 + 0.3 * hash31(vec3(cell.xz, 3.0));
  float column = gene(0) < 0.5 ? cylinder(q, 0.2 + 0.1 * gene(1), 2.0) : block(q, vec3(0.2, 2.0, 0.2 + 0.1 * gene(1)));
  float ball = gene(2) < 0.5 ? sphere(q, size) : octahedron(q, size * 1.5);
  return smoothUnion(column, ball, 0.05 + 0.3 * gene(3));
}
#include <march>

vec3 draw(vec2 p) {
  vec3 eye = vec3(1.0 + gene(4, -0.3, 0.3), gene(5, -0.6, 0.6) + 1.0, time);
  vec3 ahead = eye + vec3(gene(7, -0.8, 0.8), gene(8, -0.5, 0.5), 1.0);
  vec3 direction = ray(turn(gene(6, -0.4, 0.4)) * p, eye, ahead, gene(9, 0.9, 1.8));
  float t = march(eye, direction, 14.0, 56);
  vec3 mist = stops(0.6 + 0.3 * direction.y, 10);
  if (t < 0.0) return mist;
  vec3 q = eye + t * direction, n = normalAt(q);
  vec3 albedo = stops(hash31(floor(q / 2.0 + 0.5)), 16);
  return mix(lit(albedo, q, n, direction, normalize(vec3(0.6, 0.7, -0.4))), mist, 1.0 - exp(-0.02 * t * t));
}
