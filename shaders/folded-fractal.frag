// Draws: a solid fractal made by folding and turning space a few times: sponges, cathedrals and thorny snowflakes.
#include <noise>
#include <color>
#include <solid>

mat2 lean, spin;
vec3 arm, body;
float grow, kind;
bool endless;
vec4 trap;  // how near the orbit came to three planes and the centre; the colour is made of it

float scene(vec3 p) {
  float scale = 1.0;
  if (endless) p = repeat3(p, vec3(2.8 + 0.6 * grow));
  trap = vec4(9.0);
  for (int i = 0; i < 5; i++) {
    p = abs(p);
    // Sort the axes: the symmetry of a cube.
    p.xy = vec2(max(p.x, p.y), min(p.x, p.y));
    p.xz = vec2(max(p.x, p.z), min(p.x, p.z));
    p.yz = vec2(max(p.y, p.z), min(p.y, p.z));
    p.xy = lean * p.xy;
    p.yz = spin * p.yz;
    p = p * grow - arm * (grow - 1.0);
    if (kind < 1.0 && p.z < -0.5 * arm.z * (grow - 1.0)) p.z += arm.z * (grow - 1.0);  // the holes of a sponge
    scale /= grow;
    trap = min(trap, vec4(abs(p), dot(p, p)));
  }
  return block(p, body) * scale;
}
#include <march>

vec3 draw(vec2 p) {
  kind = gene(0) * 2.4; endless = gene(17) < 0.35; grow = kind < 1.0 ? gene(1, 2.5, 3.0) : gene(1, 1.5, 2.0);
  float unrest = kind < 1.0 ? 0.15 : 0.45;
  lean = turn(gene(2, -unrest, unrest) * step(0.25, gene(3)));
  spin = turn(gene(4, -unrest, unrest) * (0.5 + 0.05 * time));
  arm = kind < 1.0 ? vec3(1.0) : vec3(1.0, gene(5, 0.3, 1.0), gene(6, 0.1, 0.9));
  body = kind < 1.0 ? vec3(1.0) : arm * vec3(gene(23, 0.9, 1.2), gene(15, 0.8, 1.4), gene(16, 0.8, 1.6)) + 0.05;
  vec3 eye = (endless ? 1.9 : gene(7, 1.7, 2.7)) * normalize(vec3(cis(gene(8) * TAU), gene(9, -0.6, 0.9)).xzy);
  vec3 d = ray(turn(gene(10) * TAU) * p, eye, vec3(0.0, endless ? 0.9 : 0.0, 0.0), endless ? 0.9 : gene(11, 1.2, 1.9));
  vec3 glow = hsv(gene(12), gene(13, 0.05, 0.7), gene(14, 0.4, 1.0));
  vec3 sky = glow * mix(0.15, 1.0, ease(1.7, 0.0, length(p + vec2(gene(18), gene(19)) - 0.5)));
  float along = -dot(eye, d), reach = 3.0 - dot(eye, eye) + along * along;
  vec3 start = eye + d * (endless ? 0.0 : 1.0) * max(along - sqrt(max(reach, 0.0)), 0.0);
  vec3 sun = normalize(vec3(0.6, 0.9, 0.2) - 0.7 * d);
  float t = reach < 0.0 && !endless ? -1.0 : march(start, d, endless ? 9.0 : 3.4, 25);
  vec3 q = start + t * d, n = normalAt(q);
  scene(q);
  vec4 near = trap;
  vec3 albedo = palette(near.x * gene(20, 0.2, 0.8) + gene(21, 0.0, 0.4) * near.w, 24)
    * (0.5 + 0.6 * ease(0.0, 0.4, near.y));
  albedo = mix(albedo, glow, gene(22) * ease(0.35, 0.0, near.z)) + 0.12 * valueNoise(q * 14.0);
  vec3 color = lit(albedo * 1.3, q, n, d, sun) + 0.3 * glow * pow(1.0 - clamp(dot(n, -d), 0.0, 1.0), 2.0);
  return t < 0.0 ? sky : mix(color, sky, ease(1.0, endless ? 8.0 : 4.5, t) * (endless ? 1.0 : 0.5));
}
