// Draws: mosaics of hexagons, each holding a tumbling cube, a star, petals, linked arcs or nested rings.
#include <noise>
#include <color>
#include <shape>
#include <space>

float hexagon(vec2 p) { p = abs(p); return max(p.x, dot(p, vec2(0.5, 0.8660254))); }

// Tone 0…1 of a motif at u within a hexagon of apothem 0.5.
float motifTone(float motif, vec2 u, float pixel) {
  vec2 q = polar(u);
  float sixth = abs(mod(q.y + PI / 6.0, PI / 3.0) - PI / 6.0);
  if (motif < 1.0) {
    float side = floor(mod(q.y + PI / 6.0, TAU) / (TAU / 3.0));
    float step_ = floor(hexagon(u) * gene(4, 2.0, 9.0));
    return 0.1 + 0.35 * side + 0.12 * mod(step_, 2.0);
  }
  if (motif < 2.0) return mod(floor(hexagon(u) * gene(4, 6.0, 14.0)), 2.0) * 0.7 + 0.25 * hexagon(u);
  if (motif < 3.0) {
    vec2 w = q.x * cis(sixth);
    return 0.15 + 0.7 * fill((dot(w, vec2(0.5, 0.8660254)) - gene(5, 0.16, 0.28)) * pixel) * step(0.12, q.x);
  }
  if (motif < 4.0) {
    float arcs = 1.0;
    for (int k = 0; k < 3; k++) {
      vec2 corner = 0.5773503 * cis(PI / 2.0 + TAU * float(k) / 3.0);
      arcs = min(arcs, abs(length(u - corner) - 0.2886751));
    }
    return 0.9 - 0.75 * fill((arcs - 0.09) * pixel) + 0.6 * fill((arcs - 0.03) * pixel);
  }
  return 0.1 + 0.8 * fill((q.x - 0.46 * pow(max(cos(3.0 * (q.y + PI / 6.0)), 0.0), 2.0) - 0.09) * pixel);
}

vec3 draw(vec2 p) {
  float scale = exp2(gene(0, 0.6, 2.7)), bend = gene(1) < 0.4 ? gene(2, -0.35, 0.5) : 0.0;
  vec2 q = turn(gene(3, 0.0, TAU)) * p * (1.0 + bend * dot(p, p)) * scale + time;
  vec4 h = hexTile(q);
  vec3 name = hash32(h.zw);
  bool mixed = gene(6) < 0.5;
  float motif = mixed ? floor(name.x * 5.0) : floor(gene(7) * 5.0);
  vec2 u = motif < 1.0 && !mixed ? h.xy : turn(PI / 3.0 * floor(name.y * 6.0)) * h.xy;
  float tone = motifTone(motif, u, 1.0 / scale), cloud = valueNoise(h.zw * gene(8, 0.1, 0.4));
  // The colour of a tile follows its neighbourhood (cloud) and a whim of its own (name.z).
  float hue = mix(cloud * 1.6, name.z, gene(9, 0.0, 0.5));
  vec3 c = mix(stops(tone, 20), palette(hue + 0.25 * tone, 26) * (0.35 + 0.75 * tone), gene(10, 0.2, 0.9));
  float edge = 0.5 - hexagon(h.xy), grout = gene(11, 0.004, 0.05);
  c *= 0.8 + 0.3 * valueNoise(q * 9.0) + 0.25 * ease(0.12, 0.0, edge - grout) * (h.x + h.y);
  return mix(c, stops(gene(12) < 0.6 ? 0.02 : 0.97, 20), fill((edge - grout) / scale));
}
