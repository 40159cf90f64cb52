// Sphere tracing of the program's own `float scene(vec3 p)`.

// Distance along the ray to the surface, or a negative number when there is none within `far`. A ray that runs out of
// steps is grazing a surface and counts as having met it.
float march(vec3 eye, vec3 direction, float far, int steps) {
  float t = 0.02;
  for (int i = 0; i < steps; i++) {
    float d = scene(eye + t * direction);
    if (d < 0.001 * (1.0 + t)) return t;
    t += d;
    if (t > far) return -1.0;
  }
  return t;
}

vec3 normalAt(vec3 p) {
  const vec2 e = vec2(1.0, -1.0) * 0.0015;
  vec3 sum = e.xyy * scene(p + e.xyy) + e.yyx * scene(p + e.yyx);
  return normalize(sum + e.yxy * scene(p + e.yxy) + e.xxx * scene(p + e.xxx));
}

// 0 (buried) … 1 (open): how much sky the point sees, from three samples along the normal.
float openness(vec3 p, vec3 n) {
  float sum = 0.0, weight = 0.6;
  for (int i = 1; i <= 3; i++) {
    float h = 0.09 * float(i);
    sum += weight * max(0.0, h - scene(p + n * h)) / h;
    weight *= 0.55;
  }
  return clamp(1.0 - sum, 0.0, 1.0);
}

// Diffuse, sky and specular light on a surface of this colour.
vec3 lit(vec3 albedo, vec3 p, vec3 n, vec3 view, vec3 sun) {
  float diffuse = max(dot(n, sun), 0.0), sky = 0.5 + 0.5 * n.y;
  float shine = pow(max(dot(n, normalize(sun - 1.0001 * view)), 0.0), 32.0);
  return openness(p, n) * albedo * (0.25 + 0.9 * diffuse + 0.3 * sky) + 0.35 * shine * diffuse;
}
