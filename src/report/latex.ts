import { latexTable, texLongTable, texRow } from './latex-table.js';
import { tex } from './latex-text.js';
import { confirmed } from './markdown-confirmation.js';
import { factsOf } from './markdown-made.js';
import { notes } from './markdown-notes.js';
import { counted, formatCount } from './numbers.js';
import { rankingTable } from './ranking.js';
import type { Report } from './report.js';
import type { Results } from './results.js';
import { cellsOf, leaderSentence, lowestSentence, raceSentence } from './sentences.js';
import { nameOf } from './setting-name.js';
import { fullImages } from './table.js';

const asIs = (name: string): string => name;

/** What the table needs where it is pasted stands in the document's head and is named here. */
const HEAD = `% FID by mixing method and N, made by fidsweep. Compile it with pdflatex.
% To paste a table into a manuscript, take it from \\begin{table} to \\end{table}; it needs, in the preamble,
%   \\usepackage[utf8]{inputenc}  \\usepackage[T1]{fontenc}  \\usepackage{textcomp,array,booktabs}
% and the rankings longtable too.
\\documentclass[10pt,a4paper]{article}
\\usepackage[utf8]{inputenc}
\\usepackage[T1]{fontenc}
\\usepackage{textcomp}
\\IfFileExists{lmodern.sty}{\\usepackage{lmodern}}{}
\\usepackage[margin=20mm]{geometry}
\\usepackage{array,booktabs,longtable}
\\setlength{\\parindent}{0pt}
\\setlength{\\parskip}{0.5\\baselineskip}
\\emergencystretch=3em
\\setlength{\\belowcaptionskip}{6pt}
\\begin{document}
\\begin{center}\\Large FID by mixing method and $N$\\end{center}`;

/** What the numbers of Table 1 are: of how many images, to what reference, by which network, and what they compare with. */
function captionOf({ record, results }: Report, ci: boolean): string {
  const { reference, extractor, comparable } = record;
  const sizes = [
    ...new Set(
      record.datasets.flatMap(({ name }) => {
        const full = fullImages(cellsOf(results, name));
        return full === undefined ? [] : [full];
      }),
    ),
  ];
  const n =
    sizes.length === 1 ? `$n$ = ${tex(formatCount(sizes[0]!))} images a setting` : 'as many images as its head says';
  const real = `${reference.source}${reference.count === undefined ? '' : ` (${counted(reference.count, 'image')})`}`;
  return [
    `FID$_n$ by mixing method and $N$, ${sizes.length === 1 ? '' : 'each column '}of ${n}, to ${tex(real)}, by ${tex(`${extractor.id}, tap ${extractor.tap}, ${extractor.dims} dimensions`)}.`,
    'Lower is better; the lowest of each column is bold.',
    ...(results.columns.some(({ tied }) => tied.length > 1)
      ? ['\\textsuperscript{\\dag}~Shares rank 1: the leader of its column, or not separated from it.']
      : []),
    ...(ci && results.cells.some(({ interval }) => interval) ? ['In brackets the 95\\% interval of each.'] : []),
    'Maximum gain: FID of None minus the lowest FID of all mixed rows.',
    tex(`These numbers are ${comparable}.`),
  ].join(' ');
}

function outcome({ record, results }: Report): string[] {
  const items = results.columns.map((column) => {
    const { dataset, race, recommended } = column;
    const said = [
      leaderSentence(column, record, results),
      ...lowestSentence(column, record, results),
      ...(race ? [raceSentence(race, record, cellsOf(results, dataset))] : []),
    ].join(' ');
    return [
      `\\item ${record.datasets.length > 1 ? `\\emph{${tex(dataset)}}: ` : ''}${tex(said)}`,
      ...(recommended
        ? [`\\textbf{Recommended: ${tex(nameOf(recommended.setting))}.} ${tex(recommended.reason)}`]
        : []),
    ].join(' ');
  });
  return items.length ? [['\\section*{Outcome}', '\\begin{itemize}', ...items, '\\end{itemize}'].join('\n')] : [];
}

/** A ranking a data set, each of its own caption. */
function rankings({ record, results }: Report): string[] {
  const judged = results.cells.some(({ difference }) => difference);
  const errors = results.cells.some(({ standardError }) => standardError !== undefined);
  const legend = [
    ...(judged
      ? ['Settings that share a rank are not separated, at this n, from the best of them.']
      : ['Ranks are in the order of the values: without errors it is not known which settings are apart.']),
    ...(errors ? ['FID ± its standard error is of FIDₙ, bias included.'] : []),
    ...(judged
      ? [
          'Differences are to the leader, paired under common random numbers, with intervals that hold all at once with 95%.',
        ]
      : []),
  ].join(' ');
  const tables = record.datasets.flatMap(({ name }) => {
    const cells = cellsOf(results, name);
    const column = results.columns.find(({ dataset }) => dataset === name);
    return cells.length
      ? [texLongTable(rankingTable(cells, column, { narrow: true }), tex(`Ranking on ${name}.`))]
      : [];
  });
  return tables.length ? ['\\section*{Ranking}', tex(legend), ...tables] : [];
}

function confirmations({ results }: Report): string[] {
  const parts = results.columns.flatMap((column) => {
    if (!column.confirmation) return [];
    const { sentence, table } = confirmed(column, column.confirmation, asIs);
    return [tex(sentence), texLongTable(table, tex(`${column.dataset} in a second feature space.`))];
  });
  return parts.length ? ['\\section*{Confirmation in a second feature space}', ...parts] : [];
}

function howMade({ record, timing }: Report): string {
  return [
    '{\\footnotesize',
    '\\begin{longtable}{@{}>{\\raggedright\\arraybackslash}p{38mm}>{\\raggedright\\arraybackslash}p{122mm}@{}}',
    '\\toprule\n\\endhead',
    '\\bottomrule\n\\endfoot',
    ...factsOf(record, timing, { safe: asIs, code: asIs }).map((fact) => texRow(fact.map(tex))),
    '\\end{longtable}}',
  ].join('\n');
}

/** Notes on the numbers; what they compare with stands in the caption. */
const notesOf = (record: Report['record'], results: Results): string[] =>
  notes(record, results, asIs, 'on as many images as its ranking says').slice(1).map(tex);

export interface LatexOptions {
  /** With the 95% interval of every FID in Table 1. */
  readonly ci?: boolean | undefined;
}

/**
 * `report.tex`: a whole document for pdflatex that needs nothing beyond `texlive-latex-recommended`: Table 1 (booktabs), the
 * outcome, the ranking of each data set, how it was made. Whatever names hold, they are text.
 */
export function renderLatex(report: Report, { ci = false }: LatexOptions = {}): string {
  const { record, results } = report;
  const sections = [
    HEAD,
    latexTable(
      results.cells,
      record.datasets.map(({ name }) => name),
      { said: results.columns, ci, caption: captionOf(report, ci), notes: notesOf(record, results) },
    ),
    ...outcome(report),
    ...rankings(report),
    ...confirmations(report),
    '\\section*{How it was made}',
    howMade(report),
    '\\end{document}',
  ];
  return `${sections.join('\n\n')}\n`;
}
