// Draws: heat: rafts of crust drifting on lava, tongues of flame with sparks, or ropy folded flows cooling in bands.
#include <noise>
#include <color>
#include <space>

// Black through glowing red (or this picture's own hue) to white.
vec3 blaze(float heat) {
  heat = clamp(heat, 0.0, 1.4);
  vec3 fire = heat * vec3(1.9, 1.4 * heat, heat * heat * heat);
  return gene(9) < 0.65 ? fire : hsv(gene(8) + 0.2 * heat, clamp(1.7 - 1.3 * heat, 0.0, 1.0), min(1.25 * heat, 1.0));
}

vec3 draw(vec2 p) {
  float kind = gene(0), zoom = gene(1, 0.8, 2.2), height = p.y * 0.5 + 0.5;
  bool flames = kind > 0.36 && kind < 0.7;
  vec2 q = flames ? vec2(p.x, p.y * gene(3, 0.35, 0.8)) * zoom * 1.3 - vec2(0.0, time) :
    turn(gene(2, 0.0, TAU)) * p * zoom + time;
  vec3 drift = fractal3(q * 1.2);
  vec2 pull = (flames ? gene(4, 0.4, 1.6) * (height + 0.4) : gene(4, 0.4, 2.4)) * (drift.xy - 0.5);
  vec3 detail = fractal3(flames ? (q + pull) * vec2(2.6, 1.1) : q * 7.0 + 2.0 * pull);
  vec4 raft = cells(q * 1.7 + pull, 1.0);

  if (flames) {
    // Flames: narrow roots and torn tops over a hearth, or one ball of fire; sparks above.
    float tongue = 1.0 - abs(2.0 * detail.x - 1.0) * 1.5 + 0.8 * (detail.y - 0.5);
    float base = gene(5) < 0.7 ? 1.0 - 1.15 * height : 1.2 - 1.4 * length(p * vec2(1.0, 0.8) + vec2(0.0, 0.25));
    float heat = 0.85 * ease(0.1, 1.35, tongue * (0.45 + 0.5 * height) + 1.15 * base - 0.1);
    vec2 s = vec2(p.x * 9.0 + 8.0 * pull.x, p.y * 6.0 - 5.0 * time);
    vec3 h = hash32(s);
    float spark = step(0.72, h.z) * ease(0.12, 0.0, length(fract(s) - 0.25 - 0.5 * h.xy));
    vec3 smoke = stops(1.2 * drift.z - 0.1, 16) * 0.5 * height;
    return smoke + blaze(heat * gene(6, 0.9, 1.25) + 0.75 * spark * (1.0 - heat));
  }
  vec3 crust = stops(0.55 * detail.y + 0.2 * hash21(raft.zw), 16);
  if (kind < 0.5) {
    float melt = ease(0.25, 0.8, drift.z + gene(5, -0.2, 0.15)), width = 0.03 + 0.3 * melt;
    float heat = 0.95 * exp(-(raft.y - raft.x) / width) + 0.3 * ease(0.5, 0.9, melt + detail.x - 0.5);
    return crust * ease(0.8, 0.1, heat) * (0.2 + 0.7 * detail.z) + blaze(heat * (0.65 + 0.6 * detail.x) - 0.04);
  }
  // Ropes: arcs pushed along by the flow, dark on their crowns and hot in their creases.
  float push = 2.4 * noise3(q * vec2(0.9, 0.6) + 9.0).x + 0.7 * drift.x + 0.1 * detail.z;
  float rope = fract(gene(6, 2.0, 5.0) * (0.8 * q.y + push)), crown = sin(rope * PI);
  float cold = ease(gene(5, 0.3, 0.5), 0.65, drift.z), lit = 0.5 + 0.5 * cos(PI * rope), crease = 1.0 - crown;
  float heat = mix(1.1 * crease, 0.5 * crease * crease * crease, cold) + 0.12 * (1.0 - cold);
  return crust * crown * (0.2 + 1.1 * lit * lit) * (0.5 + detail.x) + blaze(heat * (0.6 + 0.7 * detail.y));
}
