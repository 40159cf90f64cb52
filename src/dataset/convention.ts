import { invalid, oneOf, UserError } from '../core/errors.js';
import { checkBlocks } from './convention-lacking.js';
import { globalsOf, type Parsed, parse } from './convention-parsed.js';
import { isJson, SHADERTOY_NAMES, shadertoyWrapping } from './convention-shadertoy.js';
import { definitionsOf, freeWords, significant } from './convention-tokens.js';
import { isTwigl, TWIGL, type TwiglConvention, twiglWrapping } from './convention-twigl.js';
import { wrap } from './convention-wrap.js';
import type { ProgramSource } from './dataset.js';
import { programLibrary } from './program-library.js';
import { assembleProgram } from './program-text.js';

/** How a program expects to be called, what it finds there and where it writes; `fidsweep` is this tool's own. */
export type Convention =
  | 'fidsweep'
  | 'shadertoy'
  | TwiglConvention
  | 'book-of-shaders'
  | 'glsl-sandbox'
  | 'plain-100'
  | 'plain-300';

export const CONVENTIONS: readonly Convention[] = [
  'fidsweep',
  'shadertoy',
  ...TWIGL,
  'book-of-shaders',
  'glsl-sandbox',
  'plain-100',
  'plain-300',
];

/** @throws UserError for what is no convention's name */
export function parseConvention(name: string): Convention {
  const found = CONVENTIONS.find((convention) => convention === name);
  if (!found) throw invalid('convention', name, oneOf(CONVENTIONS));
  return found;
}

/** Whether `vec3 draw(vec2` stands in it. */
function definesDraw({ tokens }: Parsed): boolean {
  const code = significant(tokens).map((i) => tokens[i]!);
  return code.some(
    (token, i) => token === 'draw' && code[i - 1] === 'vec3' && code[i + 1] === '(' && code[i + 2] === 'vec2',
  );
}

/** A text in GLSL ES 3.00, said or to be seen. */
const isNewer = (parsed: Parsed): boolean =>
  parsed.version === 300 || globalsOf(parsed, 'out').length > 0 || globalsOf(parsed, 'in').length > 0;

/** The convention of a program with an entry point: what it declares, or uses without declaring, tells. */
function conventionOfMain(parsed: Parsed): Convention {
  const { words } = parsed;
  const newer = isNewer(parsed);
  const uniforms = globalsOf(parsed, 'uniform').map(({ name }) => name);
  const declares = (...names: string[]) => names.some((name) => uniforms.includes(name));
  const several = globalsOf(parsed, 'out').length > 1;
  const suffix = newer ? (several ? '-mrt' : '-300') : '';
  const isBook =
    declares('u_resolution', 'u_time', 'u_mouse') || uniforms.some((name) => /^u_tex(ture_?)?\d/.test(name));
  if (isBook) return 'book-of-shaders';
  if (declares('r', 't')) return `twigl-geek${suffix}`;
  if (declares('resolution', 'time', 'mouse', 'backbuffer', 'surfaceSize') || words.has('surfacePosition')) {
    if (newer) return `twigl-classic${suffix as '-300' | '-mrt'}`;
    // The same uniforms: the site with a surface, and the macro that its template asks for, is the other one.
    return ['surfacePosition', 'surfaceSize', 'GL_ES'].some((word) => words.has(word))
      ? 'glsl-sandbox'
      : 'twigl-classic';
  }
  if (!declares('iResolution', 'iTime', 'iGlobalTime')) {
    const { names } = definitionsOf(parsed.tokens);
    const free = freeWords(parsed.tokens);
    const uses = (name: string) => free.has(name) && !names.has(name) && !uniforms.includes(name);
    const mode = uses('FC') ? 'geekest' : 'geeker';
    if (uses('FC') || uses('r') || uses('t')) {
      if (words.has('gl_FragColor')) return `twigl-${mode}`;
      return uses('o0') ? `twigl-${mode}-mrt` : `twigl-${mode}${newer || uses('o') ? '-300' : ''}`;
    }
  }
  return newer ? 'plain-300' : 'plain-100';
}

/**
 * The convention that a text is written in, by its content.
 *
 * @throws UserError for what is no program, saying why
 */
export function conventionOf(text: string): Convention {
  if (isJson(text)) return 'shadertoy';
  const parsed = parse(text);
  const { words, version, tokens } = parsed;
  if (!text.trim()) throw new UserError('an empty file');
  if (!words.size) throw new UserError('no program: there is nothing but comments');
  if (version !== undefined && version !== 100 && version !== 300)
    throw new UserError(`GLSL version ${version}, expected GLSL ES 1.00 or 3.00`);
  // A function of that name may be anybody's.
  if (definesDraw(parsed) && !words.has('main') && !words.has('mainImage')) return 'fidsweep';
  if (words.has('gl_Position')) throw new UserError('a vertex shader: it sets gl_Position');
  const { functions, names } = definitionsOf(tokens);
  const used = freeWords(tokens);
  const lacks = (name: string) => used.has(name) && !names.has(name);
  // A whole program may call it, and gives it what Shadertoy would: as uniforms, variables or macros.
  if (words.has('mainImage') && (!functions.has('main') || SHADERTOY_NAMES.some(lacks))) return 'shadertoy';
  if (words.has('main')) return conventionOfMain(parsed);
  const assigned = ['gl_FragColor', 'o', 'o0', 'o1'].filter(lacks);
  if (!tokens.includes('=') || !assigned.length)
    throw new UserError('no program: it defines neither main, mainImage nor draw, and sets no colour');
  if (assigned.includes('o0') || assigned.includes('o1')) return 'twigl-geekest-mrt';
  return assigned.includes('gl_FragColor') ? 'twigl-geekest' : 'twigl-geekest-300';
}

/** Passes that glslCanvas draws before the picture, each with its own macro. */
function checkPasses({ words }: Parsed): void {
  const pass = [...words.keys()].find((word) => /^(DOUBLE_)?BUFFER_\d+$/.test(word));
  if (pass !== undefined) throw new UserError(`needs multi-pass buffers: ${pass}`);
}

/**
 * A program's whole fragment shader: its text with its convention's prelude before it and our entry point around it. Lines
 * in a driver's log are the file's.
 *
 * @param text as the file has it: GLSL, or Shadertoy's JSON
 * @throws UserError for a text that cannot be one, and for what needs more than there is here ("needs …")
 */
export function programSource(id: string, text: string, convention: Convention): ProgramSource {
  if (!isJson(text)) checkBlocks(parse(text));
  if (convention === 'fidsweep')
    return { id, source: assembleProgram(id, text.replace(/^\ufeff/, ''), programLibrary()) };
  if (convention === 'shadertoy') {
    const { parsed, wrapping, newNames } = shadertoyWrapping(text);
    checkBlocks(parsed);
    const { source } = wrap(id, parsed, wrapping);
    return newNames ? { id, source, fallback: wrap(id, newNames, wrapping).source } : { id, source };
  }
  const parsed = parse(text);
  if (isTwigl(convention)) return wrap(id, parsed, twiglWrapping(parsed, convention));
  if (convention === 'book-of-shaders') checkPasses(parsed);
  const byText = convention === 'book-of-shaders' || convention === 'glsl-sandbox';
  const newer = byText ? isNewer(parsed) : convention === 'plain-300';
  return wrap(id, parsed, { version: newer ? 300 : 100 });
}
