// Draws: a leaded window of streaky coloured glass: scattered panes, a rose window, or panes about a bright centre.
#include <noise>
#include <color>
#include <shape>
#include <space>

vec3 draw(vec2 p) {
  vec2 z = turn(gene(0, 0.0, TAU)) * (p - 0.3 * (vec2(gene(1), gene(2)) - 0.5));
  float style = gene(3), radius = length(z), scale = gene(4, 2.0, 5.5);
  if (style < 0.4) z = kaleido(z, floor(gene(5, 4.0, 13.0)));
  else if (style < 0.6) z = vec2(log(radius + 0.05) * 1.6, abs(atan(z.y, z.x)) * gene(5, 0.8, 2.0));
  z += gene(6) * 0.12 * (vec2(valueNoise(p * 3.0), valueNoise(p * 3.0 + 7.0)) - 0.5);
  // Large panes; some of them are cut again into small ones.
  vec4 pane = cells(z * scale, gene(7, 0.4, 1.0));
  vec3 name = hash32(pane.zw);
  float lead = (pane.y - pane.x) / scale, small = 0.0;
  if (name.z < gene(8, 0.0, 0.8)) {
    vec4 cut = cells(z * scale * 2.6 + 40.0 * name.x, 0.8);
    lead = min(lead, (cut.y - cut.x) / (scale * 2.6));
    name = fract(name + 0.4 * hash32(cut.zw));
    small = 1.0;
  }
  float shape = gene(9) < 0.5 ? abs(radius - gene(10, 0.3, 0.9)) : 9.0;
  bool inside = shape < 9.0 && radius < gene(10, 0.3, 0.9);
  vec2 streakTurn = cis(TAU * name.y);
  vec2 s = vec2(dot(p, streakTurn), dot(p, vec2(-streakTurn.y, streakTurn.x)));
  float streak = fbm(s * vec2(3.0, 16.0) + 30.0 * name.x, 2, 0.6);
  vec3 glass = name.x < 0.55 ? stops(0.2 + 0.75 * name.y, inside ? 17 : 11) : palette(name.y + 0.1 * streak, 23);
  glass = pow(glass, vec3(1.3)) * (0.6 + 0.7 * streak) + 0.3 * pow(streak, 5.0);
  // Daylight behind: brighter on one side, and each pane domed a little.
  float sun = exp(-1.3 * length(p - 1.4 * (vec2(gene(29), gene(30)) - 0.5)));
  glass *= 0.7 + 1.1 * sun + 0.25 * ease(0.0, 0.12, lead);
  float edge = min(lead, shape) - gene(31, 0.008, 0.03) * (1.0 - 0.35 * small);
  vec3 metal = vec3(0.05, 0.05, 0.06) + 0.12 * ease(-0.006, -0.014, edge) * valueNoise(p * 20.0);
  return mix(glass, metal, fill(edge));
}
