// Draws: thousands of single strokes: spotted or striped fur, windblown grass, or brushwork over a painted scene.
#include <noise>
#include <color>
#include <space>

vec3 draw(vec2 p) {
  p *= gene(0, 0.7, 1.3);
  vec3 broad = fractal3(p * gene(7, 1.0, 2.4) + time);
  // What the coat, meadow or canvas shows here, before strokes; 0…1.
  float kind = gene(6), band = gene(12, 4.0, 11.0) * (p.x * gene(13) + p.y * gene(14) + broad.x);
  vec4 spot = cells(p * gene(12, 1.6, 4.0) + 2.0 * broad.xy, 0.9);
  float shown = kind < 0.3 ? ease(0.06, 0.25, abs(spot.x - 0.4 * gene(13))) : kind < 0.55 ?
    ease(-0.4, 0.4, sin(band)) : ease(0.3, 0.7, broad.y);
  // Which way the hair lies: a few broad swirls, or whorls about a point.
  float lie = gene(2, 0.0, TAU) + gene(3, 0.2, 1.5) * sin(1.3 * p.x + 0.9 * p.y);
  lie += gene(4, 0.0, 1.2) * cos(2.1 * p.y - p.x) + 1.5 * (broad.z - 0.5);
  lie += gene(5) < 0.3 ? atan(p.y - 0.2, p.x + 0.1) : 0.0;
  vec2 along = cis(lie), side = vec2(-along.y, along.x);

  float scale = gene(1, 5.0, 13.0), slim = gene(8, 0.09, 0.3), bend = gene(9, -0.5, 0.5), tint = gene(10) * gene(11);
  float lit = 0.5, tone = 0.5 * shown, odd = 0.0;
  // Five coats, each finer than the one beneath; a stroke reaches into the four nearest cells of its grid.
  for (int coat = 0; coat < 5; coat++) {
    mat2 grid = turn(1.1 * float(coat) + 0.4);
    vec2 q = grid * p * scale, corner = floor(q - 0.5);
    float top = -1.0;
    for (int k = 0; k < 4; k++) {
      vec2 c = corner + vec2(k & 1, k >> 1);
      vec3 h = hash33(vec3(c, float(coat)));
      vec2 r = (q - c - 0.25 - 0.5 * h.xy) * grid, lean = vec2(1.0, 0.9 * (h.z - 0.5));
      float s = 0.5 + dot(r, along * lean.x + side * lean.y) / 1.3, spread = slim * (1.04 - s) * 1.3;
      float off = (dot(r, side * lean.x - along * lean.y) - bend * (s * s - 0.3) * h.y) / max(spread, 1e-3);
      if (s > 0.0 && s < 1.0 && abs(off) < 1.0 && h.z > top) {
        top = h.z;
        lit = (0.35 + 0.75 * s) * (1.05 - 0.4 * off * off) * (0.72 + 0.1 * float(coat));
        tone = shown * 0.7 + 0.15 + 0.45 * (h.x - 0.5); odd = h.y;
      }
    }
    scale *= 1.25;
  }
  vec3 hair = mix(stops(tone, 16), hsv(gene(22) + 0.16 * odd + 0.3 * shown, 0.7, 0.3 + 0.6 * tone), tint);
  return hair * lit * 1.55;
}
