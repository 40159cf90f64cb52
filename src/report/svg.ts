/** Text that is safe in an SVG, whatever it was made of. */

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** A name without the characters that XML does not have, or that turn text about: these become �. */
export const clean = (text: string): string =>
  text.replace(/[\p{Cc}\p{Cs}\u200e\u200f\u202a-\u202e\u2066-\u2069\ufffe\uffff]/gu, '\ufffd');

/** A name as text inside XML. */
export const xml = (text: string): string => clean(text).replace(/[&<>"']/g, (letter) => ENTITIES[letter]!);
