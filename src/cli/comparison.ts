import { type Comparison, isEstimate, type Side } from '../compare.js';
import { plain } from '../core/plain.js';
import { formatFid } from '../report/table.js';

/** Whole numbers as people read them: 50,000. */
const count = (n: number): string => n.toLocaleString('en');

const range = ([low, high]: readonly [number, number], format: (value: number) => string): string =>
  `${format(low)} … ${format(high)}`;

const small = (value: number): string => value.toPrecision(4);
const share = (value: number): string => value.toFixed(4);

function fidLines({ a, b, fid, sampled, at }: Comparison): string[] {
  const against = `${plain(a.name)} against ${plain(b.name)}`;
  if (!isEstimate(fid)) {
    return [
      `FID ${formatFid(fid.value)}   ${against}`,
      '    no error bar: both are statistics, which hold no single images',
    ];
  }
  const { n, standardError, interval, method, unbiased } = fid;
  const quoted = ({ name }: Side) => `"${plain(name)}"`;
  const [own, other] = sampled === 'b' ? [quoted(b), quoted(a)] : [quoted(a), quoted(b)];
  const lines = [
    `FID ${formatFid(fid.value)}${standardError === undefined ? '' : ` ± ${formatFid(standardError)}`}   ${against}`,
    ...(standardError !== undefined && interval
      ? [
          `    ± standard error, of ${count(n)} images in ${own} (${method}); ${other} is taken as it is`,
          `    95% interval ${range(interval, formatFid)}: what ${count(n)} images score, bias included`,
        ]
      : [`    no error bar: ${count(n)} images in ${own} cannot tell how much they scatter`]),
  ];
  if (unbiased?.trusted || (unbiased && at)) {
    lines.push(
      `FID∞ ${formatFid(unbiased.value)}   95% interval ${range(unbiased.interval, formatFid)}: without the bias of few images`,
    );
    if (!unbiased.trusted) lines.push(`    not to be trusted: each half should have ${count(unbiased.needed)} images`);
  } else lines.push('    too few images to tell how much of it is the bias of few images');
  for (const { n: size, value } of at ?? []) lines.push(`FID at ${count(size)}   ${formatFid(value)}`);
  return lines;
}

function kidLines({ kid }: Comparison): string[] {
  if (!kid) return [];
  const { value, uncertainty, subsets } = kid;
  const error = uncertainty
    ? ` ± ${small(uncertainty.standardError)}   95% interval ${range(uncertainty.interval, small)}`
    : '   no error bar below four images';
  return [
    `KID ${small(value)}${error}; over all pairs, unbiased`,
    ...(subsets
      ? [
          `    mean of ${subsets.count} subsets of ${count(subsets.size)}: ${small(subsets.mean)}, their std ${small(subsets.std)} (what other tools print; the std is no standard error)`,
        ]
      : []),
  ];
}

function prdcLines({ prdc = [] }: Comparison): string[] {
  return prdc.flatMap((result) => [
    `k = ${result.k}`,
    ...(['precision', 'recall', 'density', 'coverage'] as const).map((name) => {
      const { value, standardError, interval } = result[name];
      return `    ${name.padEnd(9)} ${share(value)} ± ${share(standardError)}   95% interval ${range(interval, share)}`;
    }),
  ]);
}

/** A comparison for a terminal. */
export function renderComparison(comparison: Comparison, comparable: string): string {
  const { extractor } = comparison;
  const by = extractor ? `${plain(extractor.id)} (${plain(extractor.tap)}, ${plain(extractor.preprocessing)}): ` : '';
  return [
    ...fidLines(comparison),
    ...kidLines(comparison),
    ...prdcLines(comparison),
    `${by}${plain(comparable)}.`,
    '',
  ].join('\n');
}

/** A comparison as one JSON object: full digits, and all that the reader of a number must know. */
export function comparisonJson(comparison: Comparison, comparable: string, notes: readonly string[]): string {
  const shown = ({ name, provenance }: Side) => ({ name, ...provenance });
  const { a, b, fid, sampled, at, kid, prdc, extractor, warnings } = comparison;
  const { influences: _, ...numbers } = isEstimate(fid) ? fid : { ...fid, influences: undefined };
  const result = {
    fid: numbers,
    ...(at && { at }),
    ...(kid && { kid }),
    ...(prdc && { prdc }),
    sampled: sampled ?? null,
    a: shown(a),
    b: shown(b),
    extractor: extractor ?? null,
    comparable,
    warnings: [...notes, ...warnings],
  };
  return `${JSON.stringify(result, null, 2)}\n`;
}
