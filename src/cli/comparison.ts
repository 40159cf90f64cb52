import { type Comparison, isEstimate, type Side } from '../compare.js';
import { plain } from '../core/plain.js';

/** Whole numbers as people read them: 50,000. */
const count = (n: number): string => n.toLocaleString('en');

const range = ([low, high]: readonly [number, number], format: (value: number) => string): string =>
  `${format(low)} … ${format(high)}`;

const small = (value: number): string => value.toPrecision(4);
const share = (value: number): string => value.toFixed(4);

/** So many decimals that an error has two figures; four where there is none. */
function decimals(standardError: number | undefined): (value: number) => string {
  const size = standardError === undefined ? 4 : 1 - Math.floor(Math.log10(standardError || 1e-3));
  const places = Math.min(8, Math.max(2, size));
  return (value) => value.toFixed(places).replace(/^-(?=0\.?0*$)/, '');
}

function fidLines({ a, b, fid, sampled, at }: Comparison): string[] {
  const against = `${plain(a.name)} against ${plain(b.name)}`;
  if (!isEstimate(fid)) {
    return [
      `FID ${decimals(undefined)(fid.value)}   ${against}`,
      '    no error bar: both are statistics, which hold no single images',
    ];
  }
  const { standardError, interval, errors, unbiased } = fid;
  const format = decimals(standardError);
  const quoted = ({ name }: Side) => `"${plain(name)}"`;
  const [own, other] = sampled === 'b' ? [quoted(b), quoted(a)] : [quoted(a), quoted(b)];
  const sets = errors.map(({ n, method }, i) => `${count(n)} images in ${[own, other][i]} (${method})`).join(' and ');
  const asIs = sampled === 'both' ? '' : `; ${other} is taken as it is`;
  const lines = [
    `FID ${format(fid.value)}${standardError === undefined ? '' : ` ± ${format(standardError)}`}   ${against}`,
  ];
  if (standardError === undefined || !interval)
    lines.push('    no error bar: two images cannot tell how much they scatter');
  else {
    lines.push(`    ± standard error, of ${sets}${asIs}`);
    lines.push(`    95% interval ${range(interval, format)}: what as many images score, bias included`);
  }
  if (unbiased && (unbiased.trusted || at)) {
    const rest = unbiased.corrected === 'both' ? '' : `; that of ${other} remains`;
    const sure = unbiased.interval
      ? `95% interval ${range(unbiased.interval, format)}`
      : `not to be trusted: each half should have ${count(unbiased.needed)} images`;
    lines.push(`FID∞ ${format(unbiased.value)}   ${sure}: without the bias of few images${rest}`);
  } else lines.push('    too few images to tell how much of it is the bias of few images');
  for (const { n: size, value } of at ?? []) lines.push(`FID at ${count(size)}   ${format(value)}`);
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
    subsets
      ? `    mean of ${subsets.count} subsets of ${count(subsets.size)}: ${small(subsets.mean)}, their std ${small(subsets.std)} (what other tools print; the std is no standard error)`
      : '    no subsets of 1,000, which other tools print: the sets are too small',
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
