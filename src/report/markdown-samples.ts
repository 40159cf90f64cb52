import type { RunRecord } from '../store/record.js';
import { literal } from './literal.js';
import { markdownRows } from './markdown-table.js';
import { formatCount, formatDifference } from './numbers.js';
import { ranking, textTable } from './ranking.js';
import type { Results } from './results.js';
import { cellsOf } from './sentences.js';
import { nameOf } from './setting-name.js';
import type { Strip } from './strip.js';

const SHOWN: Readonly<Record<Strip['kind'], string>> = {
  first: 'the first',
  raising: 'pull the FID up most',
  lowering: 'pull the FID down most',
};

const KINDS = Object.keys(SHOWN) as Strip['kind'][];

/** What a strip shows, for those who do not see it. */
export function stripText({ dataset, setting, kind, outputs }: Strip): string {
  const many = outputs.length;
  const of = `${nameOf(setting)} on ${dataset}`;
  if (kind === 'first') return `The first ${many === 1 ? 'output' : `${many} outputs`} of ${of}`;
  return `The ${many === 1 ? 'output' : `${many} outputs`} of ${of} that ${many === 1 ? SHOWN[kind].replace('pull', 'pulls') : SHOWN[kind]}`;
}

/** Which outputs a strip is of, from the left, with what each does to the FID. */
const outputsText = ({ outputs, psi }: Strip): string =>
  outputs
    .map((output, i) => {
      const pull = psi?.[i];
      return pull === undefined ? formatCount(output) : `${formatCount(output)} (${formatDifference(pull)})`;
    })
    .join(', ');

/** Pictures of each setting, in the order of the ranking: its first outputs, and those that pull its FID most. */
export function samplesSection({ datasets }: RunRecord, results: Results, strips: readonly Strip[]): string[] {
  const tables = datasets.flatMap(({ name }) => {
    const own = ranking(cellsOf(results, name)).flatMap(({ setting }) =>
      KINDS.flatMap((kind) =>
        strips.filter((strip) => strip.dataset === name && strip.setting === setting && strip.kind === kind),
      ),
    );
    if (!own.length) return [];
    return [
      ...(datasets.length > 1 ? [`### ${literal(name)}`] : []),
      markdownRows(
        textTable(own, [
          { head: 'Setting', left: true, text: ({ setting }) => literal(nameOf(setting)) },
          { head: 'Outputs', left: true, text: ({ kind }) => SHOWN[kind] },
          { head: 'Pictures', left: true, text: (strip) => `![${literal(stripText(strip))}](${strip.source})` },
          { head: 'Which', left: true, text: outputsText },
        ]),
      ),
    ];
  });
  if (!tables.length) return [];
  const pulls = strips.some(({ psi }) => psi);
  return [
    '## Samples',
    [
      'Outputs are counted from 0.',
      ...(pulls
        ? [
            'In parentheses is the influence ψ of an output: without it the FID would be lower by about ψ/(n − 1), higher where ψ is below 0, n the images of the setting.',
          ]
        : []),
    ].join(' '),
    ...tables,
  ];
}
