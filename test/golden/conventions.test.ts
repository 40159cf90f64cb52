import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { conventionOf, programSource } from '../../src/dataset/convention.js';
import type { BaseImage, ProgramSource } from '../../src/dataset/dataset.js';
import { readProgramFolder } from '../../src/dataset/program-folder.js';
import type { Failure } from '../../src/render/renderer.js';
import { Renderer } from '../built.js';
import { unmixed } from '../render/programs.js';
import { compareWithGolden } from './tiles.js';

const SIDE = 64;
const BYTES = SIDE * SIDE * 3;
const TIMES = [1, 4];

const set = await readProgramFolder(join(import.meta.dirname, '..', 'fixtures', 'programs'));
const programs = set.ids.map((id) => set.read(id));

const picture = (program: ProgramSource, time: number): BaseImage => ({
  kind: 'program',
  program,
  time,
  seed: 3,
  genes: Array(32).fill(0.5),
});

/** Claims about the functions that TwiGL's geekest modes have, as what `ok` adds up to: 1 where they hold. */
const CLAIMS: Readonly<Record<string, string>> = {
  'hsv gives the primaries, and white without saturation':
    'ok=near(hsv(0.,1.,1.),vec3(1,0,0))*near(hsv(1./3.,1.,1.),vec3(0,1,0))*near(hsv(2./3.,1.,.5),vec3(0,0,.5))*near(hsv(p.x,0.,p.y),vec3(p.y))*near(hsv(p.x+1.,p.y,1.),hsv(p.x,p.y,1.));',
  'rotate2D turns counter-clockwise by radians':
    'ok=near(vec3(rotate2D(PI/2.)*vec2(1,0),0),vec3(0,1,0))*near(vec3(rotate2D(p.x)*p,0),vec3(cos(p.x)*p.x-sin(p.x)*p.y,sin(p.x)*p.x+cos(p.x)*p.y,0));',
  'rotate3D turns about its axis, which stays, and is a rotation of the plane about z': `vec3 a=vec3(p,1.);
ok=near(rotate3D(t,a)*a,a)*near(rotate3D(PI/2.,vec3(0,0,3))*vec3(1,0,0),vec3(0,1,0))*near(rotate3D(PI2/3.,vec3(1))*vec3(1,0,0),vec3(0,1,0));
vec3 v=rotate3D(t,a)*vec3(p.yx,2);ok*=near(vec3(length(v)),vec3(length(vec3(p.yx,2))));`,
  'simplex noise of two, three and four coordinates has no steps and stays about -1 ... 1': `vec4 q=vec4(FC.xy*.37,FC.yx*.1);
float a=snoise2D(q.xy),b=snoise3D(q.xyz),c=snoise4D(q);
ok=step(max(abs(a),max(abs(b),abs(c))),1.1)*step(abs(a-snoise2D(q.xy+5e-4)),.02)*step(abs(b-snoise3D(q.xyz+5e-4)),.02)*step(abs(c-snoise4D(q+5e-4)),.03);`,
  'white noise is in 0 ... 1': 'ok=step(0.,fsnoise(FC.xy))*step(fsnoise(FC.xy),1.)*step(0.,fsnoiseDigits(FC.xy))*step(fsnoiseDigits(FC.xy),1.);',
};

const claims = Object.entries(CLAIMS).flatMap(([id, body]) => {
  const near = '#define near(a,b) step(length((a)-(b)),1e-4)\nvec2 p=FC.xy/r;float ok;';
  return [
    programSource(`${id} (1.00)`, `${near}\n${body}gl_FragColor=vec4(ok);`, 'twigl-geekest'),
    programSource(`${id} (3.00)`, `${near}\n${body}o=vec4(ok);`, 'twigl-geekest-300'),
  ];
});

/** Texts as people have them, of one colour each, and that colour. */
const COLOURS: readonly (readonly [id: string, text: string, rgb: readonly number[]])[] = [
  [
    'swizzles of 3.00 are no uniforms of TwiGL’s',
    `#version 300 es
precision highp float; in vec2 vUv; out vec4 outColor; const vec4 c = vec4(1, 0, 0, 1);
void main() { outColor = vec4(c.r + 0.0 * vUv.s, 0.0 * vUv.t, 0, 1); }`,
    [255, 0, 0],
  ],
  [
    'swizzles of 1.00 beside variables of those names',
    `const float s = 1.0; float t; varying vec2 v;
void main() { vec4 c = vec4(0, s, 0, 1); t = c.r; gl_FragColor = vec4(t, c.g, 0.0 * (v.s + v.t), 1); }`,
    [0, 255, 0],
  ],
  [
    'a geeker’s own globals and output',
    `const float s = 1.; out vec4 c;
void main() { c = vec4(0, s, step(0., r.x) * step(0., t), 1); }`,
    [0, 255, 255],
  ],
  [
    'Shadertoy’s names as variables of a program with time and resolution',
    `uniform float time; uniform vec2 resolution;
float iTime = 0.0; vec3 iResolution = vec3(0.0);
void mainImage(out vec4 c, in vec2 p) { c = vec4(step(p / iResolution.xy, vec2(1)), step(iTime, -1.0), 1); }
void main() { iTime = time; iResolution = vec3(resolution, 0); mainImage(gl_FragColor, gl_FragCoord.xy); }`,
    [255, 255, 0],
  ],
  [
    'Shadertoy’s names as macros of one',
    `uniform float time; uniform vec2 resolution;
#define iTime time
#define iResolution vec3(resolution, 1)
const vec4 iMouse = vec4(0.0);
void mainImage(out vec4 c, in vec2 p) { c = vec4(0, step(0.0, iTime), step(p.x, iResolution.x) + iMouse.x, 1); }
void main() { mainImage(gl_FragColor, gl_FragCoord.xy); }`,
    [0, 255, 255],
  ],
  [
    'a helper called draw',
    `vec3 draw(vec2 p) { return vec3(step(0.0, p.x), 0, 0); }
void mainImage(out vec4 c, in vec2 p) { c = vec4(draw(p / iResolution.xy), 1); }`,
    [255, 0, 0],
  ],
  [
    'a macro that is called main',
    `#define main void mainImage(out vec4 o, vec2 u)
main { o.g += step(0.0, u.x); }`,
    [0, 255, 0],
  ],
  [
    'branches that both close a brace',
    `uniform vec2 u_resolution;
float side() {
#ifdef BALL
  return 0.0; }
#else
  return 1.0; }
#endif
void main() { float a = 0.0; a += side(); float b = a; gl_FragColor = vec4(0, b, 0, 1); }`,
    [0, 255, 0],
  ],
  [
    'initialisers with macros that end, and with what 1.00 does not have',
    `uniform float u_time;
#define T (0.5 * u_time)
float a = sin(T);
#undef T
void main() { gl_FragColor = vec4(step(abs(a - sin(0.5 * u_time)), 1e-3), 0, 0, 1); }`,
    [255, 0, 0],
  ],
  [
    'arrays with an initialiser',
    `uniform float u_time;
float w[3] = float[3](0., 1., 2.); float a = 0.0 * u_time + float(int(w[1]));
void main() { gl_FragColor = vec4(w[0], a, round(w[2]) - 1.0, 1); }`,
    [0, 255, 255],
  ],
  [
    'initialisers that read a varying',
    'varying vec3 vNormal; float z = vNormal.z; void main() { gl_FragColor = vec4(0, 0, z, 1); }',
    [0, 0, 255],
  ],
  [
    'an output in a branch that is not active, beside gl_FragColor',
    `#ifdef WEBGL2
out vec4 fragColor;
#else
#define fragColor gl_FragColor
#endif
void main() { fragColor = vec4(0, 1, 0, 1); }`,
    [0, 255, 0],
  ],
  ...(['', '#define MRT\n'] as const).map(
    (first) =>
      [
        `outputs in branches, ${first ? 'the first' : 'the second'} taken`,
        `#version 300 es
${first}precision highp float;
#ifdef MRT
layout(location = 0) out vec4 albedo; layout(location = 1) out vec4 other;
#define color albedo
#else
out vec3 color;
#endif
void main() { color.rg = vec2(1); }`,
        [255, 255, 0],
      ] as const,
  ),
];

const coloured = COLOURS.map(([id, text]) => programSource(id, text, conventionOf(text)));

let failures: readonly Failure[];
let pixels: Uint8Array;

const pictures = [
  ...programs.flatMap((program) => TIMES.map((time) => picture(program, time))),
  ...[...claims, ...coloured].map((program) => picture(program, 2)),
];
const pictureAt = (index: number) => pixels.subarray(index * BYTES, (index + 1) * BYTES);

beforeAll(async () => {
  const renderer = await Renderer.open({ resolution: SIDE, layers: pictures.length, programTimeout: 60_000 });
  try {
    failures = await renderer.load(pictures);
    pixels = await renderer.mix(unmixed(pictures.length, SIDE));
  } finally {
    await renderer.dispose();
  }
});

test('every program compiles', () => {
  expect(failures).toEqual([]);
});

describe('tiles of each convention are the golden ones', () => {
  const families = [...new Set(set.ids.map((id) => id.split('/')[0]!))];
  expect(families).toEqual(['book', 'own', 'plain', 'sandbox', 'shadertoy', 'twigl']);

  test.each(families)('%s', async (family) => {
    const of = set.ids.flatMap((id, i) => (id.startsWith(`${family}/`) ? TIMES.map((_, k) => i * TIMES.length + k) : []));
    await compareWithGolden(`conventions-${family}`, Buffer.concat(of.map(pictureAt)), SIDE);
  });
});

// The same place in every picture, rows from the top.
const at = (id: string, x: number, y: number, time = 0) => {
  const start = (y * SIDE + x) * 3;
  return [...pictureAt(set.ids.indexOf(id) * TIMES.length + time).subarray(start, start + 3)];
};

test('up is up, and what is no number is black', () => {
  // A red disc low on the left; z = sqrt(x) left of the middle.
  expect(at('own/corner', 16, 48)).toEqual([230, 26, 26]);
  expect(at('own/corner', 48, 4)[2]).toBeGreaterThan(at('own/corner', 48, 60)[2]!);
  expect(at('plain/nan', 10, 30)).toEqual([0, 0, 0]);
  expect(at('plain/nan', 50, 10)[2]).toBe(128);
});

test.each(claims.map(({ id }, i) => [id, programs.length * TIMES.length + i] as const))('%s', (_, index) => {
  expect(Math.min(...pictureAt(index))).toBe(255);
});

test.each(COLOURS.map(([id, , rgb], i) => [id, rgb, programs.length * TIMES.length + claims.length + i] as const))(
  'has its colour everywhere: %s',
  (_, rgb, index) => {
    const pixel = (i: number) => pictureAt(index).subarray(3 * i, 3 * i + 3).join();
    const found = new Set(Array.from({ length: SIDE * SIDE }, (_, i) => pixel(i)));
    expect([...found]).toEqual([rgb.join()]);
  },
);
