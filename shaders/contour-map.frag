// Draws: relief maps: contour lines over shaded and tinted land, cut-paper terraces, sea charts or night-screen maps.
#include <noise>
#include <color>
#include <space>

// Height of the land, about 0…1: sharp ridges or rolling hills.
float land(vec2 p) {
  vec3 n = noise3(p);
  float sum = 0.0, gain = 0.58;
  bool sharp = gene(5) < 0.45;
  p += gene(4, 0.0, 0.7) * (n.xy - 0.5);
  for (int i = 0; i < 3; i++) {
    float v = valueNoise(p);
    sum += gain * (sharp ? 1.0 - abs(2.0 * v - 1.0) : v);
    gain *= gene(6, 0.38, 0.5);
    p = OCTAVE_TURN * p * 2.1 + 7.3;
  }
  return 0.8 * sum + 0.35 * (n.z - 0.5) + (sharp ? 0.0 : 0.12);
}

vec3 draw(vec2 p) {
  float kind = gene(10), zoom = gene(1, 0.8, 2.2), levels = floor(gene(2, 10.0, 26.0));
  bool card = kind < 0.28, chart = kind > 0.8;
  // Looking a step along the light and a step across it gives the slope; card looks far enough to find its shadow.
  vec2 q = turn(gene(0, 0.0, TAU)) * p * zoom + time, sun = cis(gene(9, 0.0, TAU));
  float e = card ? 0.05 : 0.008, h = land(q), ahead = land(q + e * sun), aside = land(q + 0.008 * vec2(-sun.y, sun.x));
  float along = (ahead - h) / e, steep = length(vec2(along, (aside - h) / 0.008));
  levels = card ? floor(levels * 0.9) : levels;
  // Distance to the nearest contour in the picture, so that lines are as wide on cliffs as on plains.
  float s = h * levels, off = abs(fract(s + 0.5) - 0.5) / max(levels * steep, 2.0) / zoom;
  float index = step(mod(floor(s + 0.5), 5.0), 0.5), line = ease(0.009, 0.003, off - 0.004 * index);
  float relief = gene(8, 0.6, 1.7);
  float light = (1.0 - 0.9 * relief * along) * inversesqrt(1.0 + relief * relief * steep * steep);
  vec3 rough = fractal3(q * 2.5 + 80.0), fibre = noise3(p * 60.0);
  vec2 mesh = ease(0.012, 0.004, abs(fract(p * 2.0) - 0.5));
  float paper = 0.92 + 0.14 * fibre.x, grid = max(mesh.x, mesh.y), tread = floor(s) / levels;
  vec3 ink = palette((card ? tread : h) * gene(12, 0.5, 1.8), 14);

  if (card) {
    // Terraces of coloured card, each throwing a shadow on the one below.
    float fall = clamp(0.6 * (floor(ahead * levels) - floor(s)), 0.0, 1.0);
    float rim = ease(0.012, 0.006, off) * step(fract(s), 0.5);
    vec3 sheet = gene(11) < 0.5 ? stops(tread * 1.5 - 0.25, 20) : ink;
    return (sheet * (1.0 - 0.5 * fall) + 0.12 * rim) * paper;
  }
  if (kind < 0.48) {
    // Glowing lines on a dark screen, coloured by height.
    vec3 back = stops(0.1, 20) * 0.5 * light + 0.2 * ink * fract(s);
    return back + ink * (line * (0.55 + 0.6 * index) + 0.35 * exp(-90.0 * off)) + 0.08 * grid;
  }
  float sea = gene(3) < 0.6 ? gene(7, 0.3, 0.5) : -1.0, low = max(sea, 0.2), up = (h - low) / (0.85 - low);
  vec3 tint = mix(stops(up, 20), mix(hsv(gene(26, 0.15, 0.35), 0.4, 0.55), vec3(0.97, 0.94, 0.9), up), gene(11));
  tint = chart ? mix(tint, vec3(0.93, 0.88, 0.76), 0.7) : tint;
  float forest = ease(0.5, 0.53, rough.x) * step(up, 0.6) * gene(13) * (0.6 + 0.8 * fibre.y);
  vec3 map = mix(tint, tint * vec3(0.5, 0.75, 0.45), forest) * (chart ? 0.8 + 0.2 * light : 0.2 + 0.8 * light);
  map = mix(map, vec3(0.28, 0.16, 0.1), line * (0.45 + 0.4 * index));
  float deep = max(sea - h, 0.0) * levels;
  float rings = ease(0.3, 0.1, abs(fract(deep * 2.0) - 0.5)) * exp(-0.4 * deep);
  float sunk = min(deep * 0.2, 1.0);
  vec3 water = hsv(gene(27, 0.48, 0.64), mix(0.35, 0.8, sunk), mix(0.9, 0.4, sunk));
  map = h < sea ? water * (1.0 - 0.35 * rings) : map;
  float coast = ease(0.014, 0.004, abs(h - sea) / max(steep, 0.3));
  return mix(map, vec3(0.12, 0.12, 0.15), 0.8 * coast) * paper * (1.0 - 0.12 * grid);
}
