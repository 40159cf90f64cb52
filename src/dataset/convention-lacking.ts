import { UserError } from '../core/errors.js';
import { globalsOf, type Parsed } from './convention-parsed.js';
import { isWord, significant } from './convention-tokens.js';

/** A program that needs what this tool does not have. Messages begin with "needs ". */
export const lacking = (what: string): UserError => new UserError(`needs ${what}`);

/** What a program reads from samplers that nothing here fills. */
const SAMPLERS: readonly (readonly [RegExp, string])[] = [
  [/^[iu]?samplerCube/, 'a cube map'],
  [/^[iu]?sampler3D/, 'a 3-D texture'],
  [/^[iu]?sampler2DArray/, 'a texture array'],
  [/^sampler2DShadow/, 'a depth texture'],
  [/^[iu]sampler2D$/, 'a texture of whole numbers'],
];

/** @throws UserError for a program that reads a sampler which nothing fills */
export function checkSamplers(parsed: Parsed): void {
  for (const { type, name } of globalsOf(parsed, 'uniform')) {
    const [, what] = SAMPLERS.find(([pattern]) => pattern.test(type)) ?? [];
    if (what !== undefined && parsed.words.get(name)! > 1) throw lacking(`${what}: ${name}`);
  }
}

/**
 * Uniform blocks have no buffers behind them here, and a driver that draws without one may crash.
 *
 * @throws UserError for a program that has one
 */
export function checkBlocks({ tokens }: Parsed): void {
  const code = significant(tokens).map((i) => tokens[i]!);
  const block = code.find((name, i) => isWord(name) && code[i - 1] === 'uniform' && code[i + 1] === '{');
  if (block !== undefined) throw lacking(`a uniform block: ${block}`);
}
