import { UserError } from '../core/errors.js';
import type { Declaration, Global } from './convention-globals.js';
import { checkSamplers, lacking } from './convention-lacking.js';
import { WRITTEN, type Written, writtenBy } from './convention-outputs.js';
import type { Parsed } from './convention-parsed.js';
import { lineEnds, mapWords, type Tokens, tokensOf } from './convention-tokens.js';
import type { ProgramSource } from './dataset.js';
import { EXTENSIONS, movedInitialisers, renamesTo300 } from './glsl-100.js';

/** GLSL ES 1.00 or 3.00. */
export type Version = 100 | 300;

/** Names that the device sets to the resolution. */
const RESOLUTIONS = ['resolution', 'u_resolution', 'iResolution', 'r'] as const;

/** What a vertex stage would hand to a fragment, by the name's meaning; pictures are one rectangle, seen from the front. */
function fromVertices({ type, name, size: array }: Global): string | undefined {
  const size = { float: 1, vec2: 2, vec3: 3, vec4: 4 }[type];
  if (size === undefined || array) return undefined;
  const of = (text: string) => `${text}.${'xyzw'.slice(0, size)}`;
  if (name === 'surfaceSize') return of('vec4(fidsweepSide.x / fidsweepSide.y, 1.0, 0.0, 0.0)');
  // GLSL Sandbox: the height spans −0.5 … 0.5.
  if (name === 'surfacePosition') return of('vec4((gl_FragCoord.xy - 0.5 * fidsweepSide) / fidsweepSide.y, 0.0, 0.0)');
  if (/normal/i.test(name)) return of('vec4(0.0, 0.0, 1.0, 0.0)');
  if (/colou?r/i.test(name)) return of('vec4(1.0)');
  if (/pos/i.test(name)) return of('vec4(2.0 * gl_FragCoord.xy / fidsweepSide - 1.0, 0.0, 1.0)');
  return of('vec4(gl_FragCoord.xy / fidsweepSide, 0.0, 1.0)');
}

/** Uniforms that the device does not know and that are as good as constant. */
const TEXTURE_SIZE = /^u_(?:tex|texture_?)\d+Resolution$/;

const isGiven = ({ storage, name, size }: Global): boolean =>
  storage === 'varying' ||
  storage === 'in' ||
  (storage === 'uniform' && !size && (name === 'surfaceSize' || TEXTURE_SIZE.test(name)));

/** Every word of a program that its wrapper takes for itself. */
const RENAMED: Readonly<Record<string, string>> = {
  main: 'fidsweepMain',
  gl_FragColor: 'fidsweepColor',
  gl_FragData: 'fidsweepData',
  // Where a device honours these, old noise falls apart; the authors' own devices computed with 32 bits.
  mediump: 'highp',
  lowp: 'highp',
};

const rename = (tokens: Tokens): string[] =>
  mapWords(tokens, (word) => (Object.hasOwn(RENAMED, word) ? RENAMED[word]! : word));

export interface Wrapping {
  readonly version: Version;
  /** Declarations and functions that the convention gives to programs. */
  readonly prelude?: string;
  /** What stands around the program's own text. */
  readonly before?: string;
  readonly after?: string;
  /** What the program wrote, a vec4; by default its only output, the first of several, or gl_FragColor. */
  readonly color?: string;
}

const GUARD: Readonly<Record<Version, { readonly nan: string; readonly output: string; readonly head: string }>> = {
  100: { nan: 'color.r != color.r || color.g != color.g || color.b != color.b', output: 'gl_FragColor', head: '' },
  300: {
    nan: 'any(isnan(color))',
    output: 'fidsweepOutput',
    head: '#version 300 es\n',
  },
};

/** The parts of a wrapped program, as its text is in one version of GLSL. */
interface Parts {
  readonly version: Version;
  readonly globals: readonly string[];
  /** Statements before the program's own main, out of reach of its macros, and those that use its own names. */
  readonly first: readonly string[];
  readonly assignments: readonly string[];
  readonly prelude: string;
  readonly text: string;
  readonly color: string;
}

/**
 * A whole fragment shader. Our main stands before the program's text, out of reach of its macros: the colour is clamped to
 * 0 … 1 with alpha 1; where a channel is NaN it is black with alpha 0.
 */
function assemble({ version, globals, first, assignments, prelude, text, color }: Parts): string {
  const { nan, output, head } = GUARD[version];
  return `${head}precision highp float;
precision highp int;
${version === 300 ? 'precision highp sampler2D;\nout vec4 fidsweepOutput;\n' : ''}${[...globals, prelude].join('\n')}
void fidsweepMain();
void fidsweepFirst();
void main() {
${first.map((statement) => `  ${statement}\n`).join('')}  fidsweepFirst();
  fidsweepMain();
  vec3 color = (${color}).rgb;
  ${output} = ${nan} ? vec4(0.0) : vec4(clamp(color, 0.0, 1.0), 1.0);
}
${text}
void fidsweepFirst() {
${assignments.map((statement) => `  ${statement}\n`).join('')}}
`;
}

/** Replaces some declarations, keeping the lines of what is left. */
function without(
  tokens: Tokens,
  declarations: readonly Declaration[],
  instead: ReadonlyMap<Declaration, string>,
): string[] {
  const left = [...tokens];
  for (const declaration of declarations) {
    const { first, last } = declaration;
    const ends = lineEnds(tokens.slice(first, last + 1));
    left.fill('', first, last + 1);
    left[first] = `${ends}${instead.get(declaration) ?? ''}`;
  }
  return left;
}

/** What of a program's globals its wrapper declares; `given` where it sets some of them for the program to read. */
function hoisted(parsed: Parsed, instead: ReadonlyMap<Declaration, string>) {
  const mine = parsed.declarations.filter(({ globals }) =>
    globals.some((one) => isGiven(one) || one.storage === 'out'),
  );
  const globals = new Map<string, string>();
  const first: string[] = [];
  let given = false;
  for (const one of mine.flatMap((declaration) => declaration.globals)) {
    const { storage, type, name, size } = one;
    if (globals.has(name)) continue;
    const kept = storage === 'uniform' && !isGiven(one);
    globals.set(name, `${kept ? 'uniform ' : ''}${type} ${name}${size};`);
    if (storage === 'out' && !size) first.push(`${name} = ${type}(0);`);
    if (!isGiven(one)) continue;
    const value = TEXTURE_SIZE.test(name) ? `${type}(256)` : fromVertices(one);
    if (value !== undefined) first.push(`${name} = ${value};`);
    else if (parsed.words.get(name)! > 1) throw lacking(`a vertex stage: ${name}`);
    given = true;
  }
  const lines = [...globals.values()];
  if (first.some((line) => line.includes('fidsweepSide'))) {
    const resolution = RESOLUTIONS.find((name) => !parsed.words.has(name));
    if (!resolution) throw new UserError(`all of ${RESOLUTIONS.join(', ')} are names of its own`);
    lines.unshift(`uniform vec2 ${resolution};`, `vec2 fidsweepSide;`);
    first.unshift(`fidsweepSide = ${resolution};`);
  }
  return { globals: lines, first, given, left: without(parsed.tokens, mine, instead) };
}

/** Macros and functions that 1.00 has by an extension alone, and a WebGL2 context not at all. */
const NEWER = [...Object.keys(EXTENSIONS), 'dFdx', 'dFdy', 'fwidth'];

/**
 * A program with our entry point around it.
 *
 * @throws UserError for one that needs what is not there
 */
export function wrap(
  id: string,
  parsed: Parsed,
  { version, prelude = '', before = '', after = '', color: supplied }: Wrapping,
): ProgramSource {
  checkSamplers(parsed);
  const written: Written =
    supplied === undefined ? writtenBy(parsed) : { color: supplied, instead: new Map(), after: '' };
  const { color } = written;
  const { globals, first, given, left } = hoisted(parsed, written.instead);
  if (written.after) globals.push(`${WRITTEN};`);
  if (color === 'fidsweepColor' || parsed.words.has('gl_FragColor')) {
    globals.push('vec4 fidsweepColor;');
    first.push('fidsweepColor = vec4(0.0);');
  }
  if (parsed.words.has('gl_FragData')) {
    globals.push('vec4 fidsweepData[4];');
    first.push('fidsweepData[0] = vec4(0.0);');
  }
  const around = (tokens: Tokens) => `${before}#line 1 1\n${tokens.join('')}\n${after}${written.after}`;
  const own = rename(left);
  const common = { globals, prelude, color, assignments: [] };
  if (version === 300) return { id, source: assemble({ ...common, version, first, text: around(own) }) };
  const older: Parts = { ...common, version, first, text: around(own) };
  const rename300 = renamesTo300(parsed.tokens);
  const newerText = (text: string) => mapWords(tokensOf(text), rename300).join('');
  // What stands inside a function of ours has no globals.
  const moved = before ? { tokens: own, assignments: [], complete: true } : movedInitialisers(own);
  const later: Parts = { ...older, assignments: moved.assignments, text: around(moved.tokens) };
  const newer = assemble({
    version: 300,
    prelude,
    globals: [...Object.values(EXTENSIONS).map((name) => `#define ${name} 1`), ...globals.map(newerText)],
    first: first.map(newerText),
    assignments: later.assignments.map(newerText),
    text: newerText(later.text),
    color,
  });
  // Initialisers may read what is given, which is set after them: all must move then, or none compile that should have.
  const reads = given && (moved.assignments.length > 0 || !moved.complete);
  if (NEWER.some((word) => parsed.words.has(word)) || (reads && !moved.complete)) return { id, source: newer };
  return { id, source: assemble(reads ? later : older), fallback: newer };
}
