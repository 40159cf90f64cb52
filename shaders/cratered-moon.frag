// Draws: a cratered asteroid or moon before stars and dust, lumpy to round, sometimes with a second body behind it.
#include <noise>
#include <color>
#include <solid>

float lumps, pitch;
vec3 stretch;

float scene(vec3 p) {
  vec3 q = p * stretch;
  float n = lumps > 0.02 ? 0.7 * valueNoise(q * pitch + 9.0) + 0.3 * valueNoise(q * pitch * 2.3) : 0.5;
  return (length(q) - 1.0 + lumps * (n - 0.35)) * 0.7;
}
#include <march>

// Adds the slopes of a ring of craters to a normal; returns the shade of their floors and rays.
float craters(vec3 at, float count, inout vec3 n, float depth) {
  vec3 slope = vec3(0.0);
  float shade = 0.0;
  for (int i = 0; i < 8; i++) {
    vec3 corner = floor(at * count - 0.5) + vec3(i & 1, (i >> 1) & 1, i >> 2), h = hash33(corner);
    vec3 away = at - (corner + 0.5 + 0.5 * (h.zxy - 0.5)) / count;
    float r = (0.18 + 0.42 * h.x * h.x) / count, x = length(away) / r;
    // Inside, the bowl tilts the ground towards the middle; at the rim it tips outwards and fades.
    float tilt = x < 1.0 ? -x * ease(1.0, 0.8, x) : 1.4 * ease(1.5, 1.0, x);
    slope += away / max(r * x, 1e-4) * tilt;
    shade += ease(1.0, 0.7, x) * (h.y - 0.7) + 0.5 * ease(0.12, 0.0, abs(x - 1.0));
  }
  n = normalize(n + depth * (slope - n * dot(n, slope)));
  return shade;
}

vec3 draw(vec2 p) {
  lumps = gene(0) < 0.3 ? 0.0 : gene(0, 0.0, 0.9); pitch = gene(1, 1.0, 2.2);
  stretch = 1.0 + lumps * vec3(gene(2), 0.2, gene(3));
  vec3 eye = gene(4, 1.5, 2.7) * normalize(vec3(cis(gene(5) * TAU), gene(6, -0.5, 0.5)).xzy);
  vec3 aim = 0.8 * vec3(gene(7) - 0.5, gene(8) - 0.5, gene(9) - 0.5);
  vec3 d = ray(turn(gene(10) * TAU) * p, eye, aim, gene(11, 1.1, 1.9));
  vec3 sun = normalize(vec3(cis(gene(5) * TAU + gene(12, 0.3, 1.5) * sign(gene(13) - 0.5)), gene(14, -0.4, 0.7)).xzy);
  // The deep: stars of two sizes, and dust lanes in the picture's hue.
  vec3 star = vec3(1.0 - ease(0.0, 0.012, hash21(floor(p * 70.0))))
    + step(0.994, hash21(floor(p * 24.0))) * ease(0.5, 0.0, length(fract(p * 24.0) - 0.5));
  float dust = fbm(d.xy * 2.5 + d.z * 2.0 + time, 3, 0.55);
  vec3 dark = star * 0.9 + hsv(gene(15), gene(16, 0.3, 0.9), 1.0) * ease(0.4, 1.0, dust) * gene(17, 0.2, 1.3);
  vec2 o = p - vec2(gene(18, -1.1, 1.1), gene(19, -1.1, 1.1));
  float far_ = gene(20, 0.15, 0.6), rise = sqrt(max(far_ * far_ - dot(o, o), 0.0)) / far_;
  if (rise > 0.0 && gene(21) < 0.6) dark = palette(0.3 * fbm(vec2(o.x, o.y * 5.0) * 4.0, 2, 0.5), 22)
    * max(dot(vec3(o / far_, rise), normalize(vec3(gene(7) - 0.5, gene(8) - 0.5, 0.3))), 0.02);
  float along = -dot(eye, d), reach = 1.21 - dot(eye, eye) + along * along;
  vec3 start = eye + d * max(along - sqrt(max(reach, 0.0)), 0.0);
  float t = reach < 0.0 ? -1.0 : march(start, d, 2.2, 22);
  if (t < 0.0) return dark;
  vec3 q = start + t * d, n = normalAt(q), smooth_ = n;
  float big = craters(q, gene(28, 1.2, 2.2), n, gene(29, 0.5, 1.1));
  float small = craters(q + 7.0, gene(28, 4.0, 8.0), n, gene(30, 0.3, 0.8));
  float grain = valueNoise(q * 22.0);
  float sea = ease(0.45, 0.6, valueNoise(q * 2.0 + 3.0) * 0.8 + 0.2 * valueNoise(q * 7.0));
  vec3 albedo = mix(palette(0.15 * sea, 22), vec3(0.62), gene(31, 0.3, 0.95))
    * (0.55 + 0.35 * sea + 0.3 * grain + 0.25 * big + 0.25 * small);
  float light = ease(-0.05, 0.9, dot(n, sun)) * ease(-0.15, 0.15, dot(smooth_, sun));
  return albedo * (1.35 * light + 0.03) + 0.15 * albedo * dark
    + 0.25 * hsv(gene(15), 0.6, 1.0) * pow(1.0 - clamp(dot(smooth_, -d), 0.0, 1.0), 4.0) * gene(17);
}
