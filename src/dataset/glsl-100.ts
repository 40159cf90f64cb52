import { scopesOf } from './convention-scope.js';
import {
  definitionsOf,
  isDirective,
  isType,
  isWord,
  lineEnds,
  mapWords,
  significant,
  structuresOf,
  type Tokens,
  tokensOf,
  wordCounts,
} from './convention-tokens.js';

/** Functions of GLSL ES 1.00 and its extensions → their names in 3.00. */
const FUNCTIONS: Readonly<Record<string, string>> = {
  texture2D: 'texture',
  texture2DProj: 'textureProj',
  texture2DLod: 'textureLod',
  texture2DProjLod: 'textureProjLod',
  textureCube: 'texture',
  textureCubeLod: 'textureLod',
  texture2DLodEXT: 'textureLod',
  texture2DProjLodEXT: 'textureProjLod',
  textureCubeLodEXT: 'textureLod',
  texture2DGradEXT: 'textureGrad',
  texture2DProjGradEXT: 'textureProjGrad',
  textureCubeGradEXT: 'textureGrad',
  gl_FragDepthEXT: 'gl_FragDepth',
};

/** Words that 3.00 reserves and 1.00 leaves to programs. */
const RESERVED = new Set(
  `active atomic_uint buffer case centroid coherent common filter image1D image2D image3D imageBuffer imageCube layout
  noperspective partition patch readonly resource restrict sample sampler2DArray sampler2DArrayShadow sampler2DMS
  sampler3D samplerCubeArray samplerCubeShadow smooth subroutine uint uvec2 uvec3 uvec4 volatile writeonly
  isampler2D isampler3D isamplerCube usampler2D usampler3D usamplerCube mat2x2 mat2x3 mat2x4 mat3x2 mat3x3 mat3x4 mat4x2
  mat4x3 mat4x4`.split(/\s+/),
);

/** Functions that 3.00 has and 1.00 does not: programs of 1.00 may define their own. */
const NEW_FUNCTIONS = new Set(
  `acosh asinh atanh cosh sinh tanh round roundEven trunc modf isnan isinf floatBitsToInt floatBitsToUint intBitsToFloat
  uintBitsToFloat packSnorm2x16 unpackSnorm2x16 packUnorm2x16 unpackUnorm2x16 packHalf2x16 unpackHalf2x16 outerProduct
  transpose determinant inverse texture textureProj textureLod textureProjLod textureGrad textureProjGrad textureOffset
  textureSize texelFetch texelFetchOffset textureLodOffset textureGradOffset dFdx dFdy fwidth`.split(/\s+/),
);

/** Extensions that are a part of 3.00 → the macro that says so in the rewritten text. `GL_` names cannot be defined. */
export const EXTENSIONS: Readonly<Record<string, string>> = {
  GL_OES_standard_derivatives: 'fidsweep_derivatives',
  GL_EXT_shader_texture_lod: 'fidsweep_texture_lod',
  GL_EXT_frag_depth: 'fidsweep_frag_depth',
};

/** Old names of texture functions as new ones; whatever else is there stays. */
export const withNewTextureNames = (tokens: Tokens): string[] =>
  mapWords(tokens, (word) => (Object.hasOwn(FUNCTIONS, word) ? FUNCTIONS[word]! : word));

export const OLD_TEXTURE_FUNCTIONS: ReadonlySet<string> = new Set(Object.keys(FUNCTIONS));

/** Initialisers of globals, taken out of their declarations. */
interface Moved {
  readonly tokens: string[];
  /** `NAME = EXPRESSION;`, in their order. */
  readonly assignments: string[];
  /** Whether none stayed. */
  readonly complete: boolean;
}

/**
 * The last place where a word may change its meaning: of macros, where one is defined or undefined that it is or, by way of
 * others, stands for. Words that are not there never change.
 */
function lastChanges(tokens: Tokens): Map<string, number> {
  const changes = new Map<string, number>();
  const users = new Map<string, string[]>();
  for (const [i, token] of tokens.entries()) {
    const [, name, body = ''] = /^#[ \t]*(?:define|undef)[ \t]+(\w+)(.*)/.exec(token) ?? [];
    if (name === undefined) continue;
    changes.set(name, i);
    for (const word of tokensOf(body)) {
      const found = users.get(word);
      if (found) found.push(name);
      else if (isWord(word)) users.set(word, [name]);
    }
  }
  // From the last one backwards: whatever is reached first has its last change.
  const reached = new Map<string, number>();
  for (const [first, at] of [...changes].sort(([, a], [, b]) => b - a)) {
    const next = [first];
    for (let name = next.pop(); name !== undefined; name = next.pop()) {
      if (reached.has(name)) continue;
      reached.set(name, at);
      next.push(...(users.get(name) ?? []));
    }
  }
  return reached;
}

/** Declarators of `TYPE a = x, b;`, the type left out. */
function split(part: Tokens): string[][] {
  const parts: string[][] = [[]];
  let depth = 0;
  for (const token of part) {
    if ('([{'.includes(token)) depth++;
    else if (')]}'.includes(token)) depth--;
    if (token === ',' && depth === 0) parts.push([]);
    else parts.at(-1)!.push(token);
  }
  return parts;
}

/**
 * Makes `float a = 2.0 * time;` of a global a declaration and an assignment: compilers of 1.00 take a value that is not
 * constant there, those of 3.00 do not. What would mean something else, or nothing, among the assignments behind the text
 * stays: declarations in branches of the preprocessor, macros that change later, arrays.
 */
export function movedInitialisers(tokens: Tokens): Moved {
  const structures = structuresOf(tokens);
  const { depths, branches } = scopesOf(tokens);
  const changes = lastChanges(tokens);
  const moved = [...tokens];
  const assignments: string[] = [];
  let complete = !depths.some(Number.isNaN);
  let start: number | undefined;
  let assigns = false;
  for (const [i, token] of tokens.entries()) {
    if (isDirective(token) || !token.trim()) continue;
    if (token === '=' && depths[i] === 0) assigns = true;
    if ((token === ';' && depths[i] === 0) || (token === '}' && depths[i] === 1)) {
      if (token === ';' && assigns && start !== undefined) move(start, i);
      start = undefined;
      assigns = false;
    } else start ??= i;
  }
  return { tokens: moved, assignments, complete };

  function move(first: number, end: number): void {
    const part = tokens.slice(first, end);
    const code = significant(part);
    const typeAt = ['highp', 'mediump', 'lowp'].includes(part[code[0]!]!) ? code[1]! : code[0]!;
    // Something else that has a `=`: a constant, a default.
    if (part.includes('{') || !isType(part[typeAt] ?? '', structures)) return;
    const isArray = split(part.slice(typeAt + 1)).some((one) => one.slice(0, one.indexOf('=')).includes('['));
    const changesLater = part.some((token) => (changes.get(token) ?? 0) > end);
    if (branches[first] || part.some(isDirective) || isArray || changesLater) {
      complete = false;
      return;
    }
    const declarators = split(part.slice(typeAt + 1)).map((one) => {
      const equals = one.indexOf('=');
      const name = one
        .slice(0, equals < 0 ? undefined : equals)
        .join('')
        .trim();
      if (equals >= 0)
        assignments.push(
          `${name} = ${one
            .slice(equals + 1)
            .join('')
            .replaceAll('\n', ' ')
            .trim()};`,
        );
      return name;
    });
    const text = `${part.slice(0, typeAt + 1).join('')} ${declarators.join(', ')}`;
    moved[first] = text;
    for (let i = first + 1; i < end; i++) moved[i] = '';
    // Line ends inside the initialisers follow it; those before them are in the text still.
    moved[end] = `;${lineEnds(part).slice(lineEnds([text]).length)}`;
  }
}

/**
 * What words of a GLSL ES 1.00 program become in GLSL ES 3.00: texture functions their new names, names that 3.00 has taken
 * others. The text's `#version`, `#extension`, `varying` and outputs are its wrapper's business.
 */
export function renamesTo300(tokens: Tokens): (word: string) => string {
  const counts = wordCounts(tokens);
  const { functions, names } = definitionsOf(tokens);
  const free = (word: string): string => {
    let name = `${word}Old`;
    while (counts.has(name)) name += 'x';
    return name;
  };
  const renamed = new Map<string, string>();
  for (const word of counts.keys()) {
    if (RESERVED.has(word) || (NEW_FUNCTIONS.has(word) && names.has(word))) renamed.set(word, free(word));
    else if (Object.hasOwn(EXTENSIONS, word)) renamed.set(word, EXTENSIONS[word]!);
    else if (Object.hasOwn(FUNCTIONS, word) && !functions.has(word)) renamed.set(word, FUNCTIONS[word]!);
  }
  return (word) => renamed.get(word) ?? word;
}
