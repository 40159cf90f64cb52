// Light on the program's own `float scene(vec3 p)`, in loops, so that the scene is compiled but a few times.

float travel(vec3 eye, vec3 d, float far, int steps) {
  float t = 0.05;
  for (int i = 0; i < steps; i++) {
    float r = scene(eye + t * d);
    if (r < 0.002 * (1.0 + t) || t > far) break;
    t += r;
  }
  return t;
}

vec3 normalOf(vec3 p) {
  vec3 sum = vec3(0.0);
  for (int i = 0; i < 4; i++) {
    vec3 e = vec3(i == 0 || i == 3 ? 1.0 : -1.0, i == 1 || i == 3 ? 1.0 : -1.0, i == 2 || i == 3 ? 1.0 : -1.0);
    sum += e * scene(p + 0.002 * e);
  }
  return normalize(sum + 1e-9);
}

// x: how open to the light along `sun`, y: how open to the air along the normal; 0…1 each.
vec2 openTo(vec3 p, vec3 n, vec3 sun) {
  float light = 1.0, t = 0.04, air = 1.0;
  for (int i = 0; i < 9; i++) {
    bool near = i < 3;
    float h = near ? 0.1 * float(i + 1) : t, r = scene(p + (near ? h * n : 0.01 * n + h * sun));
    if (near) air -= 0.25 * max(h - r, 0.0) / h;
    else { light = min(light, 9.0 * r / t); t += clamp(r, 0.05, 0.5); }
  }
  return clamp(vec2(light, air), 0.0, 1.0);
}

// The colour of a surface under sun and sky, shining by `gloss` 0…1.
vec3 lightUp(vec3 albedo, vec3 p, vec3 n, vec3 d, vec3 sun, vec3 sky, float gloss) {
  vec2 free = openTo(p, n, sun);
  float diffuse = max(dot(n, sun), 0.0) * free.x, shine = pow(max(dot(reflect(d, n), sun), 0.0), 24.0) * free.x;
  vec3 color = albedo * (1.15 * diffuse * vec3(1.0, 0.96, 0.88) + free.y * (0.3 + 0.45 * (0.5 + 0.5 * n.y) * sky));
  return color + gloss * (shine + 0.4 * sky * pow(1.0 - clamp(-dot(n, d), 0.0, 1.0), 4.0));
}
