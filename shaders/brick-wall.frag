// Draws: weathered brickwork in running, Flemish, herringbone or basket bond, with stains, moss and flaking limewash.
#include <noise>
#include <color>
#include <space>

// The brick at q: xy, its lower left corner; zw, its size.
vec4 brick(vec2 q) {
  float bond = floor(gene(0) * 4.0), row = floor(q.y), odd = mod(row, 2.0);
  if (bond < 1.0) {
    float shift = odd * gene(1, 0.5, 1.5) + 0.15 * hash11(row);
    return vec4(2.2 * floor((q.x + shift) / 2.2) - shift, row, 2.2, 1.0);
  }
  if (bond < 2.0) {
    float x = q.x + 1.5 * odd, start = 3.0 * floor(x / 3.0);
    return x - start < 2.0 ? vec4(start - 1.5 * odd, row, 2.0, 1.0) : vec4(start + 2.0 - 1.5 * odd, row, 1.0, 1.0);
  }
  vec2 i = floor(q);
  float k = mod(i.x - i.y, 4.0);
  if (bond < 3.0) return k < 2.0 ? vec4(i.x - k, i.y, 2.0, 1.0) : vec4(i.x, i.y - (k < 3.0 ? 1.0 : 0.0), 1.0, 2.0);
  vec2 pair = floor(q / 2.0);
  return mod(pair.x + pair.y, 2.0) < 1.0 ? vec4(2.0 * pair.x, i.y, 2.0, 1.0) : vec4(i.x, 2.0 * pair.y, 1.0, 2.0);
}

vec3 draw(vec2 p) {
  float courses = exp2(gene(2, 1.1, 2.7)), tilt = gene(3) < 0.5 ? gene(4, -0.08, 0.08) : gene(4, 0.0, TAU);
  vec2 q = turn(tilt) * p * courses + 5.0 * time;
  float rough = fbm(q * 2.1, 2, 0.6), speck = valueNoise(q * 11.0);
  vec4 b = brick(q + gene(5, 0.0, 0.18) * (rough - 0.5));
  vec2 low = q - b.xy, high = b.zw - low, edge = min(low, high);
  vec3 pick = hash32(b.xy * 2.0);
  float mortar = gene(6, 0.03, 0.13),
      inside = min(edge.x, edge.y) - mortar + 0.12 * (rough - 0.5) + 0.04 * (speck - 0.5);
  float face = ease(-0.02, 0.04, inside), rim = 1.0 - ease(0.0, 0.13, inside);
  // A low sun: edges on its side are bright, the others in shadow.
  float sun = edge.x < edge.y ? (low.x < high.x ? 1.0 : -1.0) * cos(gene(7, 0.0, PI))
      : (low.y < high.y ? -1.0 : 1.0) * 0.8;
  // One fired-clay range, or a range of glazes from this picture's palette.
  vec3 clay = mix(vec3(0.52, 0.2, 0.12), vec3(0.75, 0.5, 0.33), pick.x) * (0.5 + 0.7 * pick.y);
  vec3 glaze = mix(stops(0.25 + 0.5 * pick.x, 20), palette(pick.z * gene(8, 0.2, 1.0), 26),
      step(pick.y, gene(9, 0.1, 0.7)));
  vec3 c = mix(clay, glaze, gene(10) < 0.35 ? 0.2 : 0.9) * (0.55 + 0.6 * rough + 0.3 * speck);
  c *= 1.0 + 0.55 * sun * rim;
  vec3 joint = mix(vec3(0.62, 0.58, 0.52), stops(gene(11) < 0.5 ? 0.05 : 0.9, 20), 0.6)
      * (0.45 + 0.5 * speck + 0.4 * rough);
  c = mix(joint * (0.75 + 0.25 * sun), c, face);
  float weather = fbm(p * gene(12, 0.9, 2.2) + time * 3.0, 3, 0.6);
  // Limewash flakes off ragged patches; moss creeps in the joints; rain draws dark runs.
  float wash = ease(0.0, 0.06, weather - gene(13, 0.48, 0.95) + 0.12 * (rough - 0.5));
  c = mix(c, mix(vec3(0.86, 0.83, 0.76), stops(0.8, 26), 0.6) * (0.6 + 0.4 * rough + 0.1 * sun * rim), 0.92 * wash);
  float moss = ease(0.05, 0.3, gene(14, 0.2, 0.6) - weather + 0.25 * (1.0 - face) - 0.2 * speck);
  c = mix(c, mix(vec3(0.12, 0.2, 0.05), vec3(0.45, 0.5, 0.16), speck), 0.85 * moss * (1.0 - wash));
  float rain = valueNoise(vec2(p.x * 7.0, p.y * 0.7) + time);
  return c * mix(1.0, 0.45 + 0.75 * rain, gene(15, 0.1, 0.8)) * (1.1 - 0.25 * dot(p, p) * gene(16));
}
