// Draws: Apollonian packings: a ring of kissing discs whose gaps are filled, by inversion, with ever smaller discs.
#include <noise>
#include <color>
#include <space>

vec3 draw(vec2 p) {
  // n discs of radius r fit in a ring between the unit circle and a core disc: sin(pi / n) = r / (1 - r).
  float n = floor(gene(0, 3.0, 9.0)), s = sin(PI / n), r = s / (1.0 + s), core = 1.0 - 2.0 * r;
  vec2 chain = (1.0 - r) * cis(PI / n);
  // Two mirrors on the gap's axis, at right angles to the discs about them: each maps its gap onto the whole ring.
  float touch = chain.x, inner = (core * core + touch * touch) / (2.0 * touch),
      outer = (1.0 + touch * touch) / (2.0 * touch);
  float innerSquare = (touch - inner) * (touch - inner), outerSquare = (outer - touch) * (outer - touch);
  vec2 q = turn(gene(1, 0.0, TAU)) * p * gene(2, 0.75, 1.4);
  float wide = 2.0 / min(resolution.x, resolution.y), depth = 0.0, name = 0.0, dist = 1.0, size = core,
      nested = gene(14, 0.2, 1.5);
  if (gene(3) < 0.7) {
    vec2 pole = vec2(gene(4, 0.3, 1.6), 0.0);
    wide /= max(dot(q - pole, q - pole), 1e-3);
    q = invert(q, pole, 1.0) + vec2(gene(5, 0.0, 0.5), 0.0);
  }
  if (dot(q, q) > 1.0) { wide /= dot(q, q); q /= dot(q, q); depth = 1.0; name = 1.0; }
  for (int i = 0; i < 14; i++) {
    float angle = atan(q.y, q.x) / TAU * n;
    q = kaleido(q, n);
    float toChain = length(q - chain), toCore = length(q);
    if (min(toChain - r, toCore - core) < 0.0) {
      bool central = toCore < core;
      dist = central ? toCore : toChain;
      size = central ? core : r;
      if (!central) name = name * 9.0 + floor(mod(floor(angle + 0.5) + 0.5, n)) + 1.0;
      // Some of the big discs hold, inside a rim, a whole packing of their own.
      float within = dist / size * 1.06;
      if (depth > 1.5 || within > 1.0 || hash11(name + 31.0) > nested) break;
      q = (q - (central ? vec2(0.0) : chain)) / size * 1.06;
      wide *= 1.06 / size;
      depth += 2.0;
      dist = 1.0;
      continue;
    }
    vec2 a = q - vec2(inner, 0.0), b = q - vec2(outer, 0.0);
    bool within = dot(a, a) < innerSquare;
    if (!within && dot(b, b) >= outerSquare) break;
    float k = within ? innerSquare / max(dot(a, a), 1e-5) : outerSquare / max(dot(b, b), 1e-5);
    q = within ? vec2(inner, 0.0) + a * k : vec2(outer, 0.0) + b * k;
    wide *= k;
    depth += 1.0;
    name = floor(mod(name * 7.0 + 2.0 * floor(mod(floor(angle) + 0.5, n)) + float(within) + 0.5, 4093.0));
  }
  float u = dist / size, soft = min(1.5 * wide / size, 0.5), pick = hash11(name + 97.0 * depth);
  vec2 local = (q - (size == core ? vec2(0.0) : chain)) / size;
  float rings = 0.5 + 0.5 * cos(u * TAU * floor(gene(6, 1.0, 6.0))),
      petals = cos(floor(gene(7, 3.0, 9.0)) * atan(local.y, local.x));
  float motif = gene(8) < 0.35 ? rings : gene(8) < 0.65 ? ease(-0.15, 0.15, 0.55 + 0.25 * petals - u)
      : 1.0 - u * u;
  float weave = gene(9) < 0.5 ? pick : fract(0.19 * depth + 0.3 * pick);
  vec3 c = mix(palette(weave, 20), stops(1.0 - weave, 26), gene(10) < 0.5 ? motif : 0.25 + 0.3 * motif);
  float dome = sqrt(max(1.0 - u * u, 0.0));
  c *= (0.3 + 0.8 * mix(dome, 1.0, gene(11, 0.0, 0.6))) * (0.6 + 0.6 * motif)
      * (1.0 + 0.25 * gradientNoise(p * 7.0 + time));
  c += 0.3 * gene(12) * pow(dome, 9.0);
  vec3 ground = stops(gene(13) < 0.6 ? 0.03 : 0.95, 26) * (0.6 + 0.5 * fbm(p * 4.0 + time, 2, 0.5));
  return mix(ground, c, ease(0.0, soft, 1.0 - u) * step(u, 1.0));
}
