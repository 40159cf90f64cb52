// Draws: multi-scale Truchet ribbons: tiles of three sizes whose arcs join into endless winding bands.
#include <noise>
#include <color>
#include <shape>
#include <space>

// Three numbers of a tile, from one word of hash; the last says whether it is cut into four.
vec3 fate(vec2 tile, int level) {
  uint h = hashMix(uint(int(tile.x) + 4096 * int(tile.y) + 40503 * level) ^ uint(seed));
  return vec3(h & 1u, (h >> 4u) & 1023u, (h >> 16u) & 1023u) / vec3(1.0, 1024.0, 1024.0);
}

// Tiles of each level overlap their finer neighbours' edges with small wings, so that bands of every width meet;
// ink and paper change places from one level to the next.
vec3 draw(vec2 p) {
  float scale = gene(1, 0.8, 2.6), size = 1.0, cut = gene(0, 0.3, 0.75), ink = 0.0, ridge = 0.0, finest = 0.0;
  vec2 q = turn(gene(2, 0.0, TAU)) * p * scale + time;
  if (gene(3) < 0.35) q = swirl(q - time, vec2(0.0), gene(4, -3.0, 3.0)) + time;
  for (int level = 0; level < 3; level++) {
    vec2 home = floor(q / size), toward = step(0.5, fract(q / size)) * 2.0 - 1.0;
    for (int k = 0; k < 4; k++) {
      vec2 tile = home + toward * vec2(k & 1, k >> 1);
      vec3 pick = fate(tile, level);
      bool whole = level == 2 || pick.z >= cut;
      if (level > 0) whole = whole && fate(floor(tile / 2.0), level - 1).z < cut;
      if (level > 1) whole = whole && fate(floor(tile / 4.0), 0).z < cut;
      if (!whole) continue;
      vec2 u = q / size - tile - 0.5;
      vec2 v = pick.x < 0.5 ? u : vec2(-u.x, u.y), a = abs(u);
      float arcs = abs(length((v.x + v.y < 0.0 ? -v : v) - 0.5) - 0.5);
      if (pick.y < gene(5, 0.0, 0.4)) arcs = pick.x < 0.5 ? min(a.x, a.y) : abs(length(u) - 0.22) * 1.4;
      float pixel = size / scale, body = max(a.x, a.y) - 0.5 - 3.0 / (min(resolution.x, resolution.y) * pixel);
      float wing = length((a.x > a.y ? a : a.yx) - vec2(0.5, 0.0)) - 1.0 / 6.0;
      float band = min(max(arcs - 1.0 / 6.0, body), wing), paper = min(body, length(a - 0.5) - 1.0 / 3.0);
      float swap = float(level & 1);
      ink = mix(mix(ink, swap, fill(paper * pixel)), 1.0 - swap, fill(band * pixel));
      if (body < 0.0) { ridge = abs(arcs - 1.0 / 6.0) * 3.0; finest = float(level); }
    }
    size *= 0.5;
  }
  float drift = fbm(p * 1.7 + time, 2, 0.5);
  vec3 dark = gene(6) < 0.5 ? stops(0.45 * drift + 0.1 * finest, 20) : 0.6 * palette(drift + 0.2 * finest, 20);
  vec3 light = gene(7) < 0.5 ? stops(0.75 + 0.25 * drift, 20) : 0.35 + 0.65 * palette(0.7 * drift - 0.15 * finest, 26);
  vec3 c = mix(light, dark, ink);
  float lines = 0.5 + 0.5 * cos(ridge * TAU * floor(gene(8, 1.0, 5.0)));
  return c * mix(1.0, 0.55 + 0.6 * lines, gene(9) < 0.65 ? gene(10, 0.3, 1.0) : 0.1);
}
