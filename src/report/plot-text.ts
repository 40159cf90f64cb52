/** Texts of a plot, measured without a browser: on the wide side, as fonts differ. */

/** Width of a letter in parts of the font's size. */
function letterWidth(letter: string): number {
  if (letter.codePointAt(0)! >= 0x1100) return 1;
  if (/[iljftrI.,:;|!'()[\]{} ]/.test(letter)) return 0.4;
  if (/[mwMW@%—…]/.test(letter)) return 0.95;
  return /\p{Lu}/u.test(letter) ? 0.72 : 0.61;
}

/** Width of a text in pixels, at `size` pixels a letter. */
export const widthOf = (text: string, size = 13): number =>
  Array.from(text).reduce((sum, letter) => sum + size * letterWidth(letter), 0);

export const widest = (texts: readonly string[], size = 13): number =>
  Math.max(0, ...texts.map((text) => widthOf(text, size)));

/** At most `most` letters, the last an ellipsis where there were more. */
export function shortened(text: string, most: number): string {
  const letters = Array.from(text);
  return letters.length > most ? `${letters.slice(0, most - 1).join('')}…` : text;
}

/** A word in pieces of at most `width` pixels. */
function pieces(word: string, width: number, size: number): string[] {
  const out = [''];
  for (const letter of Array.from(word)) {
    if (out.at(-1) && widthOf(out.at(-1) + letter, size) > width) out.push(letter);
    else out[out.length - 1] += letter;
  }
  return out;
}

/** Lines of at most `width` pixels, broken between words, and within those that are longer than a line. */
export function wrapped(text: string, width: number, size = 13): string[] {
  const lines: string[] = [];
  for (const word of text.split(' ').flatMap((one) => pieces(one, width, size))) {
    const last = lines.at(-1);
    const longer = last === undefined ? word : `${last} ${word}`;
    if (last === undefined || widthOf(longer, size) > width) lines.push(word);
    else lines[lines.length - 1] = longer;
  }
  return lines;
}
