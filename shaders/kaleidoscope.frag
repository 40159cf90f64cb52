// Draws: a kaleidoscope of coloured glass, beads and stripes, folded between mirrors several times over.
#include <noise>
#include <color>
#include <shape>
#include <space>

vec3 draw(vec2 p) {
  float mirrors = floor(gene(0, 3.0, 9.0)) * 2.0, zoom = gene(1, 0.7, 1.5), scale = zoom;
  vec2 eye = vec2(gene(16, -0.4, 0.4), gene(14, -0.4, 0.4)), q = turn(gene(2, 0.0, TAU)) * (p - eye) * zoom;
  if (gene(17) > 0.55) { q = hexTile(q * 0.7).xy / 0.55; mirrors = gene(17) > 0.8 ? 6.0 : 12.0; }
  q = kaleido(q, mirrors);
  float beads = 0.0, lines = 0.0, trap = 9.0;
  int folds = 1 + int(gene(3) * 3.0);
  // Each pass mirrors the wedge again about a shifted, turned axis, and leaves its own beads and lead lines.
  for (int i = 0; i < 3; i++) {
    if (i >= folds) break;
    q = abs(turn(gene(4, 0.3, 1.5) + 0.7 * float(i)) * q - vec2(gene(5, 0.25, 0.6), gene(6, 0.0, 0.4)));
    q *= gene(7, 1.1, 1.6);
    scale *= gene(7, 1.1, 1.6);
    float bead = flower(q - vec2(gene(8, 0.1, 0.5), gene(9, 0.1, 0.4)), gene(10, 0.08, 0.25),
        floor(gene(11, 3.0, 8.0)), gene(12));
    beads = max(beads, fill(bead / scale) * (0.6 + 0.4 * cos(bead * 60.0)));
    lines = max(lines, fill((min(q.x, q.y) - 0.02) / scale));
    trap = min(trap, length(q - 0.3));
  }
  vec2 glass = q * gene(13, 2.2, 6.0) + vec2(time);
  vec4 shard = cells(glass, gene(14));
  float pick = hash21(shard.zw), lead = ease(0.04, 0.12, shard.y - shard.x),
      stripe = 0.5 + 0.5 * sin(q.x * gene(15, 8.0, 40.0) + time);
  vec3 pane = pick < gene(16, 0.2, 0.8) ? palette(pick + 0.5 * trap, 20) : stops(0.3 + 0.7 * stripe, 26);
  pane *= (0.25 + 0.85 * lead) * (1.25 - 0.9 * shard.x);
  pane = mix(pane, stops(pick, 26), gene(17) < 0.5 ? 0.6 * stripe * lead : 0.0);
  vec3 c = mix(pane, stops(1.0 - 0.6 * beads, 20 + 6 * int(gene(18) * 2.0)), ease(0.1, 0.3, beads));
  c = mix(c, gene(19) < 0.5 ? vec3(0.03, 0.02, 0.05) : stops(0.95, 26), 0.85 * lines);
  return c * (0.6 + 0.55 * exp(-1.2 * trap * trap) + 0.25 * sin(9.0 * trap)) * (1.15 - 0.3 * dot(p, p));
}
