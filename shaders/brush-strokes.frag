// Draws: a painting in layers of bristly strokes, coarse then fine, that follow a flow over a simple motif.
#include <hash>
#include <color>
#include <space>

// Waves made of parabolas, x in turns: cheap enough to ask the motif again for every stroke.
vec4 wave(vec4 x) {
  vec4 t = fract(x) * 2.0 - 1.0;
  return 4.0 * t * (1.0 - abs(t));
}

// Which paint the motif has at p, 0…5, the fraction being a mixture: hills under a sun, still life, or folds.
float motif(vec2 p) {
  vec4 w = wave(vec4(gene(8, 0.2, 0.7), 0.9, 1.7, 0.6) * p.xxxy + vec4(0.0, -0.4, 0.0, 0.3) * p.yyyx
              + vec4(gene(9), gene(10), gene(11), gene(12)));
  float bend = 0.5 * w.x + 0.3 * w.y + 0.16 * w.z;
  bool inside = distance(p, vec2(gene(0), gene(1)) * 1.4 - 0.7) < gene(2, 0.2, 0.5);
  if (gene(3) < 0.35) {
    if (p.y < 0.35 * bend + 0.2) return 1.6 + floor(2.9 * clamp(0.3 * bend - p.y, 0.0, 1.0));
    return inside ? 4.9 : 0.7 - 0.6 * p.y;
  }
  if (gene(3) < 0.65) {
    if (p.y < 0.2 * w.x - 0.3 && !inside) return 1.7 + 0.5 * w.y;
    return inside ? 3.6 + bend : 0.4 + 0.4 * w.w + step(0.3, bend);
  }
  return 2.5 + 2.4 * clamp(bend + 0.5 * w.w, -1.0, 1.0);
}

vec3 draw(vec2 p) {
  vec3 paints[6] = vec3[6](
    stops(0.85, 13), stops(0.5, 13), stops(0.15, 19), stops(0.6, 19), stops(0.9, 19), palette(gene(25), 26));
  vec2 drift = cis(gene(4, 0.0, TAU)), eye = vec2(gene(5), gene(6)) * 2.0 - 1.0;
  float slim = gene(31, 0.16, 0.34), whirl = gene(30, -2.5, 2.5), pick = motif(p), ridge = 0.0, bristle = 0.0;
  vec3 name = vec3(0.2);
  // From the uppermost stroke, of the finest layer, down; those of the four nearest sites reach this point.
  for (int i = 0; i < 16; i++) {
    int layer = i >> 2;
    float size = gene(7, 0.9, 1.5) * float(layer * layer + 2) * 0.05;
    vec2 lie = layer == 0 ? vec2(0.8, 0.6) : layer == 1 ? vec2(0.28, 0.96) : vec2(0.96, 0.28);
    mat2 lay = mat2(lie, -lie.y, lie.x);
    vec2 cell = floor(lay * p / size) + vec2(i & 1, (i >> 1) & 1);
    vec3 h = hash33(vec3(cell, float(layer)));
    vec2 site = (cell + 0.25 * (h.xy - 0.5)) * size * lay, off = site - eye, d = (p - site) / size;
    vec2 round_ = whirl * vec2(-off.y, off.x) / (0.3 + dot(off, off));
    vec2 along = normalize(drift + round_ + 0.9 * wave(off.yxyx * 0.5).xy + 0.6 * (h.yz - 0.5) + 1e-4);
    vec2 s = vec2(dot(d, along), along.x * d.y - along.y * d.x);
    s.y += 0.3 * (h.x - 0.5) * s.x * s.x;
    bristle = unit(hashMix(uint(int(floor(s.y * 38.0)) + int(cell.x) * 64 + int(cell.y) * 4096)));
    bool laid = abs(s.x) < 0.78 - 0.25 * bristle && abs(s.y) < slim * (0.85 + 0.15 * bristle);
    // The finer the layer, the more sparingly it is laid.
    if (laid && h.z < 0.5 + 0.17 * float(layer)) { name = h; ridge = s.y / slim; pick = motif(site); break; }
  }
  pick = clamp(pick + 0.5 * (name.y - 0.5), 0.0, 5.0);
  vec3 paint = paints[int(pick)] * (0.65 + 0.3 * name.x + 0.4 * fract(pick));
  paint += 0.1 * (name - 0.5) + 0.13 * (bristle - 0.5);
  // A ridge of paint catches light along one edge of the stroke.
  return paint * (1.0 + 0.35 * ease(0.4, 1.0, ridge) - 0.4 * ease(-0.4, -1.0, ridge));
}
