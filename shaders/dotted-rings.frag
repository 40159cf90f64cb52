// Draws: dot paintings: ring upon ring of dots around several waterholes, meeting along dotted borders.
#include <noise>
#include <color>
#include <shape>
#include <space>

vec3 draw(vec2 p) {
  float holes = floor(gene(0, 1.0, 7.0)), rings = exp2(gene(1, 2.6, 4.1)), nearest = 9.0, second = 9.0, owner = 0.0;
  p += gene(2, 0.0, 0.12) * vec2(gradientNoise(p * 1.6 + time), gradientNoise(p * 1.6 - time + 5.0));
  vec2 to = p;
  for (int i = 0; i < 7; i++) {
    if (float(i) >= holes) break;
    vec3 place = hash33(vec3(float(i), 5.0, 2.0));
    vec2 d = p - (place.xy * 2.2 - 1.1);
    float reach = length(d) * (0.75 + 0.5 * place.z);
    if (reach < nearest) { second = nearest; nearest = reach; to = d; owner = float(i); }
    else second = min(second, reach);
  }
  float side = polygon(to, 0.0, 3.0 + floor(3.0 * hash11(owner)));
  float r = (gene(3) < 0.25 ? side : length(to)) * rings, index = floor(r), angle = atan(to.y, to.x);
  vec3 pick = hash33(vec3(index, owner, 7.0)), habit = hash33(vec3(owner, 3.0, 1.0));
  float count = max(floor(TAU * (index + 0.5) * gene(4, 0.55, 1.05)), 1.0),
      turns = angle / TAU * count + pick.x * 7.0 + time;
  float slot = floor(turns), thick = TAU * (index + 0.5) / count, width = gene(5, 0.3, 0.46) * (0.65 + 0.4 * pick.y);
  vec2 f = vec2((fract(turns) - 0.5) * thick, fract(r) - 0.5);
  float dotted = length(f) - width * (0.85 + 0.3 * hash21(vec2(slot, index))), plain = abs(f.y) - 0.3;
  float d = pick.z < gene(6, 0.0, 0.4) ? plain : dotted, paint = fill(d / rings);
  // The colours change in groups of rings; every few dots one differs.
  float group = floor(index / floor(gene(7, 1.0, 5.0))), hue = hash21(vec2(group, owner * gene(8) * 4.0));
  float odd = step(mod(slot + 0.25, floor(gene(9, 2.0, 7.0))), 0.5) * step(0.5, gene(10));
  vec3 dotColour = mix(stops(0.35 + 0.65 * hue, 20), palette(hue + 0.4 * odd, 26),
      step(0.35, fract(hue * 7.0 + 0.5 * odd)));
  vec3 ground = mix(stops(0.12, 20), palette(habit.x, 26) * 0.4, gene(11))
      * (0.55 + 0.3 * mod(index, 2.0) + 0.4 * fbm(p * 6.0, 2, 0.6));
  if (gene(12) < 0.3) ground = stops(0.95, 20) * (0.8 + 0.2 * valueNoise(p * 20.0));
  if (luma(ground) > 0.55) dotColour *= 0.65;
  vec3 c = mix(ground, dotColour * (0.8 + 0.3 * valueNoise(p * 14.0 + slot)), paint);
  c += 0.1 * paint * ease(0.3, 0.0, length(f + vec2(0.1, -0.1)));
  float border = fill(second - nearest - gene(13, 0.01, 0.045)) * step(1.5, holes);
  return mix(c, stops(gene(14) < 0.5 ? 0.97 : 0.0, 20), border * (0.6 + 0.4 * cos(60.0 * nearest)));
}
