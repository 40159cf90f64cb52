import type { Coefficient, CorrelationStudy, DatasetCorrelation, LeftOut } from './correlation.js';
import { formatCount, formatDifference, formatInterval } from './numbers.js';
import { type TextTable, textTable } from './ranking.js';
import { listed } from './setting-name.js';

/** What a study of correlations says, as a table and sentences; `safe` makes a name safe for where it goes. */

type Safe = (name: string) => string;

const DECIMALS = 2;

const signed = (value: number): string => formatDifference(value, DECIMALS);
const range = (interval: readonly [number, number]): string => formatInterval(interval, DECIMALS, formatDifference);

const coefficientText = ({ value, interval }: Coefficient): string =>
  `${signed(value)}${interval ? ` (${range(interval)})` : ''}`;

const small = (p: number): string => (p < 0.001 ? '< 0.001' : p.toFixed(3));

/** A row a data set and column of accuracies, and after them the means over data sets. */
export function correlationTable({ correlations, means }: CorrelationStudy, safe: Safe): TextTable {
  type Row = DatasetCorrelation | CorrelationStudy['means'][number];
  const single = (row: Row): DatasetCorrelation | undefined => ('pairs' in row ? row : undefined);
  const either = (row: Row, which: 'spearman' | 'kendall'): string => {
    const own = row[which];
    return typeof own === 'number' ? signed(own) : coefficientText(own);
  };
  return textTable<Row>(
    [...correlations, ...means],
    [
      {
        head: 'Data set',
        left: true,
        text: (row) => ('pairs' in row ? safe(row.dataset) : `Mean of ${row.datasets} data sets`),
      },
      { head: 'Accuracy', left: true, text: ({ column }) => safe(column) },
      { head: 'Pairs', text: (row) => single(row) && formatCount(single(row)!.pairs.length) },
      { head: 'Spearman ρ (95%)', text: (row) => either(row, 'spearman') },
      { head: 'Kendall τ-b (95%)', text: (row) => either(row, 'kendall') },
      {
        head: 'Exact p of ρ, τ',
        text: (row) => {
          const [rho, tau] = [single(row)?.spearman.p, single(row)?.kendall.p];
          return rho === undefined || tau === undefined ? undefined : `${small(rho)}, ${small(tau)}`;
        },
      },
      {
        head: "ρ within FID's error",
        text: (row) => {
          const within = single(row)?.spearman.within;
          return within && range(within);
        },
      },
    ],
  );
}

/** What the sign says: by the exact p of ρ where it is known, else by its interval. */
function verdict({ dataset, column, spearman: { interval, value, p } }: DatasetCorrelation, safe: Safe): string {
  const where = `${safe(column)} on ${safe(dataset)}`;
  const sure = p === undefined ? interval !== undefined && (interval[0] > 0 || interval[1] < 0) : p < 0.05;
  if (!sure) return `${where}: their order is not told apart from chance.`;
  return value < 0
    ? `${where}: a lower FID goes with a higher accuracy, beyond chance.`
    : `${where}: a lower FID goes with a lower accuracy, beyond chance; FID misleads here.`;
}

/** The convention first, then what was found, what the numbers are, and what took no part. */
export function correlationSentences({ correlations, means, leftOut }: CorrelationStudy, safe: Safe): string[] {
  const by = (errors: DatasetCorrelation['errors']) => correlations.some((one) => one.errors === errors);
  const unbiased = correlations.filter(({ of }) => of === 'fid∞').map(({ dataset }) => safe(dataset));
  return [
    'Lower FID is better and higher accuracy is better, so that an FID of use has a negative correlation with accuracy.',
    ...correlations.map((one) => verdict(one, safe)),
    'The intervals take the settings as independent draws of all that might have been tried (ρ by Bonett and Wright 2000, τ by Fieller, Hartley and Pearson 1957).',
    ...(correlations.some(({ spearman: { interval } }) => !interval)
      ? ['A perfect order has no interval: it says how few settings there are as much as how well they agree.']
      : []),
    ...(by('of differences')
      ? [
          "Within FID's error: where the middle 95% of ρ lie when every FID moves by the error of its paired difference to the leader; what all FIDs have in common moves no order.",
        ]
      : []),
    ...(by('of each')
      ? [
          "Within FID's error: where the middle 95% of ρ lie when every FID moves by its own standard error, independently. Settings of one run move together, so that this is rather too wide.",
        ]
      : []),
    ...(by(undefined)
      ? [
          `${by('of each') || by('of differences') ? 'Some' : 'The'} FIDs have no errors here, so that nothing is said of how far these move ρ.`,
        ]
      : []),
    ...(unbiased.length ? [`By FID∞ on ${listed([...new Set(unbiased)])}, where the numbers of images differ.`] : []),
    ...(means.length
      ? [
          'The means are plain ones of what holds within each data set; FIDs and accuracies of different data sets are never put in one order.',
        ]
      : []),
    ...leftOutSentences(leftOut, safe),
  ];
}

const TITLES: Readonly<Record<LeftOut['what'], string>> = {
  row: 'Rows that were left out',
  cell: 'Settings without a partner',
  column: 'Columns that were left out',
  correlation: 'Not correlated',
};

/** Everything that took no part, by kind and reason, each by its name. */
function leftOutSentences(leftOut: readonly LeftOut[], safe: Safe): string[] {
  return (['correlation', 'row', 'cell', 'column'] as const).flatMap((what) => {
    const own = leftOut.filter((one) => one.what === what);
    return [...new Set(own.map(({ why }) => why))].map((why) => {
      const names = own.filter((one) => one.why === why).map(({ name }) => safe(name));
      return `${TITLES[what]}: ${listed(names, Number.POSITIVE_INFINITY)} (${safe(why)}).`;
    });
  });
}

/** The pairs of one correlation. */
export const pairTable = ({ pairs, of, column }: DatasetCorrelation, safe: Safe): TextTable =>
  textTable(pairs, [
    { head: 'Setting', left: true, text: ({ setting }) => safe(setting) },
    {
      head: of === 'fid' ? 'FID' : 'FID∞',
      text: ({ fid, standardError }) =>
        `${fid.toFixed(DECIMALS)}${standardError === undefined ? '' : ` ± ${standardError.toFixed(DECIMALS)}`}`,
    },
    { head: safe(column), text: ({ accuracy }) => String(accuracy) },
  ]);
