#include <space>
// Signed distances in space, and a camera, for raymarched scenes. A program that marches defines `float scene(vec3 p)`
// before it includes <march>.

float sphere(vec3 p, float r) { return length(p) - r; }
float block(vec3 p, vec3 half_) {
  vec3 d = abs(p) - half_;
  return length(max(d, 0.0)) + min(max(d.x, max(d.y, d.z)), 0.0);
}
float torus(vec3 p, float major, float minor) { return length(vec2(length(p.xz) - major, p.y)) - minor; }
float cylinder(vec3 p, float r, float half_) {
  vec2 d = abs(vec2(length(p.xz), p.y)) - vec2(r, half_);
  return min(max(d.x, d.y), 0.0) + length(max(d, 0.0));
}
float capsule(vec3 p, vec3 a, vec3 b, float r) {
  vec3 pa = p - a, ba = b - a;
  return length(pa - ba * clamp(dot(pa, ba) / max(dot(ba, ba), 1e-6), 0.0, 1.0)) - r;
}
float octahedron(vec3 p, float r) { p = abs(p); return (p.x + p.y + p.z - r) * 0.57735027; }
float smoothUnion(float a, float b, float k) {
  float h = clamp(0.5 + 0.5 * (b - a) / k, 0.0, 1.0);
  return mix(b, a, h) - k * h * (1.0 - h);
}
vec3 repeat3(vec3 p, vec3 size) { return p - size * floor(p / size + 0.5); }

// Ray through picture point p of a camera at `eye` looking at `target`; a larger lens is a narrower view.
vec3 ray(vec2 p, vec3 eye, vec3 target, float lens) {
  vec3 forward = normalize(target - eye);
  vec3 right = normalize(cross(forward, vec3(0.0, 1.0, 0.001)));
  return normalize(p.x * right + p.y * cross(right, forward) + lens * forward);
}
