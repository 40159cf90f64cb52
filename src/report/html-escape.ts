import { xml } from './svg.js';

/**
 * Markup that was made here, or checked: all else that goes into a page is text. The key is a symbol, so that nothing read
 * from a file can pass for it.
 */
const MARKUP = Symbol('markup');

export interface Html {
  readonly [MARKUP]: string;
}

/** What a template takes: text is escaped, markup is not, a list is put together, `undefined` is nothing. */
export type Part = Html | string | number | undefined | readonly Part[];

/** Text of ours as markup, unchanged: never of anything that came from elsewhere. */
export const trusted = (markup: string): Html => ({ [MARKUP]: markup });

/** Text as it stands in an element or a quoted attribute; the ends of its lines become spaces. */
const escaped = (text: string): string => xml(text.replace(/[\t\n\r]+/g, ' '));

/** The markup of a part. */
export function markupOf(part: Part): string {
  if (part === undefined) return '';
  if (typeof part === 'string') return escaped(part);
  if (typeof part === 'number') return String(part);
  return MARKUP in part ? part[MARKUP] : part.map(markupOf).join('');
}

/**
 * A template of HTML: whatever is put into it is escaped, for elements and quoted attributes alike, unless it is markup itself.
 *
 * @throws Error where something stands for an attribute's value without quotation marks
 */
export function html(texts: TemplateStringsArray, ...parts: readonly Part[]): Html {
  const markup = parts.map((part, i) => {
    if (/=\s*$/.test(texts[i]!)) throw new Error(`an attribute without quotation marks: ${texts[i]}`);
    return `${texts[i]}${markupOf(part)}`;
  });
  return trusted(`${markup.join('')}${texts.at(-1)}`);
}

/** Parts with something between them. */
export const joined = (parts: readonly Part[], between: Part): Html =>
  trusted(parts.map(markupOf).join(markupOf(between)));
