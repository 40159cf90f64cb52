import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { grammarProgram, writeProgram } from '../../src/dataset/grammar.js';
import { SURFACES } from '../../src/dataset/grammar-cells.js';
import { RAMPS } from '../../src/dataset/grammar-colour.js';
import { FIELDS } from '../../src/dataset/grammar-fields.js';
import { FINISHES } from '../../src/dataset/grammar-finish.js';
import { LAYERS } from '../../src/dataset/grammar-layers.js';
import { SKIES } from '../../src/dataset/grammar-skies.js';
import { ARRANGEMENTS, SOLIDS } from '../../src/dataset/grammar-solids.js';
import { MOTIFS, TILINGS } from '../../src/dataset/grammar-tiles.js';
import { WARPS, WILD_WARPS } from '../../src/dataset/grammar-warps.js';
import { glsl } from '../../src/dataset/grammar-writer.js';

const LIBRARY = join(import.meta.dirname, '../../shaders/lib');
const library = new Map(
  readdirSync(LIBRARY).map((file) => [file.replace('.glsl', ''), readFileSync(join(LIBRARY, file), 'utf8')]),
);
const programs = Array.from({ length: 2000 }, (_, i) => writeProgram(7, i));

const INCLUDE = /^#include <(.+)>$/gm;
const withoutComments = (text: string) => text.replace(/\/\/.*$/gm, '');

/** A text's own functions, and those that the library files it includes define, with theirs. */
function defined(text: string, seen = new Set<string>()): Set<string> {
  const names = new Set<string>();
  for (const [, name] of text.matchAll(/^(?:float|vec[234]|mat2|uint|uvec3|Tile) (\w+)\(/gm)) names.add(name!);
  for (const [, file] of text.matchAll(INCLUDE)) {
    if (seen.has(file!)) continue;
    seen.add(file!);
    for (const name of defined(library.get(file!) ?? '', seen)) names.add(name);
  }
  return names;
}

const PRELUDE = ['gene', 'ease'];
const BUILTIN =
  'abs asin atan ceil clamp cos cross distance dot exp floor for fract if inversesqrt length log max min mix mod normalize pow reflect sin sqrt step float int vec2 vec3 vec4 return else'.split(
    ' ',
  );

describe('grammarProgram', () => {
  it('is the same for the same seed and index, in any order, and another for another', () => {
    expect(grammarProgram(3, 17)).toBe(grammarProgram(3, 17));
    expect(grammarProgram(7, 5)).toBe(programs[5]!.text);
    expect(grammarProgram(3, 17)).not.toBe(grammarProgram(4, 17));
    expect(grammarProgram(2 ** 40, 20_999)).not.toBe(grammarProgram(2 ** 41, 20_999));
  });

  it('writes texts that differ, and nearly all in more than their constants', () => {
    expect(new Set(programs.map(({ text }) => text)).size).toBe(programs.length);
    const structures = programs.map(({ text }) => withoutComments(text).replace(/\d+(\.\d*)?/g, '#'));
    expect(new Set(structures).size).toBeGreaterThanOrEqual(0.99 * programs.length);
  });

  it('says what is drawn, in at most 60 lines', () => {
    for (const { text } of programs) {
      expect(text).toMatch(/^\/\/ Draws: [a-z].*\.\n/);
      expect(text.trimEnd().split('\n').length).toBeLessThanOrEqual(60);
      expect(text.match(/vec3 draw\(vec2 p\) \{/g)).toHaveLength(1);
    }
  });

  it('includes files of the library only, and calls what they, the prelude or itself define', () => {
    for (const { text } of programs) {
      for (const [, file] of text.matchAll(INCLUDE)) expect(library.has(file!), file).toBe(true);
      const known = new Set([...defined(text), ...PRELUDE, ...BUILTIN]);
      const unknown = [...withoutComments(text).matchAll(/(?<!\.)\b([a-zA-Z_]\w*)\(/g)].filter(
        ([, name]) => !known.has(name!),
      );
      expect(unknown.map(([, name]) => name)).toEqual([]);
    }
  });

  it('calls every function that it defines, and reads no gene beyond 31', () => {
    for (const { text } of programs) {
      for (const [, name] of text.matchAll(/^(?:float|vec3) (\w+)\(/gm))
        if (name !== 'draw' && name !== 'scene')
          expect(text.split(new RegExp(`\\b${name}\\(`)).length, name).toBeGreaterThan(2);
      for (const [, gene] of text.matchAll(/gene\((\d+)/g)) expect(Number(gene)).toBeLessThan(32);
      for (const [, first] of text.matchAll(/(?:stops|palette)\(.*, (\d+)\)/g)) expect(Number(first)).toBeLessThan(27);
    }
  });

  it('keeps to what GLSL defines: ease for soft steps, balanced brackets, numbers with a point', () => {
    for (const { text } of programs) {
      expect(text).not.toMatch(/smoothstep|NaN|Infinity|undefined|\de[-+]?\d/);
      for (const [open, close] of ['()', '{}']) expect(text.split(open!).length).toBe(text.split(close!).length);
    }
  });

  it('reaches every part', () => {
    const reached = new Set(programs.flatMap(({ parts }) => parts));
    const all = [
      WARPS,
      WILD_WARPS,
      FIELDS,
      RAMPS,
      SURFACES,
      TILINGS,
      MOTIFS,
      LAYERS,
      SKIES,
      SOLIDS,
      ARRANGEMENTS,
      FINISHES,
    ];
    const names = all.flatMap((parts) => parts.map(({ name }) => name)).filter(Boolean);
    expect(names.length).toBeGreaterThan(130);
    expect(names.filter((name) => !reached.has(name))).toEqual([]);
  });

  it('lets no part into more than half of the programs', () => {
    const count = new Map<string, number>();
    for (const { parts } of programs) for (const part of new Set(parts)) count.set(part, (count.get(part) ?? 0) + 1);
    count.delete('');
    for (const [part, n] of count) expect(n / programs.length, part).toBeLessThan(0.5);
  });
});

describe('glsl', () => {
  it('writes floats to two or three digits, always with a point', () => {
    expect([glsl(1), glsl(-0.126), glsl(12.345), glsl(0.004), glsl(0.5)]).toEqual([
      '1.0',
      '-0.13',
      '12.3',
      '0.0',
      '0.5',
    ]);
  });
});
