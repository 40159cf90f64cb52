import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '../core/errors.js';
import { PACKAGE_ROOT } from '../core/paths.js';
import { lacking } from './convention-lacking.js';
import { globalsOf, type Parsed } from './convention-parsed.js';
import { definitionsOf, freeWords } from './convention-tokens.js';
import type { Wrapping } from './convention-wrap.js';

const MODES = ['classic', 'geek', 'geeker', 'geekest'] as const;
type Mode = (typeof MODES)[number];

/** A mode in GLSL ES 1.00, in 3.00, and in 3.00 with several outputs. */
export type TwiglConvention = `twigl-${Mode}${'' | '-300' | '-mrt'}`;

export const TWIGL: readonly TwiglConvention[] = MODES.flatMap((mode) => [
  `twigl-${mode}` as const,
  `twigl-${mode}-300` as const,
  `twigl-${mode}-mrt` as const,
]);

export const isTwigl = (convention: string): convention is TwiglConvention => TWIGL.some((name) => name === convention);

/**
 * The convention that a mode file names: lines with a mode, whether it is GLSL ES 3.00, whether it has several outputs, and
 * whether assignments in branches of `?:` need parentheses, which they do not here: GLSL's own grammar takes them.
 *
 * @throws UserError for a text that is none
 */
export function conventionOfMode(text: string): TwiglConvention {
  const [mode = '', newer = '', several = '', ternary = '', ...rest] = text
    .replace(/^\ufeff/, '')
    .split('\n', 64)
    .map((line) => line.trim());
  const known = MODES.find((name) => name === mode);
  const flags = [newer, several, ternary].every((flag) => flag === 'True' || flag === 'False');
  if (!known || !flags || rest.some((line) => line))
    throw new UserError(`expected ${MODES.join(', ')} and three lines of True or False`);
  return `twigl-${known}${several === 'True' ? '-mrt' : newer === 'True' ? '-300' : ''}`;
}

let functions: string | undefined;
const geekestFunctions = (): string =>
  (functions ??= readFileSync(join(PACKAGE_ROOT, 'shaders', 'conventions', 'twigl.glsl'), 'utf8'));

/** Uniforms that the modes from geeker on declare. */
const GIVEN: readonly (readonly [type: string, name: string])[] = [
  ['vec2', 'r'],
  ['vec2', 'm'],
  ['float', 't'],
  ['float', 'f'],
  ['float', 's'],
  ['sampler2D', 'b'],
  ...Array.from({ length: 4 }, (_, i) => ['sampler2D', `b${i}`] as const),
];

/**
 * Refuses a program that reads back what it wrote beside its colour. Its colour read back is black, as for every program
 * that feeds on its last picture: there is none.
 */
function checkFeedback(parsed: Parsed, declared: ReadonlySet<string>): void {
  const own = globalsOf(parsed, 'uniform').map(({ name }) => name);
  for (const [word, count] of parsed.words)
    if (/^(b|backbuffer)[1-9]$/.test(word) && (own.includes(word) ? count > 1 : !declared.has(word)))
      throw lacking(`multi-pass buffers: ${word}`);
}

/** @throws UserError for a program that needs more than one pass */
export function twiglWrapping(parsed: Parsed, convention: TwiglConvention): Wrapping {
  const [, mode, kind] = convention.split('-') as ['twigl', Mode, '300' | 'mrt' | undefined];
  const version = kind ? 300 : 100;
  const { words } = parsed;
  const isWhole = words.has('main');
  const { names, globals } = definitionsOf(parsed.tokens);
  if (kind === 'mrt') checkFeedback(parsed, names);
  if (mode === 'classic' || mode === 'geek') return { version };
  const declared = new Set(parsed.declarations.flatMap((declaration) => declaration.globals).map(({ name }) => name));
  // Variables of a body alone hide what is given, and begin with it: `float t = t * .5;`.
  const isOwn = (name: string) => declared.has(name) || (isWhole && globals.has(name));
  const used = freeWords(parsed.tokens);
  const isMissing = (name: string) => used.has(name) && !isOwn(name);
  const lines = GIVEN.filter(([, name]) => isMissing(name)).map(([type, name]) => `uniform ${type} ${name};`);
  const outputs = kind === 'mrt' ? ['o0', 'o1', 'o2', 'o3'] : kind ? ['o'] : [];
  // Programs add to their output before they have set it.
  const given = globalsOf(parsed, 'out').length ? [] : outputs.filter((name) => !isOwn(name));
  for (const name of given) lines.push(`vec4 ${name} = vec4(0.0);`);
  const color = given[0] === undefined ? {} : { color: given[0] };
  if (mode === 'geeker') return { version, prelude: lines.join('\n'), ...color };
  const prelude = [...lines, '#define FC gl_FragCoord', geekestFunctions()].join('\n');
  if (isWhole) return { version, prelude, ...color };
  return { version, prelude, before: 'void fidsweepMain() {\n', after: ';\n}', ...color };
}
