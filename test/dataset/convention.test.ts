import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { UserError } from '../../src/core/errors.js';
import { CONVENTIONS, conventionOf, parseConvention, programSource } from '../../src/dataset/convention.js';
import { conventionOfMode } from '../../src/dataset/convention-twigl.js';
import { explainLog } from '../../src/dataset/program-text.js';

const FIXTURES = join(import.meta.dirname, '..', 'fixtures', 'programs');
const fixture = (path: string) => readFileSync(join(FIXTURES, path), 'utf8');

/** A program's text without the wrapper, as lines with the numbers that a driver counts. */
function numbered(source: string): Map<number, string> {
  const lines = new Map<number, string>();
  let next = Number.NaN;
  for (const line of source.split('\n')) {
    if (line === '#line 1 1') next = 1;
    else lines.set(next++, line);
  }
  return lines;
}

const IMAGE = 'void mainImage(out vec4 c, in vec2 p) { c = vec4(p / iResolution.xy, iTime, 1); }';
const PORT = `${IMAGE}\nvoid main() { mainImage(gl_FragColor, gl_FragCoord.xy); }`;

describe('recognised by content', () => {
  test.each([
    ['own/corner.frag', 'fidsweep'],
    ['shadertoy/rings.json', 'shadertoy'],
    ['shadertoy/old.fragment', 'shadertoy'],
    ['shadertoy/tiles.frag', 'shadertoy'],
    ['book/wave.frag', 'book-of-shaders'],
    ['book/picture.glsl', 'book-of-shaders'],
    ['sandbox/surface.fs', 'glsl-sandbox'],
    ['sandbox/orbs', 'glsl-sandbox'],
    ['plain/simple.shader', 'plain-100'],
    ['plain/strict.txt', 'plain-100'],
    ['plain/modern.frag', 'plain-300'],
    ['plain/nan.frag', 'plain-300'],
  ])('%s: %s', (path, convention) => {
    expect(conventionOf(fixture(path))).toBe(convention);
  });

  // The texts alone, without the mode files, tell nearly all modes.
  test.each(readdirSync(join(FIXTURES, 'twigl', 'fragments')))('TwiGL’s %s as its mode file has it', (file) => {
    const text = fixture(`twigl/fragments/${file}`);
    expect(conventionOf(text)).toBe(conventionOfMode(fixture(`twigl/modes/${file}`)));
  });

  test('what a comment says does not count', () => {
    expect(conventionOf('// void mainImage(out vec4 c, in vec2 p)\nvoid main() { gl_FragColor = vec4(1); }')).toBe(
      'plain-100',
    );
    expect(conventionOf('/* vec3 draw(vec2 p) */ o = vec4(FC.x)')).toBe('twigl-geekest-300');
  });

  test('a mainImage that is called by a main with uniforms of its own is a whole program', () => {
    const image = 'void mainImage(out vec4 c, vec2 p) { c = vec4(p, iTime, 1); }';
    expect(conventionOf(image)).toBe('shadertoy');
    const main = `uniform float iTime;\n${image}\nvoid main() { mainImage(gl_FragColor, gl_FragCoord.xy); }`;
    expect(conventionOf(main)).toBe('plain-100');
    expect(conventionOf(`#version 300 es\nout vec4 c;\n${main.replace('gl_FragColor', 'c')}`)).toBe('plain-300');
  });

  test.each([
    // Swizzles and a macro's parameters are not TwiGL's r and t.
    ['in vec2 vUv; out vec4 outColor; void main() { outColor = vec4(vUv.s, vUv.t, 0, 1); }', 'plain-300'],
    ['varying vec2 v; float t; void main() { vec4 c = vec4(1); t = c.r; gl_FragColor = c; }', 'plain-100'],
    [
      '#define S(r, t) smoothstep(r, t, .5)\nvoid main() { float a = 0., r = 1.; gl_FragColor = vec4(S(a, r)); }',
      'plain-100',
    ],
    ['void main() { gl_FragColor = vec4(gl_FragCoord.xy / r, t, 1); }', 'twigl-geeker'],
    // Ports of Shadertoy's, with an entry point of their own.
    [`uniform float time; float iTime = 0.0; vec3 iResolution = vec3(0.0);\n${PORT}`, 'twigl-classic'],
    [`uniform float time;\n#define iTime time\n#define iResolution vec3(1)\n${PORT}`, 'twigl-classic'],
    // One that is for trying it elsewhere: what it uses is nobody's but Shadertoy's.
    [PORT, 'shadertoy'],
    ['#define main void mainImage(out vec4 o, vec2 u)\nmain { o = vec4(u, 0, 1); }', 'shadertoy'],
    // A helper that is called draw.
    [`vec3 draw(vec2 p) { return vec3(p, 1); }\n${IMAGE}`, 'shadertoy'],
    ['vec3 draw(vec2 p) { return vec3(p, 1); } void main() { gl_FragColor = vec4(draw(vec2(0)), 1); }', 'plain-100'],
  ])('%s: %s', (text, convention) => {
    expect(conventionOf(text)).toBe(convention);
  });

  test.each([
    ['', 'an empty file'],
    [' \n\t', 'an empty file'],
    ['// nothing', 'no program: there is nothing but comments'],
    ['/* open', 'a comment that begins with /* is never closed'],
    ['#version 330 core\nvoid main() {}', 'GLSL version 330, expected GLSL ES 1.00 or 3.00'],
    ['void main() { gl_Position = vec4(0); }', 'a vertex shader: it sets gl_Position'],
    ['float noise(vec2 o) { float a = 1.0; return a; }', /^no program: it defines neither main/],
    ['Read me: these are my shaders (all of them).', /^no program: it defines neither main/],
  ])('no program: %j', (text, message) => {
    expect(() => conventionOf(text)).toThrow(UserError);
    expect(() => conventionOf(text)).toThrow(message);
  });

  test('names of conventions', () => {
    expect(CONVENTIONS.map(parseConvention)).toEqual(CONVENTIONS);
    expect(CONVENTIONS).toHaveLength(6 + 12);
    expect(() => parseConvention('twigl')).toThrow(
      /^convention: got "twigl", expected fidsweep, shadertoy, twigl-classic/,
    );
  });
});

describe('mode files', () => {
  test.each([
    ['geekest\nTrue\nFalse\nFalse\n', 'twigl-geekest-300'],
    ['geek\r\nFalse\r\nFalse\r\nTrue', 'twigl-geek'],
    ['\ufeffgeeker\nTrue\nTrue\nFalse\n\n', 'twigl-geeker-mrt'],
  ])('%j', (text, convention) => {
    expect(conventionOfMode(text)).toBe(convention);
  });

  test.each([
    '',
    'geekest',
    'geekest\nTrue\nFalse',
    'geekest\ntrue\nfalse\nfalse',
    '../x\nTrue\nTrue\nTrue',
    'geek\nTrue\nTrue\nTrue\nmore',
  ])('refused: %j', (text) => {
    expect(() => conventionOfMode(text)).toThrow(/^expected classic, geek, geeker, geekest and three lines of True or/);
  });
});

describe('a wrapped program', () => {
  const BLOCK = 'needs a uniform block: Block';
  const all = readdirSync(FIXTURES, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.parentPath.endsWith('modes') && entry.name !== 'feedback.json')
    .map((entry) => join(entry.parentPath, entry.name).slice(FIXTURES.length + 1));

  test.each(all)('%s keeps its lines, and its version stands first', (path) => {
    const text = fixture(path);
    const made = programSource('x', text, conventionOf(text));
    const newer = made.source.startsWith('#version 300 es\n');
    expect(made.source.split('#version').length - 1).toBe(newer ? 1 : 0);
    if (!newer) expect(made.fallback?.startsWith('#version 300 es\n')).toBe(true);
    if (text.startsWith('{') || text.startsWith('[')) return;
    for (const source of [made.source, made.fallback ?? made.source]) {
      const lines = numbered(source);
      // Words alone: some are renamed, declarations move, but what is left stands on its line.
      for (const [i, line] of text.split(/\r?\n/).entries()) {
        const [kept] = /\b(?:smoothstep|fract|atan|floor|cos|sqrt)\b/.exec(line.replace(/\/[/*].*/, '')) ?? [];
        if (kept !== undefined && !line.includes('float slow')) expect(lines.get(i + 1), line).toContain(kept);
      }
    }
  });

  test('a log’s line is the file’s', () => {
    const text = '/* one\n two */\n#define A \\\n  1.0\nvoid main() {\n  broken;\n}\n';
    const { source, fallback } = programSource('x', text, 'plain-100');
    expect(numbered(source).get(6)).toBe('  broken;');
    expect(numbered(fallback!).get(6)).toBe('  broken;');
    expect(explainLog('x', "ERROR: 1:6: 'broken' : undeclared identifier")).toBe(
      "x:6: 'broken' : undeclared identifier",
    );
  });

  test('a log’s line is the file’s behind outputs in branches', () => {
    const text = '#ifdef A\nout vec4\n a; float b;\n#else\nout vec3 c;\n#endif\nvoid main() {\n  broken;\n}\n';
    const lines = new Map<number, string>();
    let next = Number.NaN;
    for (const line of programSource('x', text, 'plain-300').source.split('\n')) {
      const [, given] = /^#line (\d+) 1$/.exec(line) ?? [];
      if (given === undefined) lines.set(next++, line);
      else next = Number(given);
    }
    expect(lines.get(3)).toBe(' float b;');
    expect(lines.get(4)).toBe('#else');
    expect(lines.get(8)).toBe('  broken;');
  });

  test('of Shadertoy: common code in front, textures noise, keyboards and empty channels black', () => {
    const { source, fallback } = programSource('x', fixture('shadertoy/rings.json'), 'shadertoy');
    expect(fallback).toBeUndefined();
    expect(source.indexOf('float ring')).toBeLessThan(source.indexOf('void mainImage'));
    expect(source).toContain('uniform sampler2D iChannel0;');
    for (const i of [1, 2, 3]) expect(source).toContain(`#define iChannel${i} iKeyboard${i}`);
    expect(source).not.toContain('mainSound');
  });

  test('of Shadertoy as the site’s API has it, from before it had GLSL ES 3.00', () => {
    const { source, fallback } = programSource('x', fixture('shadertoy/old.fragment'), 'shadertoy');
    expect(source).toContain('texture2D(');
    expect(fallback).toContain('texture(iChannel0, p)');
  });

  const json = (input: object, code = 'void mainImage(out vec4 c, vec2 p) { c = texture(iChannel1, p); }') =>
    JSON.stringify({ renderpass: [{ type: 'image', code, inputs: [{ channel: 1, ...input }] }] });

  test.each([
    [fixture('shadertoy/feedback.json'), 'needs multi-pass buffers: iChannel0 (buffer)'],
    [json({ ctype: 'buffer' }), 'needs multi-pass buffers: iChannel1 (buffer)'],
    [json({ type: 'musicstream' }), 'needs audio: iChannel1 (musicstream)'],
    [json({ ctype: 'volume' }), 'needs a 3-D texture: iChannel1 (volume)'],
    [json({ ctype: 'cubemap' }), 'needs a cube map: iChannel1 (cubemap)'],
    [json({ ctype: 'webcam' }), 'needs a video: iChannel1 (webcam)'],
    [json({ ctype: 'constructor' }), 'needs an input that is not known: iChannel1 (constructor)'],
    [json({ ctype: { toString: 1 } }), 'needs an input that is not known: iChannel1 (object)'],
    [json({ channel: '1', ctype: 'mic' }), 'needs audio: iChannel1 (mic)'],
    ['uniform Block { vec4 a; }; void main() { gl_FragColor = a; }', 'needs a uniform block: Block'],
    ['layout(std140) uniform Block { vec4 a; } b; void mainImage(out vec4 c, vec2 p) { c = b.a; }', BLOCK],
    ['uniform Block { vec4 a; };\nvec3 draw(vec2 p) { return a.rgb; }', BLOCK],
    [json({}, 'uniform Block { vec4 a; }; void mainImage(out vec4 c, vec2 p) { c = a; }'), BLOCK],
    ['out ivec4 c; void main() { c = ivec4(1); }', 'needs an output of whole numbers: c'],
    ['layout(location = 0) out highp uvec4 c; void main() { c = uvec4(1); }', 'needs an output of whole numbers: c'],
    ['varying vec2 uv[2]; void main() { gl_FragColor = vec4(uv[0], uv[1]); }', 'needs a vertex stage: uv'],
    ['in vec2[2] uv; out vec4 c; void main() { c = vec4(uv[0], uv[1]); }', 'needs a vertex stage: uv'],
    ['flat in int face; out vec4 c; void main() { c = vec4(face); }', 'needs a vertex stage: face'],
    ['uniform samplerCube sky; void main() { gl_FragColor = textureCube(sky, vec3(1)); }', 'needs a cube map: sky'],
    [
      '#version 300 es\nuniform highp sampler3D n; out vec4 c; void main() { c = texture(n, vec3(0)); }',
      'needs a 3-D texture: n',
    ],
    ['vec2 p=FC.xy/r;o0=texture(b1,p);o1=o0;', 'needs multi-pass buffers: b1'],
    [
      'uniform sampler2D u_buffer0; uniform vec2 u_resolution;\n#ifdef BUFFER_0\nvoid main() {}\n#else\nvoid main() {}\n#endif',
      'needs multi-pass buffers: BUFFER_0',
    ],
  ])('that needs what is not there: %#', (text, message) => {
    expect(() => programSource('x', text, conventionOf(text))).toThrow(new UserError(message));
  });

  test.each([
    { channel: { valueOf: 1 }, ctype: 'music' },
    { channel: null, ctype: 'music' },
    { channel: [1], ctype: 'music' },
  ])('an input of no channel is none: %j', (input) => {
    expect(programSource('x', json(input), 'shadertoy').source).toContain('#define iChannel1 iKeyboard1');
  });

  test('does not need what it does not read', () => {
    expect(() => programSource('x', 'varying mat3 m[2]; void main() { }', 'plain-100')).not.toThrow();
    const unread = json({ ctype: 'music' }, 'void mainImage(out vec4 c, vec2 p) { c = vec4(1); }');
    expect(() => programSource('x', unread, 'shadertoy')).not.toThrow();
    const declared = 'uniform samplerCube sky;\nvoid main() { gl_FragColor = vec4(1); }';
    expect(() => programSource('x', declared, 'plain-100')).not.toThrow();
    // A variable of that name is no buffer.
    expect(() => programSource('x', 'vec2 b1=FC.xy/r;o0=vec4(b1,0,1);', 'twigl-geekest-mrt')).not.toThrow();
  });

  test.each([
    ['{"renderpass": [', /^broken JSON: /],
    ['[]', 'JSON with 0 programs, expected one a file'],
    ['[{}, {}]', 'JSON with 2 programs, expected one a file'],
    ['{"name": "x"}', /^JSON without "renderpass"/],
    ['{"renderpass": []}', 'JSON without a pass of type "image"'],
    ['{"renderpass": [{"type": "image"}]}', 'a "renderpass" without "code"'],
    ['[null]', /^JSON without "renderpass"/],
  ])('JSON that is no program: %j', (text, message) => {
    expect(conventionOf(text)).toBe('shadertoy');
    expect(() => programSource('x', text, 'shadertoy')).toThrow(UserError);
    expect(() => programSource('x', text, 'shadertoy')).toThrow(message);
  });

  test('texts built to be scanned for ever end', () => {
    const parts = ['(', '?', '/*', '/**/', '#', '\\\n', ';in a(', ';layout(', '{"', 'a ', 'uniform '];
    const directives = ['#if 1\n', '\n#elif 1\n;out vec4 c;', '\n#define a a a\n', '\n#define a(b\n'];
    for (const part of [...parts, ...directives, 'float a=b,', 'float a;', ';in vec2[', ';float a=a;\n#undef a\n'])
      for (const convention of ['plain-100', 'shadertoy'] as const) {
        try {
          programSource('x', `#if 1\n${part.repeat(30_000)}`, convention);
        } catch (error) {
          expect(error).toBeInstanceOf(UserError);
        }
      }
  });
});
