// Draws: a cluster of pointed crystals, blunt or needle-sharp, clear to cloudy, on dark rock or floating.
#include <noise>
#include <color>
#include <space>

const int COUNT = 8;
vec3 hue, rim, dusk;

// What the crystals mirror and bend: a graded sky with a strip of light.
vec3 around(vec3 d) {
  float strip = ease(0.2, 0.1, abs(fract(d.x * 1.3 + d.y * 0.8 + gene(20)) - 0.5));
  return mix(dusk * 0.2, dusk, ease(-0.7, 0.8, d.y)) + rim * strip * (0.4 + 0.6 * step(0.0, d.y));
}

// Cuts the ray by a pair of parallel planes, |x · axis| < half_; keeps the span and the normals of its two ends.
void slab(vec3 o, vec3 d, vec3 axis, float half_, inout vec2 span, inout vec3 first, inout vec3 last) {
  float speed = dot(d, axis), slow = abs(speed) < 1e-4 ? 1e-4 : speed, middle = -dot(o, axis) / slow;
  float reach = abs(half_ / slow);
  vec3 side = axis * sign(slow);
  if (middle - reach > span.x) { span.x = middle - reach; first = -side; }
  if (middle + reach < span.y) { span.y = middle + reach; last = side; }
}

vec3 draw(vec2 p) {
  hue = hsv(gene(10), gene(11, 0.2, 0.9), gene(12, 0.5, 1.0)); rim = hsv(gene(13), gene(14, 0.0, 0.6), 1.0);
  dusk = hsv(gene(15), gene(16, 0.1, 0.7), gene(17, 0.3, 1.0));
  bool floating = gene(0) < 0.3;
  float fan = floating ? 9.0 : gene(1, 0.4, 1.4), point = gene(2, 0.35, 1.1), a = gene(3) * TAU;
  vec3 eye = vec3(gene(4, 1.9, 2.7) * cis(a), gene(5, 0.3, 1.6)).xzy, aim = vec3(0.0, floating ? 0.0 : 0.5, 0.0);
  vec3 forward = normalize(aim - eye);
  vec3 right = normalize(cross(forward, vec3(0.0, 1.0, 0.0)));
  vec2 s = turn(gene(6, -0.3, 0.3)) * p;
  vec3 d = normalize(s.x * right + s.y * cross(right, forward) + gene(7, 1.4, 2.2) * forward);
  vec3 n = vec3(0.0, 1.0, 0.0), out_ = n, local = n;
  float t = 1e3, thick = 0.0, name = 0.0;
  for (int i = 0; i < COUNT; i++) {
    vec3 h = hash33(vec3(i, 3, 8)), up = normalize(vec3((h.xy - 0.5) * fan, 1.0).xzy), first = n, last = n;
    if (floating) up = normalize(h - 0.5);
    vec3 x = normalize(cross(up, vec3(0.3, 0.2, 1.0))), z = cross(up, x);
    vec3 root = floating ? 1.5 * (h.yzx - 0.5) : vec3((h.yz - 0.5) * 0.7, -0.1).xzy;
    float wide = gene(8, 0.13, 0.26) * (0.6 + h.z), tall = (0.65 + 0.9 * fract(h.x * 7.0)) * (floating ? 0.6 : 1.0);
    vec3 o = eye - root;
    vec2 span = vec2(-1e3, 1e3);
    // Three pairs of sides make a hexagonal prism, three slanting pairs its points.
    for (int k = 0; k < 3; k++) {
      vec2 c = k == 0 ? vec2(1.0, 0.0) : k == 1 ? vec2(0.5, 0.866) : vec2(-0.5, 0.866);
      vec3 side = c.x * x + c.y * z;
      slab(o, d, side, wide, span, first, last);
      slab(o, d, normalize(side * point + up * 0.6), tall * 0.6, span, first, last);
      slab(o, d, normalize(side * point - up * 0.6), tall * 0.6, span, first, last);
    }
    if (span.x < span.y && span.x > 0.0 && span.x < t) {
      t = span.x; thick = span.y - span.x;
      n = first; out_ = last;
      name = h.y; local = o + t * d;
    }
  }
  float ground = d.y < -1e-3 && !floating ? -eye.y / d.y : 1e3;
  vec3 back = mix(around(d), dusk * 0.3, 0.35) * (0.7 + 0.5 * fbm(p * 2.0 + time, 3, 0.5));
  vec3 sun = normalize(vec3(cis(a + 1.0), 0.9).xzy);
  if (ground < t) {
    vec3 q = eye + ground * d;
    float rock = fbm(q.xz * gene(9, 2.0, 5.0), 4, 0.55), crack = ease(0.06, 0.0, abs(rock - 0.5));
    float dim = ease(0.1, 1.3, length(q.xz));
    vec3 stone = mix(dusk, vec3(0.4), 0.5) * (0.2 + 1.8 * rock * rock) * (1.0 - 0.5 * crack) * (0.25 + 0.75 * dim)
      + hue * 0.35 * exp(-3.0 * dot(q.xz, q.xz)) + hue * crack * 0.3 * gene(18);
    return mix(stone, dusk * 0.4, ease(2.5, 9.0, ground));
  }
  if (t > 999.0) return back;
  // Light through the body: the far facet seen from inside, dimmed by thickness, with clouds and flaws in the stone.
  vec3 bent = refract(d, n, 0.7), tint = mix(hue, palette(name * gene(19), 22), gene(21)), half_ = normalize(sun - d);
  float cloud = fbm(local.xy * 7.0 + local.z * 6.0 + bent.xy * 2.0, 3, 0.6);
  float mirror = 0.08 + 0.8 * pow(1.0 - clamp(dot(n, -d), 0.0, 1.0), 4.0);
  vec3 through = around(reflect(bent, out_)) * exp(-thick * gene(28, 0.8, 3.5) * (1.1 - tint))
    * (0.5 + 0.5 * abs(dot(out_, sun)));
  vec3 body = tint * (0.25 + 0.9 * max(dot(n, sun), 0.0) + 0.5 * cloud);
  vec3 color = mix(tint * through * 2.0, body, clamp(gene(29, 0.0, 0.8) + cloud - 0.5, 0.1, 0.9));
  return mix(color, around(reflect(d, n)), mirror) + 0.8 * pow(max(dot(n, half_), 0.0), 50.0)
    + 0.2 * hue * (1.0 - ease(0.0, 0.8, (eye + t * d).y));
}
