// Draws: thousands of single strokes: spotted or striped fur, windblown grass, or brushwork over a painted scene.
#include <noise>
#include <color>
#include <space>

// Which way hair lies at a place: a few broad swirls.
float lie(vec2 p) {
  float a = gene(2, 0.0, TAU) + gene(3, 0.2, 1.6) * sin(1.3 * p.x + 0.9 * p.y + time) + gene(4, 0.0, 1.2) * cos(2.1 * p.y - p.x);
  return gene(5) < 0.25 ? a + atan(p.y - 0.2, p.x + 0.1) : a;
}

// What the coat, meadow or canvas shows at a place, before strokes; 0…1.
float pattern(vec2 p) {
  float kind = gene(6), soft = fbm(p * 1.6 + 30.0, 2, 0.5);
  if (kind < 0.3) { vec4 c = cells(p * gene(7, 1.5, 3.5) + soft, 0.9); return smoothstep(0.1, 0.32, abs(c.x - 0.38)); }
  if (kind < 0.55) return 0.5 + 0.5 * sin(gene(7, 5.0, 12.0) * (p.x + 1.4 * soft));
  return smoothstep(0.25, 0.75, fbm(p * gene(7, 1.0, 2.6) + 8.0, 3, 0.5));
}

vec3 draw(vec2 p) {
  p *= gene(0, 0.7, 1.3);
  float scale = gene(1, 5.0, 11.0), slim = gene(8, 0.05, 0.2), bend = gene(9, -0.8, 0.8);
  float shown = pattern(p);
  vec3 colour = stops(0.5 * shown, 16) * 0.45;
  // Four coats, each finer than the one beneath; a stroke may reach into the neighbouring cells of its grid.
  for (int coat = 0; coat < 4; coat++) {
    vec2 q = turn(1.1 * float(coat)) * p * scale, cell = floor(q);
    float top = -1.0, along = 0.0, across = 0.0, lot = 0.0;
    for (int k = 0; k < 9; k++) {
      vec2 c = cell + vec2(k % 3 - 1, k / 3 - 1);
      vec3 h = hash33(vec3(c, float(coat)));
      vec2 root = c + h.xy, d = turn(1.1 * float(coat)) * cis(lie(root * turn(1.1 * float(coat)) / scale) + 0.7 * (h.z - 0.5));
      vec2 r = q - root;
      float reach = 0.65 + 0.35 * h.x, s = dot(r, d) / reach;
      float off = (dot(r, vec2(-d.y, d.x)) - bend * s * s * (h.y + 0.3)) / (slim * (1.05 - s));
      if (s > 0.0 && s < 1.0 && abs(off) < 1.0 && h.z > top) { top = h.z; along = s; across = off; lot = h.x; }
    }
    if (top >= 0.0) {
      vec3 hair = mix(stops(shown * 0.75 + 0.35 * (lot - 0.5), 16), palette(0.5 * shown + 0.2 * lot, 22), gene(10) * gene(11));
      colour = hair * (0.35 + 0.75 * along) * (1.05 - 0.4 * across * across) * (0.75 + 0.12 * float(coat));
    }
    scale *= 1.3;
  }
  return colour * 1.15;
}
