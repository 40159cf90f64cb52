// Light on a height in 0…1 that is given at three points: here, a step to the right, a step up.

float reliefLight(float here, float right, float up, float depth, float angle) {
  vec3 n = normalize(vec3(here - right, here - up, depth));
  return 0.35 + 0.95 * max(dot(n, normalize(vec3(cos(angle), sin(angle), 0.9))), 0.0);
}
float reliefShine(float here, float right, float up, float depth, float angle) {
  vec3 n = normalize(vec3(here - right, here - up, depth));
  return pow(max(dot(n, normalize(vec3(cos(angle), sin(angle), 2.2))), 0.0), 40.0);
}
