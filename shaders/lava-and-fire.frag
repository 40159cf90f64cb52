// Draws: heat: rafts of crust drifting on lava, tongues of flame with sparks, or ropy folded flows cooling in bands.
#include <noise>
#include <color>
#include <space>

// Black through glowing red or this picture's own hue to white.
vec3 blaze(float heat) {
  heat = clamp(heat, 0.0, 1.4);
  vec3 fire = vec3(1.9 * heat, 1.9 * heat * heat * 0.75, 1.5 * heat * heat * heat * heat * 0.7);
  vec3 odd = hsv(gene(8) + 0.12 * heat, clamp(1.5 - heat, 0.0, 1.0), clamp(1.8 * heat, 0.0, 1.0));
  return gene(9) < 0.65 ? fire : odd;
}

vec3 draw(vec2 p) {
  float kind = gene(0), zoom = gene(1, 0.8, 2.4);
  if (kind < 0.36) {
    vec2 q = turn(gene(2, 0.0, TAU)) * p * zoom * 1.7 + time;
    vec2 drift = vec2(fbm(q * 0.8), fbm(q * 0.8 + 19.0)) - 0.5;
    vec4 raft = cells(q + gene(3, 0.5, 2.8) * drift, 1.0);
    float rough = fbm(q * 5.0 + 2.0 * drift, 3, 0.6), rim = raft.y - raft.x;
    float melt = fbm(q * 0.7 + 40.0, 2, 0.5) + gene(4, -0.25, 0.15);
    float heat = 0.95 * exp(-rim / (0.03 + 0.45 * melt * melt)) + 0.3 * smoothstep(0.55, 0.8, melt + 0.3 * rough);
    vec3 crust = stops(0.55 * rough + 0.2 * hash21(raft.zw), 16) * (0.25 + 0.6 * rough);
    return crust * smoothstep(0.8, 0.1, heat) + blaze(heat * (0.65 + 0.6 * rough) - 0.04);
  }
  if (kind < 0.7) {
    // Flames: noise that stretches and rises; narrow roots, torn tops.
    float columns = gene(2, 0.6, 1.8), height = p.y * 0.5 + 0.5;
    vec2 q = vec2(p.x * columns * zoom, p.y * gene(3, 0.5, 1.0) * zoom - 3.0 * time);
    q.x += gene(4, 0.3, 1.2) * (height + 0.3) * (fbm(q * 1.2 + vec2(0.0, time), 3, 0.5) - 0.5);
    float tongue = ridged(q * vec2(1.4, 0.7), 4, 0.5) * 0.7 + 0.45 * fbm(q * 2.5 + 9.0, 3, 0.6);
    float base = gene(5) < 0.7 ? 1.0 - 0.85 * height : 1.15 - 1.2 * length(p * vec2(1.0, 0.8) + vec2(0.0, 0.25));
    float heat = smoothstep(0.15, 1.15, tongue + 1.1 * base - 0.6);
    vec2 s = vec2(p.x * 9.0 + 1.5 * tongue, p.y * 6.0 - 5.0 * time);
    vec3 h = hash32(s);
    float spark = step(0.72, h.z) * smoothstep(0.12, 0.0, length(fract(s) - 0.25 - 0.5 * h.xy));
    vec3 smoke = stops(0.6 * fbm(q * 0.9 + 50.0, 3, 0.5), 16) * 0.45 * height;
    return smoke + blaze(heat * gene(6, 0.9, 1.3)) + blaze(0.75) * spark * (1.0 - heat);
  }
  // Ropes: arcs pushed along by the flow, dark on their crowns and hot in their creases.
  vec2 q = turn(gene(2, 0.0, TAU)) * p * zoom + time;
  float push = 2.2 * fbm(q * 0.9, 3, 0.5) + gene(3, 0.4, 1.6) * fbm(q * 2.6 + 7.0, 3, 0.5);
  float rope = fract(gene(4, 3.0, 8.0) * (0.3 * q.y + push)), crown = sin(rope * PI);
  float tooth = fbm(q * vec2(14.0, 9.0), 2, 0.6), lit = 0.5 + 0.5 * cos(PI * rope);
  float cold = smoothstep(gene(5, 0.2, 0.5), 0.75, fbm(q * 0.8 + 23.0, 3, 0.5));
  float heat = mix(1.15, 0.55, cold) * pow(1.0 - crown, mix(0.8, 3.0, cold)) + 0.1 * (1.0 - cold);
  return stops(0.7 * tooth, 16) * crown * (0.15 + 0.75 * lit * lit) + blaze(heat * (0.7 + 0.5 * tooth));
}
