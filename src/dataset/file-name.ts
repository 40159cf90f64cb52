import { isUtf8 } from 'node:buffer';

/** Lone low surrogates: no UTF-8 decodes to them. */
const BYTE = /[\udc80-\udcff]/u;

/**
 * A file's name as text. In one that is no UTF-8 (`caf\xe9.png` of an old disk) each byte beyond ASCII is the lone
 * surrogate U+DC00 + byte, as in Python (PEP 383, surrogateescape): names stay apart, and {@link pathOf} has them back.
 */
export const textOfName = (name: Buffer): string =>
  isUtf8(name)
    ? name.toString()
    : name.toString('latin1').replace(/[\x80-\xff]/g, (letter) => String.fromCharCode(0xdc00 + letter.charCodeAt(0)));

/** The path that the system knows by a text made of {@link textOfName}'s. */
export function pathOf(text: string): string | Buffer {
  if (!BYTE.test(text)) return text;
  const letters = [...text].map((letter) =>
    BYTE.test(letter) ? Buffer.of(letter.charCodeAt(0) - 0xdc00) : Buffer.from(letter),
  );
  return Buffer.concat(letters);
}
