// Draws: gyroids and kindred minimal surfaces, seen close or whole, cut to a ball or cube, two-coloured and striped.
#include <noise>
#include <color>
#include <solid>

float pitch, wall, offset, inside;
vec4 blend;  // how much of gyroid, Schwarz P, diamond and Neovius
vec3 skew;

float field(vec3 p) {
  vec3 a = p * pitch + skew, s = sin(a), c = cos(a);
  float plain = c.x + c.y + c.z, product = c.x * c.y * c.z;
  float diamond = s.x * s.y * s.z + s.x * c.y * c.z + c.x * s.y * c.z + c.x * c.y * s.z;
  return dot(blend, vec4(dot(s, c.yzx), plain * 0.9, diamond * 1.1, plain * 0.84 + product * 1.12)) - offset;
}

float scene(vec3 p) {
  float sheet = (abs(field(p)) - wall) / (pitch * 1.6);
  return max(sheet, mix(length(p) - 1.25, block(p, vec3(0.95)), inside));
}
#include <march>

vec3 draw(vec2 p) {
  float kind = gene(2) * 4.0, along, reach;
  blend = kind < 1.0 ? vec4(1, 0, 0, 0) : kind < 2.0 ? vec4(0.4, 0.6, 0, 0) : kind < 3.0 ? vec4(0.2, 0, 0.8, 0)
    : vec4(0, 0.1, 0, 0.9);
  bool close = gene(3) < 0.45;  // near enough for the body to fill the picture
  inside = step(0.5, gene(0)); wall = gene(4, 0.08, 0.45); offset = gene(1, -0.4, 0.4);
  skew = 6.0 * vec3(gene(5), gene(6), time);
  pitch = close ? gene(7, 5.0, 12.0) : gene(7, 3.5, 9.0);
  vec3 eye = (close ? 1.75 : 3.2) * normalize(vec3(cis(gene(8) * TAU), gene(9, -0.6, 1.0)).xzy);
  vec3 d = ray(turn(gene(10) * TAU) * p, eye, vec3(gene(16, -0.3, 0.3), 0.0, 0.0), close ? gene(11, 1.0, 2.4)
    : gene(11, 1.7, 2.8));
  vec3 glow = hsv(gene(12), gene(13, 0.1, 0.9), gene(14, 0.3, 1.0));
  vec3 back = glow * mix(0.1, 0.9, ease(1.8, 0.0, length(p - vec2(gene(18), gene(19)) + 0.5)))
    * (0.85 + 0.15 * valueNoise(p * 4.0));
  // The body is wholly within a ball of 1.65 (its corners): rays that miss it are done, the others start there.
  along = -dot(eye, d); reach = 2.72 - dot(eye, eye) + along * along;
  float half_ = sqrt(max(reach, 0.0));
  vec3 start = eye + d * max(along - half_, 0.0);
  float t = march(start, d, 2.0 * half_, 36);
  vec3 q = start + t * d, n = normalAt(q), sun = normalize(vec3(0.5, 0.8, 0.3) - 0.6 * d);
  float side = field(q), stripe = abs(fract(dot(q, vec3(0.6, 1.0, 0.3)) * gene(20, 1.0, 7.0)) * 2.0 - 1.0);
  float grain = valueNoise(q * 9.0);
  // The two sides of the sheet wear different colours; a cut face shows the third.
  vec3 outer = palette(0.3 * q.y + 0.3 * grain, 26);
  vec3 inner = hsv(gene(21), gene(22, 0.0, 0.7), 0.35 + 0.4 * ease(0.4, 0.6, stripe) + 0.2 * grain);
  vec3 cut = mix(outer, vec3(0.9), gene(23)) * (0.6 + 0.4 * ease(0.2, 0.3, stripe));
  vec3 albedo = abs(side) < 0.85 * wall ? cut : side > 0.0 ? inner : outer;
  vec3 color = lit(albedo, q, n, d, sun) + 0.4 * glow * pow(1.0 - clamp(dot(n, -d), 0.0, 1.0), 3.0);
  return t < 0.0 ? back : mix(color * 0.95, back, 0.5 * ease(0.3, 2.5, t));
}
