// Draws: a bed of stones: beach pebbles over gravel, cobbles in mortar, or wet river stones, banded and speckled.
#include <noise>
#include <color>
#include <space>

// One layer of rounded stones: rgb, and in w how far inside a stone (negative between stones).
vec4 stones(vec2 p, float jitter, float gap, vec3 sun, int ramp) {
  vec4 c = cells(p, jitter);
  vec3 h = hash33(vec3(c.zw, 29.0));
  vec2 from = p - c.zw - 0.5 - jitter * (hash22(c.zw) - 0.5);
  float inside = c.y - c.x - gap * (0.5 + h.y);
  float slope = 1.0 - smoothstep(0.0, gene(5, 0.25, 0.6), inside);
  vec3 n = normalize(vec3(from * (0.5 + 2.5 * slope), 0.9));

  // The stone's own face: strata in its own direction, grain, and now and then a quartz vein.
  vec2 q = turn(TAU * h.z) * from;
  float grain = valueNoise(p * 14.0) * 0.6 + valueNoise(p * 37.0) * 0.4;
  float strata = valueNoise(vec2(q.x * 1.5, q.y * (4.0 + 14.0 * h.y)) + 50.0 * h.xy);
  float tone = h.x + 0.5 * (strata - 0.5) * step(0.35, h.y) + 0.35 * (grain - 0.5);
  vec3 face = mix(stops(tone, ramp), vec3(0.15 + 0.6 * tone), gene(6, 0.0, 0.6));
  face = mix(face, stops(1.0, ramp), 0.8 * step(0.6, h.z) * smoothstep(0.05, 0.0, abs(q.y - 0.1 + 0.2 * strata - 0.1)));
  float day = max(dot(n, sun), 0.0), shine = pow(max(dot(n, normalize(sun + vec3(0, 0, 1))), 0.0), 40.0);
  return vec4(face * (0.25 + day) + gene(7) * gene(7) * 0.8 * shine, inside);
}

vec3 draw(vec2 p) {
  p = turn(gene(0, 0.0, TAU)) * p * gene(1, 1.2, 3.6) * vec2(1.0, gene(2, 1.0, 1.7)) + time;
  p += 0.5 * (vec2(valueNoise(p * 0.8), valueNoise(p * 0.8 + 9.0)) - 0.5);
  vec3 sun = normalize(vec3(cis(gene(3, 0.0, TAU)), 0.9));
  float jitter = gene(4) < 0.3 ? 0.35 : 0.95;
  vec4 big = stones(p, jitter, gene(8, 0.02, 0.25), sun, 12);
  vec3 bed;
  if (gene(9) < 0.7) {
    vec4 small = stones(p * gene(10, 2.3, 4.5) + 20.0, 1.0, 0.06, sun, gene(11) < 0.5 ? 12 : 18);
    bed = small.rgb * smoothstep(-0.05, 0.12, small.w);
  } else bed = stops(0.4 + 0.5 * fbm(p * 7.0, 3, 0.65), 18) * 0.8;
  // Some big stones are missing, so the bed shows in clearings; those present cast a soft shadow on it.
  bool gone = gene(9) < 0.7 && valueNoise(p * 0.6 + 70.0) > gene(12, 0.5, 1.0);
  bed *= gone ? 1.0 : 0.25 + 0.75 * smoothstep(0.0, -0.3, big.w);
  return gone ? bed : mix(bed, big.rgb * smoothstep(-0.1, 0.12, big.w), smoothstep(-0.02, 0.03, big.w));
}
