import { UserError } from '../core/errors.js';
import type { Declaration, Global } from './convention-globals.js';
import { lacking } from './convention-lacking.js';
import type { Parsed } from './convention-parsed.js';
import { type Branch, scopesOf } from './convention-scope.js';
import { lineEnds, type Tokens } from './convention-tokens.js';

const OUTPUTS: Readonly<Record<string, (name: string) => string>> = {
  vec4: (name) => name,
  vec3: (name) => `vec4(${name}, 1.0)`,
  vec2: (name) => `vec4(${name}, 0.0, 1.0)`,
  float: (name) => `vec4(${name}, 0.0, 0.0, 1.0)`,
};

/** Where a program's colour stands when it has run. */
export interface Written {
  /** An expression, a vec4. */
  readonly color: string;
  /** What stands in place of declarations, behind their line ends. */
  readonly instead: ReadonlyMap<Declaration, string>;
  /** Functions that stand behind the program's text. */
  readonly after: string;
}

/** The function that gives the colour: declared before the text, defined behind it, where the active branch has chosen. */
export const WRITTEN = 'vec4 fidsweepWritten()';
const writtenOf = (otherwise: string): string => `
#ifdef fidsweepChosen
${WRITTEN} { return fidsweepChosen; }
#else
${WRITTEN} { return ${otherwise}; }
#endif`;

/** @throws UserError for an output that is no colour */
function colorOf({ type, name, size }: Global): string {
  if (/^(?:[iu]vec[234]|u?int)$/.test(type)) throw lacking(`an output of whole numbers: ${name}`);
  const write = OUTPUTS[type];
  if (!write || size) throw new UserError(`its output "${name}" is ${type}${size}, expected vec4`);
  return write(name);
}

/** The line that each token begins in. */
function linesOf(tokens: Tokens): number[] {
  let line = 1;
  return tokens.map((token) => {
    const begins = line;
    line += lineEnds([token]).length;
    return begins;
  });
}

function isInside(branch: Branch | undefined, branches: ReadonlySet<Branch | undefined>): boolean {
  for (let at = branch; at; at = at.around) if (branches.has(at)) return true;
  return false;
}

/**
 * A program's output, of several the first: gl_FragColor where it declares none. Where each stands in a branch of the
 * preprocessor, the compiler has the choice, and takes gl_FragColor where no such branch is active.
 *
 * @throws UserError for an output that is no colour
 */
export function writtenBy({ declarations, tokens, words }: Parsed): Written {
  const outputs = declarations.flatMap((declaration) =>
    declaration.globals.filter(({ storage }) => storage === 'out').map((output) => ({ declaration, output })),
  );
  const instead = new Map<Declaration, string>();
  const old = words.has('gl_FragData') ? 'fidsweepData[0]' : 'fidsweepColor';
  if (!outputs.length) return { color: old, instead, after: '' };
  const byPlace = [...outputs.filter(({ output }) => output.location === 0), ...outputs];
  const { branches } = scopesOf(tokens);
  const always = byPlace.find(({ declaration }) => !branches[declaration.first]);
  if (always) return { color: colorOf(always.output), instead, after: '' };
  const lines = linesOf(tokens);
  const taken = new Set<Branch | undefined>();
  for (const { declaration, output } of byPlace) {
    const branch = branches[declaration.first];
    if (isInside(branch, taken)) continue;
    taken.add(branch);
    const chosen = `#define fidsweepChosen ${colorOf(output)}`;
    instead.set(declaration, `\n#ifndef fidsweepChosen\n${chosen}\n#endif\n#line ${lines[declaration.last]} 1\n`);
  }
  const writesOld = words.has('gl_FragColor') || words.has('gl_FragData');
  return { color: 'fidsweepWritten()', instead, after: writtenOf(writesOld ? old : 'vec4(0.0)') };
}
