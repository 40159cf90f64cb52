// Signed distances in the plane (negative inside; of flower only the sign is exact), and how to fill and stroke them.

float circle(vec2 p, float r) { return length(p) - r; }
float box(vec2 p, vec2 half_) { vec2 d = abs(p) - half_; return length(max(d, 0.0)) + min(max(d.x, d.y), 0.0); }
float segment(vec2 p, vec2 a, vec2 b) {
  vec2 pa = p - a, ba = b - a;
  return length(pa - ba * clamp(dot(pa, ba) / max(dot(ba, ba), 1e-6), 0.0, 1.0));
}
float polygon(vec2 p, float r, float sides) {
  float wedge = 6.2831853 / sides;
  float a = mod(atan(p.y, p.x) + 0.5 * wedge, wedge) - 0.5 * wedge;
  return length(p) * cos(a) - r * cos(0.5 * wedge);
}
// A star-like flower of `petals` lobes; depth 0 is a circle, near 1 deep lobes.
float flower(vec2 p, float r, float petals, float depth) {
  return length(p) - r * (1.0 - depth * (0.5 + 0.5 * cos(petals * atan(p.y, p.x))));
}
float ring(vec2 p, float r, float width) { return abs(length(p) - r) - width; }
float cross_(vec2 p, float arm, float width) { return min(box(p, vec2(arm, width)), box(p, vec2(width, arm))); }

// Coverage of a shape with edges about a pixel soft. Divide a distance in scaled coordinates by the scale first.
float fill(float d) { return ease(1.0, -1.0, d * 0.5 * min(resolution.x, resolution.y)); }
float stroke(float d, float width) { return fill(abs(d) - width); }
float smoothMin(float a, float b, float k) {
  float h = clamp(0.5 + 0.5 * (b - a) / k, 0.0, 1.0);
  return mix(b, a, h) - k * h * (1.0 - h);
}
