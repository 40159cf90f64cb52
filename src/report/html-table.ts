import { type Html, html, type Part } from './html-escape.js';

/** A heading of a column. */
export interface HtmlHead {
  readonly text: Part;
  readonly right?: boolean;
}

export interface HtmlCell {
  readonly content: Part;
  /** What the column is sorted by; `missing` stays last in any order. Without it the cell's text sorts. */
  readonly sort?: number | 'missing';
  /** Of other images than its neighbours: behind them in any order. */
  readonly aside?: boolean;
  readonly kind?: 'choice';
}

export interface HtmlTable {
  /** Made of indices, never of names. */
  readonly id: string;
  readonly caption: Part;
  readonly head: readonly HtmlHead[];
  /** By row; the first cell that stands to the left heads its row. */
  readonly rows: readonly (readonly HtmlCell[])[];
  /** Rows that stay below, whatever the order. */
  readonly foot?: readonly (readonly HtmlCell[])[];
  readonly sortable?: boolean;
  /** `wide`: Table 1, whose second column stays in sight as well. */
  readonly kind?: 'wide';
}

function classes(names: readonly (string | false | undefined)[]): Part {
  const given = names.filter((name) => name).join(' ');
  return given ? html` class="${given}"` : undefined;
}

function attributes({ sort, aside, kind }: HtmlCell, right: boolean | undefined): Html {
  return html`${classes([right && 'right', kind])}${sort === undefined ? undefined : html` data-sort="${sort === 'missing' ? '' : String(sort)}"`}${aside ? html` data-aside=""` : undefined}`;
}

function cellOf(cell: HtmlCell, head: HtmlHead | undefined, heads: boolean): Html {
  const given = attributes(cell, head?.right);
  return heads ? html`<th scope="row"${given}>${cell.content}</th>` : html`<td${given}>${cell.content}</td>`;
}

/** A table that scrolls sideways by itself where it is wider than the page; by keyboard, too. */
export function tableOf({ id, caption, head, rows, foot, sortable = false, kind }: HtmlTable): Html {
  const first = head.findIndex(({ right }) => !right);
  const line = (cells: readonly HtmlCell[]) =>
    html`<tr>${cells.map((cell, i) => cellOf(cell, head[i], i === first))}</tr>\n`;
  return html`<div class="scroller" role="region" aria-labelledby="${id}-caption" tabindex="0">
<table id="${id}"${classes([kind])}${sortable ? html` data-sortable=""` : undefined}>
<caption id="${id}-caption">${caption}</caption>
<thead><tr>${head.map(({ text, right }, i) => html`<th scope="col"${classes([right && 'right', i === first && 'stub'])}>${text}</th>`)}</tr></thead>
<tbody>
${rows.map(line)}</tbody>
${foot ? html`<tfoot>${foot.map(line)}</tfoot>\n` : undefined}</table>
</div>
`;
}

/** What a printed number sorts by: that number; in parentheses it is aside, and `–` is missing. */
export function printed(text: string): Pick<HtmlCell, 'sort' | 'aside'> {
  if (text === '–') return { sort: 'missing' };
  const number = Number.parseFloat(text.replace(/^\(/, '').replaceAll(',', ''));
  return Number.isNaN(number) ? {} : { sort: number, ...(text.startsWith('(') && { aside: true }) };
}
