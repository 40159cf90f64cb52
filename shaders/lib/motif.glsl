#include <shape>
#include <space>
// Small figures for scattering and for cells: about 0.4 in radius, negative inside (the sign is exact, the distance nearly).

float disc(vec2 p) { return length(p) - 0.38; }
float plate(vec2 p) { return box(p, vec2(0.3, 0.3)) - 0.06; }
float bar(vec2 p) { return box(p, vec2(0.42, 0.09)) - 0.02; }
float pill(vec2 p) { return segment(p, vec2(-0.25, 0.0), vec2(0.25, 0.0)) - 0.14; }
float hoop(vec2 p) { return abs(length(p) - 0.3) - 0.08; }
float moon(vec2 p) { return max(length(p) - 0.38, 0.3 - length(p - vec2(0.16, 0.08))); }
float leaf(vec2 p) { p.y = abs(p.y); return length(p + vec2(0.0, 0.3)) - 0.5; }
float drop(vec2 p) { float taper = 0.24 - 0.3 * p.y; return max(length(p * vec2(1.0, 0.75)) - 0.36, abs(p.x) - max(taper, 0.0)) * 0.8; }
float heart(vec2 p) { p = vec2(abs(p.x), p.y + 0.08); return length(p - vec2(0.17 - 0.1 * max(-p.y, 0.0), 0.08 + 0.35 * p.x)) - 0.23 - 0.35 * min(p.y, 0.0); }
float plus(vec2 p) { return cross_(p, 0.38, 0.11); }
float triangle(vec2 p) { return max(abs(p.x) * 0.866 + 0.5 * p.y, -p.y) - 0.24; }
float diamond(vec2 p) { p = abs(p); return (1.3 * p.x + p.y - 0.4) * 0.62; }
float pentagon(vec2 p) { return polygon(p, 0.4, 5.0); }
float star(vec2 p) { float a = atan(p.x, p.y), w = abs(mod(a + 0.6283, 1.2566) - 0.6283); return (length(p) * cos(w - 0.62) - 0.25) * 0.8; }
float blossom(vec2 p) { return flower(p, 0.42, 5.0, 0.55) * 0.7; }
float cog(vec2 p) { return max(length(p) - 0.33 - 0.05 * ease(-0.3, 0.3, cos(9.0 * atan(p.y, p.x))), 0.13 - length(p)) * 0.8; }
float sprig(vec2 p) { return min(abs(p.y) - 0.015, length(vec2(fract(p.x * 6.0 + abs(p.y) * 4.0) / 6.0 - 0.083, abs(p.y) - 0.12)) - 0.07) + max(abs(p.x) - 0.42, 0.0); }
float fish(vec2 p) { return min(leaf(p * 1.25 + vec2(-0.08, 0.0)), max(abs(p.y) - 0.6 * (-0.2 - p.x), -0.42 - p.x)); }
float key(vec2 p) { return min(abs(length(p + vec2(0.22, 0.0)) - 0.13) - 0.045, min(box(p - vec2(0.15, 0.0), vec2(0.26, 0.035)), box(p - vec2(0.33, -0.07), vec2(0.035, 0.08)))); }
float bolt(vec2 p) { p.x += 0.25 * sign(p.y) * (0.5 - abs(p.y)); return box(p + vec2(0.0, 0.0), vec2(0.1 * (1.0 - 1.6 * abs(p.y)) + 0.03, 0.42)); }
