// Draws: a bed of stones: beach pebbles over gravel, cobbles in mortar, or wet river stones, banded and veined.
#include <noise>
#include <color>
#include <space>

// One layer of rounded stones: rgb, and in w how far inside a stone (negative between stones).
vec4 stones(vec2 p, float jitter, float gap, vec3 sun, float grain, int ramp) {
  vec4 c = cells(p, jitter);
  vec3 h = hash33(vec3(c.zw, 29.0));
  vec2 from = p - c.zw - 0.5 - jitter * (hash22(c.zw) - 0.5);
  float inside = c.y - c.x - gap * (0.5 + h.y), slope = 1.0 - ease(0.0, gene(5, 0.25, 0.6), inside);
  vec3 n = normalize(vec3(from * (0.5 + 2.5 * slope), 0.9));

  // The stone's own face: strata in its own direction, grain, and now and then a quartz vein.
  vec2 q = vec2(dot(from, h.xy - 0.5), dot(from, vec2(0.5 - h.y, h.x - 0.5))) * 3.0;
  float strata = noise3(vec2(q.x * 1.5, q.y * (4.0 + 9.0 * h.z)) + 50.0 * h.xy).x;
  float tone = h.x + 0.6 * (strata - 0.5) * step(0.35, h.y) + 0.5 * (grain - 0.5);
  vec3 face = mix(stops(tone, ramp), vec3(0.15 + 0.65 * tone), gene(6, 0.0, 0.6));
  float quartz = step(0.55, h.z) * ease(0.06, 0.02, abs(q.y + 0.3 * strata - 0.15));
  face = mix(face, vec3(0.92, 0.9, 0.86), 0.8 * quartz);
  float day = max(dot(n, sun), 0.0), shine = max(dot(n, normalize(sun + vec3(0, 0, 1))), 0.0);
  shine *= shine; shine *= shine; shine *= shine; shine *= shine;
  return vec4(face * (0.3 + day) + gene(7) * gene(7) * 0.8 * shine * shine, inside);
}

vec3 draw(vec2 p) {
  p = turn(gene(0, 0.0, TAU)) * p * gene(1, 1.0, 3.4) * vec2(1.0, gene(2, 1.0, 1.7)) + time;
  vec3 broad = noise3(p * 0.8), grain = fractal3(p * 12.0);
  p += 0.5 * (broad.xy - 0.5);
  vec3 sun = normalize(vec3(cis(gene(3, 0.0, TAU)), 0.9));
  vec4 big = stones(p, gene(4) < 0.3 ? 0.35 : 0.95, gene(8, 0.02, 0.25), sun, grain.x, 12);
  int ramp = gene(11) < 0.5 ? 12 : 18;
  vec4 small = stones(p * gene(10, 2.3, 4.5) + 20.0, 1.0, 0.06, sun, grain.y, ramp);
  // The bed is gravel or mortar. Some big stones are missing, so gravel shows in clearings; the rest shade it.
  bool gravel = gene(9) < 0.7, gone = gravel && broad.z > gene(12, 0.45, 1.0);
  vec3 bed = gravel ? small.rgb * ease(-0.05, 0.12, small.w) : stops(gene(11) + grain.z - 0.5, 18) * 0.9;
  if (gone) return bed;
  bed *= 0.3 + 0.7 * ease(0.0, -0.25, big.w);
  return mix(bed, big.rgb * ease(-0.1, 0.1, big.w), ease(-0.02, 0.03, big.w));
}
