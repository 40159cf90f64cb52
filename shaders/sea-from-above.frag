// Draws: the sea from the air: crossing swell with whitecaps, a lagoon with nets of light, or surf breaking on a beach.
#include <noise>
#include <color>
#include <space>

// Height (z, about 0…1) and slope (xy) of sharp-crested waves about one wind direction.
vec3 swell(vec2 p, float wind, float spread) {
  vec3 sum = vec3(0.0);
  float k = 3.0, a = 0.3;
  for (int i = 0; i < 7; i++) {
    vec3 h = hash33(vec3(float(i), 3.0, 5.0));
    vec2 d = cis(wind + spread * (h.x - 0.5));
    float phase = k * dot(d, p) + 20.0 * h.y + time * sqrt(k), s = sin(phase), crest = exp(1.5 * (s - 1.0));
    sum += a * vec3(k * d * crest * cos(phase), crest);
    // Bending the next waves by this one keeps the pattern from repeating.
    p += 0.8 * a / k * d * s;
    k *= 1.6; a *= 0.7;
  }
  return sum;
}

vec3 draw(vec2 p) {
  p = turn(gene(0, 0.0, TAU)) * p;
  float zoom = gene(1, 0.9, 2.8), kind = gene(2), hue = gene(3, 0.44, 0.64);
  bool open = kind < 0.42, beach = kind > 0.7;
  vec3 broad = fractal3(p * (open ? 1.5 : gene(14, 0.8, 2.2)) + time), lace = fractal3(p * zoom * 7.0);
  vec3 w = swell((p + 0.35 * (broad.xy - 0.5)) * zoom, gene(4, 0.0, TAU), gene(5, 0.5, 3.5));
  vec3 n = normalize(vec3(-w.xy * gene(6, 0.35, 0.8), 1.0));
  vec3 sun = normalize(vec3(cis(gene(7, 0.0, TAU)), gene(8, 0.3, 0.9)));
  float day = max(dot(n, sun), 0.0), glint = max(dot(reflect(-sun, n), vec3(0, 0, 1)), 0.0);
  glint *= glint; glint *= glint; glint *= glint; glint *= glint;
  vec3 deep = hsv(hue + 0.05, 0.85, gene(9, 0.12, 0.4)), shoal = hsv(hue, gene(10, 0.3, 0.75), gene(11, 0.6, 0.95));
  vec3 foamy = vec3(0.93, 0.97, 0.98);
  float web = 1.0 - abs(2.0 * lace.x - 1.0) * 1.6;

  if (open) {
    vec3 water = mix(deep, shoal, clamp(1.1 * w.z - 0.25 + (broad.z - 0.5), 0.0, 1.0)) * (0.35 + 0.9 * day);
    water += mix(vec3(1.0), hsv(gene(12, 0.0, 0.15), 0.6, 1.0), gene(13)) * glint * 0.8;
    float caps = ease(0.0, 0.25, w.z - gene(14, 0.45, 0.8) + 0.9 * (broad.x - 0.5)) * ease(0.3, 0.8, web);
    return mix(water, foamy, caps);
  }
  // Depth of the bottom: reefs among sand, or a beach that shelves away across the picture.
  float depth = beach ? p.y + 1.3 * (broad.x - 0.5) + gene(15, -0.3, 0.5) : 3.2 * (broad.x - gene(15, 0.3, 0.45));
  vec3 sand = hsv(0.06 + 0.06 * gene(16), gene(17, 0.15, 0.5), 0.9) * (0.6 + 0.7 * lace.z) * (0.65 + 0.6 * broad.y);
  float weed = ease(0.5, 0.6, broad.y + 0.6 * (lace.y - 0.5)) * gene(18) * ease(0.0, 0.25, depth);
  vec4 net = cells(p * zoom * 4.0 + 0.5 * w.xy, 1.0);
  float rays = 0.5 * ease(0.25, 0.0, net.y - net.x) * ease(0.0, 0.2, depth);
  vec3 bottom = mix(sand, vec3(0.14, 0.19, 0.1), weed) + rays;
  vec3 water = mix(bottom * mix(vec3(1.0), shoal, clamp(3.0 * depth, 0.0, 1.0)), deep, ease(0.1, 1.3, depth));
  water = water * (0.7 + 0.4 * day) + 0.35 * glint;
  if (!beach) return mix(water, sand, ease(0.02, -0.04, depth));
  // Lines of surf run in parallel to the shore and break into lace; the sand they have left is wet.
  float line = fract(depth * gene(19, 3.0, 7.0) + broad.z + 0.35 * w.z + time);
  float surf = 1.5 * ease(0.35, 1.0, line) * exp(-1.6 * max(depth, 0.0)) * ease(0.1, 0.8, web);
  vec3 shore = mix(sand * 0.6, sand, ease(0.0, -0.35, depth));
  surf = clamp(surf, 0.0, 1.0) * ease(-0.08, -0.04, depth);
  return mix(mix(shore, water, ease(-0.05, 0.1, depth)), foamy, surf);
}
