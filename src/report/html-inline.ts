import { type Html, html, joined, trusted } from './html-escape.js';
import type { TextTable } from './ranking.js';

/**
 * The explanations of `report.md` in HTML, so that both say the same. They are markdown of our own, in which every name went
 * through `literal`: bold, code and escapes are all that they have.
 */

const ENTITIES: Readonly<Record<string, string>> = { '&amp;': '&', '&lt;': '<', '&gt;': '>' };
const TOKEN = /(\\[!-/:-@[-`{-~]|&(?:amp|lt|gt);|\*\*|`)/;

/** A line of it as markup. */
export function inline(markdown: string): Html {
  const open: string[] = [];
  const toggle = (tag: string): Html => {
    if (open.at(-1) === tag) return trusted(`</${open.pop()}>`);
    open.push(tag);
    return trusted(`<${tag}>`);
  };
  const parts = markdown.split(TOKEN).map((token) => {
    if (token === '**') return toggle('strong');
    if (token === '`') return toggle('code');
    return html`${ENTITIES[token] ?? (/^\\./.test(token) ? token.slice(1) : token)}`;
  });
  if (open.length) throw new Error(`markdown that is not closed: ${markdown}`);
  return joined(parts, '');
}

const isProse = (block: string): boolean => !/^(#|\||!\[|- |<)/.test(block);

/** The paragraphs that open a section: those before its first heading, table, list or picture. */
export function opening([heading, ...blocks]: readonly string[]): readonly string[] {
  if (heading === undefined) return [];
  const end = blocks.findIndex((block) => !isProse(block));
  return end < 0 ? blocks : blocks.slice(0, end);
}

/** All paragraphs of a section. */
export const proseOf = (blocks: readonly string[]): readonly string[] => blocks.filter(isProse);

/** Between borders: before a pipe that is part of a name stands a backslash, never a space. */
const cellsOf = (line: string): string[] => line.slice(2, -2).split(' | ');

/** The tables of a section; their texts are markdown still. */
export function tablesOf(blocks: readonly string[]): readonly TextTable[] {
  return blocks
    .filter((block) => block.startsWith('| '))
    .map((block) => {
      const [head = '', rule = '', ...rows] = block.split('\n');
      const right = cellsOf(rule).map((dashes) => dashes.endsWith(':'));
      return {
        head: cellsOf(head).map((text, i) => ({ text, right: right[i] ?? false })),
        rows: rows.map(cellsOf),
      };
    });
}
