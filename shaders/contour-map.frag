// Draws: relief maps: contour lines over shaded and tinted land, cut-paper terraces, sea charts or night-screen maps.
#include <noise>
#include <color>
#include <space>

// Height of the land, 0…1: eroded ridges, rolling hills or round islands.
float land(vec2 p) {
  vec2 bend = vec2(valueNoise(p * 1.3 + 40.0), valueNoise(p * 1.3 + 60.0)) - 0.5;
  vec2 q = p + gene(4, 0.0, 1.0) * bend;
  if (gene(5) < 0.4) return 0.75 * ridged(q, 3, 0.42) + 0.2 * bend.x;
  return 0.15 + 0.75 * fbm(q * 1.3, 3, gene(6, 0.3, 0.45)) + 0.3 * bend.y;
}

vec3 draw(vec2 p) {
  vec2 q = turn(gene(0, 0.0, TAU)) * p * gene(1, 0.7, 2.4) + time;
  float e = 0.006, h = land(q);
  vec2 slope = (vec2(land(q + vec2(e, 0)), land(q + vec2(0, e))) - h) / e;
  float steep = length(slope), levels = floor(gene(2, 8.0, 26.0)), s = h * levels;
  // Distance to the nearest contour in picture units, so that lines are equally wide on cliff and plain.
  float off = abs(fract(s + 0.5) - 0.5) / max(levels * steep, 1.0) / gene(1, 0.7, 2.4);
  float index = step(mod(floor(s + 0.5), 5.0), 0.5), line = smoothstep(0.014, 0.004, off - 0.006 * index);
  float sea = gene(3) < 0.55 ? gene(7, 0.25, 0.5) : -1.0, up = (h - max(sea, 0.1)) / (0.95 - max(sea, 0.1));
  float light = dot(normalize(vec3(-slope * gene(8, 0.3, 1.0), 1.0)), normalize(vec3(cis(gene(9, 0.0, TAU)), 0.8)));
  float kind = gene(10), paper = 0.94 + 0.1 * (fbm(p * 30.0, 2, 0.6) - 0.5);
  vec3 grid = vec3(smoothstep(0.012, 0.004, abs(fract(p.x * 2.0) - 0.5)) + smoothstep(0.012, 0.004, abs(fract(p.y * 2.0) - 0.5)));

  if (kind < 0.3) {
    // Terraces of coloured card, each throwing a shadow on the one below.
    float tread = floor(s) / levels, fall = (ceil(land(q + 0.05 * cis(gene(9, 0.0, TAU))) * levels) - ceil(s)) / 2.0;
    vec3 card = gene(11) < 0.5 ? stops(tread * 1.3 - 0.15, 14) : palette(tread * gene(12, 0.5, 1.5), 14);
    return card * (1.0 - 0.5 * clamp(fall, 0.0, 1.0)) * (0.93 + 0.07 * smoothstep(0.0, 0.3, fract(s))) * paper;
  }
  if (kind < 0.5) {
    // Glowing lines on a dark screen, coloured by height.
    vec3 ink = palette(h * gene(12, 0.6, 2.0), 14);
    vec3 back = stops(0.0, 20) * (0.35 + 0.5 * light) + 0.12 * ink * fract(s);
    return back + ink * (line * (0.55 + 0.6 * index) + 0.3 * exp(-120.0 * off)) + 0.06 * grid;
  }
  vec3 tint = mix(stops(up, 14), mix(hsv(0.28, 0.35, 0.6), vec3(0.96, 0.93, 0.88), up), gene(11) * gene(12));
  tint = mix(tint, vec3(0.93, 0.88, 0.76), kind > 0.8 ? 0.75 : 0.0);
  float forest = step(0.55, fbm(q * 2.0 + 80.0, 3, 0.5)) * step(up, 0.55) * gene(13);
  tint = mix(tint, tint * vec3(0.68, 0.86, 0.6), forest);
  vec3 map = tint * (kind > 0.8 ? 0.85 + 0.15 * light : 0.35 + 0.8 * light);
  map = mix(map, stops(gene(13) < 0.5 ? 0.0 : 0.3, 20) * 0.6, line * (0.35 + 0.4 * index));
  if (h < sea) {
    float deep = (sea - h) * levels, rings = smoothstep(0.3, 0.1, abs(fract(deep * 2.0) - 0.5)) * exp(-0.5 * deep);
    map = mix(hsv(gene(26, 0.48, 0.64), 0.35, 0.9), hsv(gene(26, 0.48, 0.64), 0.75, 0.4), clamp(deep * 0.2, 0.0, 1.0));
    map = mix(map, vec3(0.15, 0.25, 0.4), 0.4 * rings);
  }
  float coast = smoothstep(0.016, 0.004, abs(h - sea) / max(steep, 0.3));
  return mix(map, vec3(0.12, 0.12, 0.15), 0.8 * coast) * paper * (1.0 - 0.12 * grid);
}
