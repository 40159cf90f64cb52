import { type Declaration, declarationsOf, type Global } from './convention-globals.js';
import { type Tokens, tokensOf, withoutComments, wordCounts } from './convention-tokens.js';

/** A program's text, read. */
export interface Parsed {
  /** As its `#version` has it. */
  readonly version: number | undefined;
  /** Without `#version` and `#extension` lines, whose line ends stay. */
  readonly tokens: Tokens;
  readonly declarations: readonly Declaration[];
  readonly words: ReadonlyMap<string, number>;
}

/** The text that was read last: a program is recognised and wrapped one after the other. */
let latest: { readonly text: string; readonly parsed: Parsed } | undefined;

/** @throws UserError for a comment that nothing closes */
export function parse(text: string): Parsed {
  if (latest?.text !== text) latest = { text, parsed: read(text) };
  return latest.parsed;
}

function read(text: string): Parsed {
  let version: number | undefined;
  const tokens = tokensOf(withoutComments(text)).map((token) => {
    const [, name, value] = /^#[ \t]*(version|extension)\b[ \t]*(\d{1,9})?/.exec(token) ?? [];
    if (name === 'version') version ??= Number(value ?? Number.NaN);
    return name === undefined ? token : '';
  });
  return { version, tokens, declarations: declarationsOf(tokens), words: wordCounts(tokens) };
}

export const globalsOf = ({ declarations }: Parsed, storage: Global['storage']): Global[] =>
  declarations.flatMap(({ globals }) => globals).filter((global) => global.storage === storage);
