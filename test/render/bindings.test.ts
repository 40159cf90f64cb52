import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { BaseImage } from '../../src/dataset/dataset.js';
import type { RenderWorker as WorkerType } from '../../src/render/worker.js';
import { RenderWorker } from '../built.js';
import { chiSquare, chiSquareBound, correlation, mean } from '../core/goodness.js';
import { unmixed } from './programs.js';

/** What a program finds in its uniforms, read from its pixels: an expression of four numbers is drawn as four bytes. */

const SIDE = 16;
const [TIME, SEED] = [2.5, 77];
const GENES = Array.from({ length: 32 }, (_, i) => i / 32);

type Version = '1.00' | '3.00';
const VERSIONS: readonly Version[] = ['1.00', '3.00'];

/** A whole fragment shader in raw GLSL, without a word of any convention's own. */
function shader(version: Version, uniforms: string, expression: string): string {
  const declared = `precision highp float;\nprecision highp int;\n${uniforms}\n`;
  return version === '1.00'
    ? `${declared}void main() { gl_FragColor = vec4(${expression}) / 255.0; }`
    : `#version 300 es\n${declared}out vec4 color;\nvoid main() { color = vec4(${expression}) / 255.0; }`;
}

const drawing = (source: string, time = TIME): BaseImage => ({
  kind: 'program',
  program: { id: source, source },
  time,
  seed: SEED,
  genes: GENES,
});

let renderer: WorkerType;
beforeAll(async () => {
  renderer = await RenderWorker.open({ resolution: SIDE, layers: 4 });
});
afterAll(() => renderer?.dispose());

/** RGBA of every pixel, rows from the top; the child that draws must survive it. */
async function pixelsOf(...bases: readonly BaseImage[]): Promise<Uint8Array> {
  const { pid } = renderer;
  expect(await renderer.load(bases)).toEqual([]);
  const pixels = await renderer.read(bases.length);
  expect(renderer.pid).toBe(pid);
  return pixels;
}

const drawn = async (source: string) => [...(await pixelsOf(drawing(source))).subarray(0, 4)];

describe.each(VERSIONS)('in GLSL ES %s', (version) => {
  test.each<[string, string, string, readonly number[]]>([
    [
      'resolution and time of the Sandbox and of classic programs',
      'uniform vec2 resolution; uniform float time; uniform vec2 mouse;',
      'resolution, 10.0 * time, mouse.x + mouse.y',
      [SIDE, SIDE, 25, 0],
    ],
    [
      'their short names',
      'uniform vec2 r; uniform float t; uniform float f; uniform vec2 m;',
      'r + m, 10.0 * t, f',
      [SIDE, SIDE, 25, 150],
    ],
    ['frame', 'uniform float frame;', 'frame', [150, 150, 150, 150]],
    [
      'those of The Book of Shaders',
      'uniform vec2 u_resolution; uniform float u_time; uniform vec2 u_mouse;',
      'u_resolution + u_mouse, 10.0 * u_time, 0.0',
      [SIDE, SIDE, 25, 0],
    ],
    [
      'those of Shadertoy, whose resolution has an aspect of pixels',
      'uniform vec3 iResolution; uniform float iTime; uniform int iFrame; uniform vec4 iMouse;',
      '0.5 * (iResolution.x + iResolution.y), 7.0 * iResolution.z + iMouse.x, 10.0 * iTime, float(iFrame)',
      [SIDE, 7, 25, 150],
    ],
    [
      'its older time, and its rates',
      'uniform float iGlobalTime; uniform float iTimeDelta; uniform float iFrameRate; uniform float iSampleRate;',
      '10.0 * iGlobalTime, 600.0 * iTimeDelta, iFrameRate, iSampleRate / 441.0',
      [25, 10, 60, 100],
    ],
    [
      // Year, month from 0, day, seconds.
      'its date',
      'uniform vec4 iDate;',
      'iDate.x / 10.0, iDate.y, iDate.z, 10.0 * iDate.w',
      [200, 0, 1, 25],
    ],
    [
      'the times of its channels',
      'uniform float iChannelTime[4];',
      '10.0 * iChannelTime[0], 10.0 * iChannelTime[1], 10.0 * iChannelTime[2], 10.0 * iChannelTime[3]',
      [25, 25, 25, 25],
    ],
    [
      'the sizes of its channels',
      'uniform vec3 iChannelResolution[4];',
      '(iChannelResolution[0] + iChannelResolution[3]) / vec3(4.0, 4.0, 0.25), iChannelResolution[1].z',
      [128, 128, 8, 1],
    ],
    [
      'seed and genes',
      'uniform int seed; uniform float genes[32];',
      'float(seed), 32.0 * genes[0], 32.0 * genes[9], 32.0 * genes[31]',
      [SEED, 0, 9, 31],
    ],
    ['fewer genes than there are', 'uniform float genes[4];', '32.0 * genes[3]', [3, 3, 3, 3]],
    [
      'whole numbers where they are asked for',
      'uniform int time; uniform int frame; uniform int u_time;',
      'float(time), float(frame), float(u_time), 0.0',
      [2, 150, 2, 0],
    ],
    [
      'as many components as are asked for',
      'uniform float iResolution; uniform vec3 resolution; uniform vec4 u_resolution; uniform vec2 time;',
      'iResolution, resolution.z, u_resolution.z + 4.0 * u_resolution.w, 10.0 * time.x + time.y',
      [SIDE, 1, 1, 25],
    ],
    [
      'zero in what no convention has',
      'uniform vec3 colour; uniform mat2 turn; uniform bool flag; uniform ivec2 resolution; uniform float weights[3];',
      'colour.x + turn[0].x, flag ? 1.0 : 0.0, float(resolution.x), weights[2]',
      [0, 0, 0, 0],
    ],
    [
      'no name within a structure',
      'struct Clock { float time; }; uniform Clock clock; uniform float time;',
      '10.0 * clock.time, 10.0 * time, 0.0, 0.0',
      [0, 25, 0, 0],
    ],
  ])('%s', async (_, uniforms, expression, expected) => {
    expect(await drawn(shader(version, uniforms, expression))).toEqual(expected);
  });

  test('every picture has its own', async () => {
    const source = shader(version, 'uniform float time; uniform float t;', '10.0 * time, 20.0 * t, 0.0, 255.0');
    const all = await pixelsOf(...[3, 1, 2].map((time) => drawing(source, time)));
    const bytes = SIDE * SIDE * 4;
    expect([0, 1, 2].map((i) => [...all.subarray(i * bytes, i * bytes + 3)])).toEqual([
      [30, 60, 0],
      [10, 20, 0],
      [20, 40, 0],
    ]);
  });
});

/** Texel (x, y) of a texture at pixel (x, y) from the bottom left; `shift` in texels. */
const texels = (sampler: string, shift = 'vec2(0.0)'): string =>
  shader('3.00', `uniform sampler2D ${sampler};`, `255.0 * texture(${sampler}, (gl_FragCoord.xy + ${shift}) / 256.0)`);

describe('a texture that a program lacks', () => {
  test('is uniform noise, channels and neighbours on their own', async () => {
    const places = Array.from({ length: 16 }, (_, i) => `vec2(${(i % 4) * SIDE}.0, ${Math.floor(i / 4) * SIDE}.0)`);
    const parts: number[][] = [];
    for (const place of places) parts.push([...(await pixelsOf(drawing(texels('iChannel0', place))))]);
    const levels = parts.flat();
    // 0 … 255 uniformly has the deviation 73.9.
    expect(Math.abs(mean(levels) - 127.5)).toBeLessThan((4 * 73.9) / Math.sqrt(levels.length));
    const bins = new Array<number>(16).fill(0);
    for (const level of levels) bins[level >> 4]!++;
    expect(
      chiSquare(
        bins,
        bins.map(() => levels.length / 16),
      ),
    ).toBeLessThan(chiSquareBound(15));
    // The next channel, the next pixel, the next row.
    for (const lag of [1, 4, 4 * SIDE]) {
      const before = parts.flatMap((part) => part.slice(0, -lag));
      const after = parts.flatMap((part) => part.slice(lag));
      expect(Math.abs(correlation(before, after)), String(lag)).toBeLessThan(4 / Math.sqrt(after.length));
    }
  });

  test('is the same by any name, in any process, and repeated', async () => {
    const first = await pixelsOf(drawing(texels('iChannel0')));
    expect(new Set(first).size).toBeGreaterThan(200);
    for (const source of [
      texels('iChannel3'),
      texels('u_tex0'),
      texels('anything'),
      texels('iChannel1', 'vec2(256.0, -512.0)'),
    ])
      expect(Buffer.from(await pixelsOf(drawing(source))).equals(first)).toBe(true);
    const other = await RenderWorker.open({ resolution: SIDE, layers: 1 });
    try {
      expect(await other.load([drawing(texels('iChannel0'))])).toEqual([]);
      expect(Buffer.from(await other.read(1)).equals(first)).toBe(true);
    } finally {
      await other.dispose();
    }
  });

  test('is as large as programs are told, and smooth where it is made small', async () => {
    const [size, blurred] = [
      shader(
        '3.00',
        'uniform sampler2D iChannel0; uniform vec3 iChannelResolution[4];',
        'vec2(textureSize(iChannel0, 0)) / 2.0, iChannelResolution[0].xy / 2.0',
      ),
      shader('3.00', 'uniform sampler2D iChannel0;', '255.0 * textureLod(iChannel0, vec2(0.5), 8.0)'),
    ];
    expect(await drawn(size)).toEqual([128, 128, 128, 128]);
    for (const level of await drawn(blurred)) expect(Math.abs(level - 127.5)).toBeLessThan(8);
  });

  test.each(['b', 'b0', 'backbuffer', 'backbuffer0', 'u_buffer0', 'u_backbuffer', 'iKeyboard'])(
    'is black as %s, what was drawn before or pressed',
    async (name) => {
      const all = await pixelsOf(drawing(texels(name)));
      expect(all).toEqual(Uint8Array.from({ length: SIDE * SIDE * 4 }, (_, i) => (i % 4 === 3 ? 255 : 0)));
    },
  );

  test('is noise in every place of an array', async () => {
    const noise = await pixelsOf(drawing(texels('iChannel0')));
    const at = (i: number) => `texture(textures[${i}], gl_FragCoord.xy / 256.0).r`;
    const all = await pixelsOf(
      drawing(shader('3.00', 'uniform sampler2D textures[3];', `255.0 * vec4(${at(0)}, ${at(1)}, ${at(2)}, 0.0)`)),
    );
    for (let i = 0; i < all.length; i += 4) expect([...all.subarray(i, i + 3)]).toEqual([noise[i], noise[i], noise[i]]);
  });

  test('takes nothing from uploads and mixes around it', async () => {
    const picture = Uint8Array.from({ length: SIDE * SIDE * 3 }, (_, i) => (i * 7) % 256);
    const bases = [drawing(texels('iChannel0')), { kind: 'pixels', pixels: picture } as const, drawing(texels('b'))];
    expect(await renderer.load(bases)).toEqual([]);
    const mixed = await renderer.mix(unmixed(3, SIDE));
    expect([...mixed.subarray(picture.length, 2 * picture.length)]).toEqual([...picture]);
    const noise = await pixelsOf(drawing(texels('iChannel0')));
    expect([...mixed.subarray(0, picture.length)]).toEqual([...noise].filter((_, i) => i % 4 < 3));
  });
});

/** Sampling in ES 3.00 of kinds that no texture is there for; what they give is not said, only that they do no harm. */
describe('a sampler of another kind', () => {
  const cube = 'uniform samplerCube cube;';
  const volume = 'precision highp sampler3D; uniform sampler3D volume;';
  test.each<[string, string, string]>([
    ['a cube', cube, 'texture(cube, vec3(gl_FragCoord.xy, 1.0))'],
    ['a volume', volume, 'texture(volume, gl_FragCoord.xyx / 16.0)'],
    ['an array', 'precision highp sampler2DArray; uniform sampler2DArray a;', 'texture(a, gl_FragCoord.xyx / 16.0)'],
    ['whole numbers', 'precision highp isampler2D; uniform isampler2D i;', 'texture(i, gl_FragCoord.xy / 16.0)'],
    [
      'a shadow',
      'precision highp sampler2DShadow; uniform sampler2DShadow s;',
      'texture(s, vec3(gl_FragCoord.xy / 16.0, 0.5))',
    ],
    [
      'a cube beside a picture',
      `${cube} uniform sampler2D iChannel1;`,
      'texture(cube, vec3(1.0)) + texture(iChannel1, vec2(0.5))',
    ],
    ['a cube beside a volume', `${cube} ${volume}`, 'texture(cube, vec3(1.0)) + texture(volume, vec3(0.5))'],
    ['several cubes', 'uniform samplerCube cubes[3];', 'texture(cubes[0], vec3(1.0)) + texture(cubes[2], vec3(1.0))'],
  ])('(%s) costs no child and raises no error', async (_, uniforms, expression) => {
    await pixelsOf(drawing(shader('3.00', uniforms, expression)));
  });
});
