// Draws: woven cloth and baskets seen close: plain, twill, satin and figured weaves of coloured threads, softly draped.
#include <noise>
#include <color>
#include <space>

// Does the warp (vertical) thread lie on top at this crossing?
bool warpOver(vec2 t) {
  float weave = floor(gene(0) * 5.0), k = 2.0 + floor(gene(1) * 3.0);
  // Half a thread is added before a remainder so that no rounding can tip it over.
  if (weave < 1.0) return mod(t.x + t.y, 2.0) < 1.0;
  if (weave < 2.0) return mod(t.x + t.y + 0.5, 2.0 * k) < k;
  if (weave < 3.0) return mod(floor((t.x + 0.5) / k) + floor((t.y + 0.5) / k), 2.0) < 1.0;
  if (weave < 4.0) return mod(2.0 * t.x + t.y + 0.5, 5.0) < 1.0;
  vec2 figure = abs(mod(t + 0.5, 6.0 * k) - 3.0 * k);
  return mod(t.x + t.y * (figure.x + figure.y < 3.0 * k ? 1.0 : -1.0), 4.0) < 2.0;
}

// Colour of a thread by its place in the repeating sett.
vec3 dye(float thread, float first) {
  float sett = floor(gene(2, 4.0, 16.0)), place = mod(thread + 0.5, sett);
  place = abs(place - 0.5 * sett) * gene(3, 0.3, 1.0);
  float pick = hash11(floor(place) + first);
  vec3 plain = stops(first < 150.0 ? 0.35 : 0.8, 20);
  vec3 band = pick < 0.5 ? stops(2.0 * pick, 20) : palette(2.0 * pick, 26);
  return mix(plain, band, gene(4) < 0.25 ? 0.25 : 0.9);
}

vec3 draw(vec2 p) {
  float threads = exp2(gene(5, 1.8, 4.3));
  vec2 fold = vec2(gradientNoise(p * 0.9 + time), gradientNoise(p * 0.9 - time + 9.0));
  vec2 q = turn(gene(6, 0.0, TAU)) * (p + gene(7, 0.0, 0.3) * fold) * threads;
  vec2 thread = floor(q), f = fract(q) - 0.5;
  float width = gene(8, 0.36, 0.49);
  bool over = warpOver(thread);
  float across = over ? f.x : f.y, along = over ? f.y : f.x;
  bool covered = abs(across) < width;
  if (!covered) { over = !over; float swap = across; across = along; along = swap; }
  float inside = 1.0 - across * across / (width * width);
  vec3 c = dye(over ? thread.x : thread.y, over || gene(9) < 0.4 ? 100.0 : 200.0);
  // Fibres run along the thread, slightly twisted.
  vec2 grain = over ? vec2(q.x * 9.0 + q.y * 1.5, q.y) : vec2(q.y * 9.0 - q.x * 1.5, q.x);
  float fibre = 0.75 * (valueNoise(grain) + hash21(grain * vec2(3.0, 0.4)));
  float height = covered ? sqrt(max(inside, 0.0)) * (0.55 + 0.45 * cos(PI * along)) : 0.22 * step(0.0, inside);
  float light = 0.25 + 0.85 * height + 0.3 * across * (over ? 1.0 : -0.7);
  float drape = 1.0 + gene(10, 0.0, 0.9) * (fold.x + 0.7 * fold.y);
  return c * light * drape * (0.65 + 0.4 * fibre) + 0.12 * pow(max(height, 0.0), 6.0) * gene(11);
}
