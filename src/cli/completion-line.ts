/** A line of a shell as far as it is typed: its words without quotes, and how the last one is quoted. */
export interface TypedLine {
  readonly words: readonly string[];
  /** The quote that is open at the end; empty outside of any. */
  readonly quote: '' | '"' | "'";
  /** Letters of the last word that stand before that quote. */
  readonly before: number;
  /** The last word as it stands in the line. */
  readonly raw: string;
}

/** Splits a line as a shell would, as far as quotes and backslashes go; the last word may be empty or unfinished. */
export function typedLine(line: string): TypedLine {
  const words: string[] = [];
  let word = '';
  let raw = '';
  let quote: TypedLine['quote'] = '';
  let before = 0;
  for (let i = 0; i < line.length; i++) {
    const letter = line[i]!;
    if (!quote && /\s/.test(letter)) {
      if (raw) words.push(word);
      word = '';
      raw = '';
      continue;
    }
    raw += letter;
    if (letter === quote) quote = '';
    else if (!quote && (letter === '"' || letter === "'")) {
      quote = letter;
      before = word.length;
    } else if (letter === '\\' && quote !== "'" && i + 1 < line.length) {
      const next = line[++i]!;
      raw += next;
      word += quote && !'"\\$`'.includes(next) ? `\\${next}` : next;
    } else word += letter;
  }
  return { words: [...words, word], quote, before: quote ? before : 0, raw };
}

/** A text as it must be typed within this quote, or outside of any. */
export function escaped(text: string, quote: TypedLine['quote']): string {
  if (quote === "'") return text.replaceAll("'", "'\\''");
  if (quote === '"') return text.replace(/["\\$`]/g, '\\$&');
  return text.replace(/[\s"'\\$`&|;<>()*?[\]{}!#~]/g, '\\$&');
}

/**
 * What takes the place of the last piece of a line, where the shell breaks words at some letters.
 *
 * @param candidate a whole word that the last one may become
 * @param breaks letters at which the shell begins another piece, outside of quotes
 */
export function lastPiece(candidate: string, { words, quote, before, raw }: TypedLine, breaks: string): string {
  // The piece is what stands behind the open quote.
  if (quote) return escaped(candidate.slice(before), quote);
  const word = words.at(-1)!;
  const broken = Math.max(...[...'=:'].filter((letter) => breaks.includes(letter)).map((l) => word.lastIndexOf(l)), -1);
  const piece = escaped(candidate.slice(broken + 1), '');
  // The home folder where it is typed without quotes, which would be lost to a backslash.
  return /(^|[=:])~\//.test(raw) ? piece.replace(/(^|[=:])\\~\//, '$1~/') : piece;
}
