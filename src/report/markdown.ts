import type { Cell, RunRecord } from '../store/run.js';
import { describeSetting, formatFid, ranking, table } from './table.js';

/** A name as literal text inside markdown: never a table border, markup, a link or HTML. */
export function literal(text: string): string {
  return text
    .replace(/\p{Cc}/gu, ' ')
    .replace(/[\\`*_{}[\]()#+!|~$]|:(?=\/\/)|(?<=www)\./gi, '\\$&')
    .replace(/&/g, '&amp;')
    .replace(/</g, '&lt;')
    .replace(/>/g, '&gt;');
}

const row = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;

/** Table 1 in markdown: the best of each column bold, "Maximum gain" last. */
export function markdownTable(
  cells: readonly Pick<Cell, 'dataset' | 'setting' | 'fid'>[],
  columns: readonly string[],
): string {
  const { rows, gain } = table(cells, columns);
  const shown = (value: number | undefined, best = false) => {
    if (value === undefined) return '–';
    return best ? `**${formatFid(value)}**` : formatFid(value);
  };
  return [
    row(['Method', 'N', ...columns.map(literal)]),
    row(['---', '---:', ...columns.map(() => '---:')]),
    ...rows.map(({ label, n, fid, best }) =>
      row([literal(label), String(n), ...fid.map((value, i) => shown(value, best[i]))]),
    ),
    row(['Maximum gain', '', ...gain.map((value) => shown(value))]),
  ].join('\n');
}

function markdownRanking(cells: readonly Cell[]): string {
  return [
    row(['#', 'Data set', 'Setting', 'FID', 'Images']),
    row(['---:', '---', '---', '---:', '---:']),
    ...ranking(cells).map(({ dataset, setting, fid, images }, i) => {
      const { label, n, method } = describeSetting(setting);
      const name = method === 'none' ? label : `${label} ${n}`;
      return row([String(i + 1), literal(dataset), literal(name), formatFid(fid), String(images)]);
    }),
  ].join('\n');
}

function notes(record: RunRecord, cells: readonly Cell[]): string[] {
  const { extractor, comparable, reference, images } = record;
  const fewest = Math.min(...cells.map((cell) => cell.images));
  const out = [`These numbers are ${literal(comparable)}.`, ...reference.warnings.map(literal)];
  if (reference.note) out.push(`Reference: ${literal(reference.note)}`);
  if (fewest < images) out.push(`The sweep was ended early: ${fewest} of ${images} images a setting.`);
  if (fewest < 2 * extractor.dims) {
    out.push(
      `FID is biased upwards when images are few, here ${fewest} for features of ${extractor.dims} dimensions: compare only rows of this table, and settings that lie close are not told apart.`,
    );
  }
  return out;
}

function howMade(record: RunRecord): string {
  const { datasets, extractor, reference, device } = record;
  const facts: [string, string][] = [
    ...datasets.map(({ name, spec, fit, identity }): [string, string] => {
      const size = identity.programs ? `${identity.programs} programs` : `${identity.images} images`;
      const [what, hash] = identity.sha256
        ? ['SHA-256', identity.sha256]
        : ['SHA-256 of names and sizes', identity.namesAndSizesSha256];
      return [`Data set ${literal(name)}`, `${literal(spec)} (${size}, ${what} ${String(hash).slice(0, 12)}…), ${fit}`];
    }),
    ['Images a setting', String(record.images)],
    ['Resolution', `${record.resolution} × ${record.resolution}`],
    ['Seed', String(record.seed)],
    ['Mixing', 'MixUp weights Dirichlet(1, …, 1) and CutMix λ ~ Beta(1, 1), where a row does not say otherwise'],
    ['Recipe version', String(record.recipeVersion)],
    ['Extractor', `${extractor.id}, tap ${extractor.tap}, ${extractor.dims} dimensions`],
    ['Extractor SHA-256', `\`${extractor.sha256}\``],
    ['Preprocessing', literal(extractor.preprocessing)],
    [
      'Reference',
      `${literal(reference.source)}${reference.count ? `, ${reference.count} images` : ''}${reference.fit ? `, ${reference.fit}` : ''}`,
    ],
    ['Reference SHA-256', `\`${reference.sha256}\``],
    ['Covariance', 'ddof = 1, float64'],
    ['Device', `${literal(device.renderer)} (${device.backend})`],
    ['OpenGL', literal(device.version)],
    ['Tool', literal(record.tool)],
    [
      'Versions',
      literal(
        Object.entries(record.versions)
          .map((pair) => pair.join(' '))
          .join(', '),
      ),
    ],
    ['Started', record.started],
  ];
  if (record.seconds !== undefined) facts.push(['Time', `${record.seconds.toFixed(0)} s`]);
  if (record.baseRenders !== undefined) facts.push(['Base images made', String(record.baseRenders)]);
  return [row(['', '']), row(['---', '---']), ...facts.map((fact) => row(fact))].join('\n');
}

/** `report.md`: table, ranking, what was set aside, how it was made. */
export function renderMarkdown(record: RunRecord, cells: readonly Cell[]): string {
  const names = record.datasets.map(({ name }) => name);
  const sections = [
    '# FID by mixing method and N',
    notes(record, cells)
      .map((note) => `> ${note}`)
      .join('\n>\n'),
    markdownTable(cells, names),
    'FID to the reference, lower is better; the best of each column is bold. Maximum gain: FID of None minus the lowest FID of all mixed rows.',
    '## Ranking',
    markdownRanking(cells),
  ];
  if (record.setAside.length) {
    sections.push(
      '## Set aside',
      `${record.setAside.length} programs or images could not be used, and others took their place:`,
    );
    sections.push(
      record.setAside
        .map(({ dataset, id, why }) => `- ${literal(dataset)}, ${literal(id)}: ${literal(why)}`)
        .join('\n'),
    );
  }
  sections.push('## How it was made', howMade(record));
  return `${sections.join('\n\n')}\n`;
}
