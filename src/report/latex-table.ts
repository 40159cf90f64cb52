import { tex, texHead, texNumbers } from './latex-text.js';
import { formatCount, formatFid } from './numbers.js';
import type { TextTable } from './ranking.js';
import type { Column } from './results.js';
import { intervalDecimals, type TableCell, type TableEntry, type TableRow, table } from './table.js';

/** Tables in LaTeX (booktabs), of texts that are made safe here. */

/** A row of a table, of cells that are LaTeX already; `space` is what stands after it beyond a line. */
export const texRow = (cells: readonly string[], space?: string): string =>
  `${cells.join(' & ')} \\\\${space === undefined ? '' : `[${space}]`}`;

/** Letters of a name above which its column has a width, in which it breaks. */
const LONG_NAME = 30;

/** A column of names: as wide as the longest, or broken into lines. */
export const nameColumn = (names: readonly string[], width = '45mm'): string =>
  names.some((name) => Array.from(name).length > LONG_NAME) ? `>{\\raggedright\\arraybackslash}p{${width}}` : 'l';

/** A text table that goes on over as many pages as it takes. */
export function texLongTable({ head, rows }: TextTable, caption: string): string {
  const columns = head.map(({ right }, i) => (right ? 'r' : nameColumn(rows.map((row) => row[i]!))));
  const heads = texRow(head.map(({ text }) => tex(text)));
  const body = rows.map((row) => texRow(row.map((text, i) => (head[i]!.right ? texNumbers(text) : tex(text)))));
  return [
    '{\\footnotesize\\setlength{\\tabcolsep}{4pt}',
    `\\begin{longtable}{@{}${columns.join('')}@{}}`,
    `\\caption{${caption}}\\\\`,
    `\\toprule\n${heads}\n\\midrule\n\\endfirsthead`,
    `\\toprule\n${heads}\n\\midrule\n\\endhead`,
    '\\bottomrule\n\\endlastfoot',
    ...body,
    '\\end{longtable}}',
  ].join('\n');
}

/** Marks what shares the best rank of its column; it takes no width, so that numbers stay below each other. */
const TIE = '\\rlap{\\textsuperscript{\\dag}}';

function entryText(entry: TableEntry | undefined): string {
  if (!entry) return '--';
  const { fid, best, aside, tied } = entry;
  const value = texNumbers(formatFid(fid));
  const text = best ? `\\textbf{${value}}` : value;
  return aside === undefined ? `${text}${tied ? TIE : ''}` : `\\llap{(}${text}\\rlap{)}`;
}

/** The interval under a FID, in small. */
function intervalText(entry: TableEntry | undefined, decimals: number): string {
  if (!entry?.interval) return '';
  const [low, high] = entry.interval.map((bound) => texNumbers(formatFid(bound, decimals)));
  return `{\\scriptsize [${low}, ${high}]}`;
}

/** Data sets a table: more do not fit on a page's width. */
const MOST_COLUMNS = 7;
/** Rows a table: more do not fit on a page's height. */
const MOST_ROWS = 36;
/** Letters a line of a column's head. */
const HEAD = 10;

const parts = <T>(items: readonly T[], most: number): T[][] =>
  Array.from({ length: Math.max(1, Math.ceil(items.length / most)) }, (_, i) => items.slice(i * most, (i + 1) * most));

/** What Table 1 is shown with in LaTeX. */
export interface LatexTableOptions {
  /** What is known of its data sets: by it the ties of the best rank are marked. */
  readonly said?: readonly Pick<Column, 'dataset' | 'tied'>[];
  /** With the 95% interval of each FID under it. */
  readonly ci?: boolean;
  /** LaTeX. */
  readonly caption: string;
  /** Paragraphs of LaTeX in small type below; below the first part where there are several. */
  readonly notes?: readonly string[];
}

/**
 * Table 1 as booktabs tables that stand by themselves: the best of each column bold, ties marked, what has fewer images in
 * parentheses, "Maximum gain" last. More data sets or settings than fit on a page go on in another table.
 */
export function latexTable(
  cells: readonly TableCell[],
  datasets: readonly string[],
  { said, ci = false, caption, notes = [] }: LatexTableOptions,
): string {
  const { rows, gain, images } = table(cells, datasets, said);
  const bounds = ci && cells.some(({ interval }) => interval);
  const decimals = datasets.map((dataset) => intervalDecimals(cells, dataset));
  // Columns that are not of as many images say of how many each is.
  const sizes = new Set(images.filter((count) => count !== undefined)).size > 1;
  const columns = parts(
    datasets.map((_, i) => i),
    bounds ? MOST_COLUMNS - 1 : MOST_COLUMNS,
  );
  const pages = columns.flatMap((places) =>
    parts(rows, bounds ? MOST_ROWS / 2 : MOST_ROWS).map((own, i, all) => ({ places, own, last: i === all.length - 1 })),
  );
  return pages
    .map(({ places, own, last }, page) => {
      const lines = (row: TableRow) => [
        texRow(
          [tex(row.label), String(row.n), ...places.map((i) => entryText(row.entries[i]))],
          bounds ? '-2pt' : undefined,
        ),
        ...(bounds ? [texRow(['', '', ...places.map((i) => intervalText(row.entries[i], decimals[i]!))], '2pt')] : []),
      ];
      const count = (i: number) => (images[i] === undefined ? '--' : tex(formatCount(images[i])));
      return [
        '\\begin{table}[htbp]',
        '\\centering\\small\\setlength{\\tabcolsep}{5pt}',
        ...(page
          ? [
              '\\addtocounter{table}{-1}',
              `\\caption{FID by mixing method and $N$, continued (${page + 1} of ${pages.length}).}`,
            ]
          : [`\\caption{${caption}}`]),
        `\\begin{tabular}{@{}${nameColumn(rows.map(({ label }) => label))}r${'r'.repeat(places.length)}@{}}`,
        '\\toprule',
        texRow(['Method', '$N$', ...places.map((i) => texHead(datasets[i]!, HEAD))]),
        ...(sizes ? [texRow(['\\emph{Images}', '', ...places.map(count)])] : []),
        '\\midrule',
        ...own.flatMap(lines),
        ...(last
          ? [
              '\\midrule',
              texRow([
                'Maximum gain',
                '',
                ...places.map((i) => (gain[i] === undefined ? '--' : texNumbers(formatFid(gain[i])))),
              ]),
            ]
          : []),
        '\\bottomrule',
        '\\end{tabular}',
        ...(page === 0 && notes.length
          ? ['\\par\\medskip', '\\begin{minipage}{\\linewidth}\\footnotesize', notes.join('\\par\n'), '\\end{minipage}']
          : []),
        '\\end{table}',
        // Figures that wait for their place are few in LaTeX.
        ...(page % 6 === 5 ? ['\\clearpage'] : []),
      ].join('\n');
    })
    .join('\n\n');
}
