// Draws: the sea from the air: crossing swell with whitecaps, a lagoon with light nets on the bottom, or surf on a beach.
#include <noise>
#include <color>
#include <space>

// Height (z) and slope (xy) of a sum of sharp-crested waves about one wind direction.
vec3 swell(vec2 p, float wind, float spread) {
  vec3 sum = vec3(0.0);
  float k = 2.2, a = 0.24;
  for (int i = 0; i < 9; i++) {
    vec2 d = cis(wind + spread * (hash21(vec2(float(i), 3.0)) - 0.5));
    float phase = k * dot(d, p) + 20.0 * hash21(vec2(float(i), 5.0)) + time * sqrt(k);
    float crest = exp(sin(phase) - 1.0);
    sum += a * vec3(k * d * crest * cos(phase), crest);
    // Bending the next waves by this one keeps the pattern from repeating.
    p += 0.35 * a * d * crest * cos(phase);
    k *= 1.45; a *= 0.68;
  }
  return sum;
}

vec3 draw(vec2 p) {
  p = turn(gene(0, 0.0, TAU)) * p;
  float zoom = gene(1, 0.8, 2.6), kind = gene(2), hue = gene(3, 0.44, 0.64);
  vec3 w = swell(p * zoom + 7.0, gene(4, 0.0, TAU), gene(5, 0.5, 3.5));
  vec3 n = normalize(vec3(-w.xy * gene(6, 0.5, 1.1), 1.0));
  vec3 sun = normalize(vec3(cis(gene(7, 0.0, TAU)), gene(8, 0.25, 1.0)));
  vec3 deep = hsv(hue + 0.05, 0.9, gene(9, 0.1, 0.4)), shoal = hsv(hue, gene(10, 0.35, 0.8), gene(11, 0.55, 0.95));
  float patchy = fbm(p * zoom * 1.3 + time), lace = ridged(p * zoom * 5.0 + 0.6 * w.xy, 3, 0.6);
  float day = dot(n, sun), glint = pow(max(dot(reflect(-sun, n), vec3(0, 0, 1)), 0.0), 24.0);
  vec3 foamy = vec3(0.93, 0.97, 0.98);

  if (kind < 0.45) {
    vec3 water = mix(deep, shoal, clamp(0.75 * w.z + 0.5 * (patchy - 0.5), 0.0, 1.0)) * (0.45 + 0.8 * max(day, 0.0));
    water += mix(vec3(1.0), stops(1.0, 20), gene(12)) * glint * 0.9;
    float caps = smoothstep(0.1, 0.4, w.z - gene(13, 0.25, 0.65) + 0.5 * (patchy - 0.5)) * smoothstep(0.35, 0.7, lace);
    return mix(water, foamy, caps);
  }
  // Depth of the bottom: a reef of noise, or a beach that shelves away across the picture.
  bool beach = kind > 0.7;
  float reef = fbm(p * gene(14, 0.8, 2.4) + 30.0, 4, 0.5);
  float depth = beach ? p.y + 0.9 * (reef - 0.5) + gene(15, -0.3, 0.5) : 2.6 * (reef - gene(15, 0.25, 0.45));
  float weed = smoothstep(0.5, 0.62, fbm(p * 4.0 + 60.0, 3, 0.6));
  vec3 sand = hsv(0.06 + 0.06 * gene(16), gene(17, 0.15, 0.5), 0.9) * (0.75 + 0.35 * valueNoise(p * 60.0));
  vec3 bottom = mix(sand, vec3(0.16, 0.2, 0.12), weed * smoothstep(0.0, 0.25, depth) * gene(18));
  vec2 bent = p * zoom * 4.0 + 0.5 * w.xy;
  vec4 net = cells(bent, 1.0);
  bottom += 0.45 * smoothstep(0.25, 0.0, net.y - net.x) * smoothstep(0.0, 0.2, depth);
  vec3 water = mix(bottom * mix(vec3(1.0), shoal, clamp(3.0 * depth, 0.0, 1.0)), deep, smoothstep(0.1, 1.3, depth));
  water = water * (0.75 + 0.35 * day) + 0.4 * glint;
  if (!beach) return mix(water, sand * (0.6 + 0.6 * reef), smoothstep(0.02, -0.04, depth));
  // Lines of surf run in parallel to the shore and break into lace.
  float line = depth * gene(19, 3.0, 7.0) + 0.8 * patchy + 0.35 * w.z + time;
  float surf = smoothstep(0.35, 1.0, fract(line)) * exp(-1.6 * max(depth, 0.0)) * smoothstep(0.15, 0.6, lace);
  vec3 shore = mix(sand * 0.6, sand, smoothstep(0.0, -0.35, depth));
  return mix(mix(shore, water, smoothstep(-0.05, 0.1, depth)), foamy, clamp(1.4 * surf, 0.0, 1.0) * step(-0.06, depth));
}
