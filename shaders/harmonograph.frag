// Draws: a pendulum's closed figure, its loops filled, hatched and echoed, or threads strung between two such figures.
#include <noise>
#include <color>
#include <shape>
#include <space>

const int KNOTS = 48;

vec3 draw(vec2 p) {
  vec2 z = turn(gene(0, 0.0, TAU)) * (p - 0.4 * vec2(gene(1) - 0.5, gene(2) - 0.5)) * gene(3, 0.8, 1.1);
  bool threads = gene(4) < 0.35, rosette = gene(15) < 0.6;
  float slow = gene(5) < 0.6 ? 1.0 : 2.0, fast = slow + floor(gene(6, 3.0, 5.99));
  if (rosette) fast = -fast;
  // Two phasors turn by a fixed angle each step: cheaper than a sine and a cosine for every knot.
  vec2 a = vec2(1.0, 0.0), b = cis(gene(8, 0.0, TAU)), before = vec2(0.0);
  vec2 turnA = cis(TAU * slow / float(KNOTS)), turnB = cis(TAU * fast / float(KNOTS));
  float wobble = gene(9, 0.35, 0.65), nearest = 9.0, along = 0.0, winding = 0.0, weave = 0.0;
  for (int i = 0; i <= KNOTS; i++) {
    vec2 knot = rosette ? mix(a, b, wobble) : mix(vec2(a.x, b.x), 0.7 * vec2(b.y, a.y), wobble - 0.25);
    if (i == 0) before = knot;
    if (threads) before = vec2(b.y, -a.x) * (1.3 - wobble);
    vec2 side = knot - before, off = z - before;
    vec2 gap = off - side * clamp(dot(off, side) / (dot(side, side) + 1e-6), 0.0, 1.0);
    float d2 = dot(gap, gap), touch = 1.0 / (d2 * 6000.0 + 1.0);
    nearest = min(nearest, d2);
    weave += touch;
    along += touch * float(i) / float(KNOTS);
    // Each time the curve passes a ray to the right, upwards or downwards, it winds about this point.
    float bend = side.x * off.y - side.y * off.x;
    if (off.y >= 0.0 && knot.y > z.y && bend > 0.0) winding += 1.0;
    if (off.y < 0.0 && knot.y <= z.y && bend < 0.0) winding -= 1.0;
    before = knot;
    a = complexMul(a, turnA);
    b = complexMul(b, turnB);
  }
  nearest = sqrt(nearest);
  float echo = 0.5 + 0.5 * cos(nearest * gene(10, 40.0, 120.0) - time), grain = fbm(p * 6.0, 2, 0.6);
  float level = fract(0.31 * winding + gene(11)), odd = mod(abs(winding), 2.0);
  vec3 vivid = palette((threads ? along / weave : level) + 0.3 * length(z), 21);
  vec3 calm = stops(threads ? 0.2 + 0.3 * length(p - 0.5) + 0.7 * (grain - 0.4) : 1.0 - level, 15);
  if (threads) return calm * (0.55 + 0.25 * echo) + (1.0 - exp(-0.7 * weave)) * vivid;
  // Fields of odd winding are hatched, the others echo their outline.
  vec3 paint = gene(12) < 0.5 ? vivid : calm, other = gene(12) < 0.5 ? calm : vivid;
  float hatch = step(0.5, fract((winding > 0.0 ? z.x : z.y) * gene(13, 8.0, 24.0)));
  float mark = odd > 0.5 && gene(28) < 0.6 ? hatch : ease(0.35, 0.65, echo);
  paint = mix(paint, other, mark * gene(14, 0.2, 0.8)) * (0.75 + 0.45 * grain);
  paint *= 0.6 + 0.5 * ease(0.0, 0.12, nearest);
  vec3 ink = gene(27) < 0.5 ? vec3(0.05, 0.04, 0.09) : vec3(0.97, 0.94, 0.87);
  return mix(paint, ink, stroke(nearest, gene(29, 0.003, 0.014)));
}
