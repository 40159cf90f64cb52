import type { DatasetRecord, ReferenceRecord, RunRecord } from '../store/record.js';
import type { RunComparison } from './comparison.js';
import { formatChosen, formatCount } from './numbers.js';

/** What was different in how runs were made, field by field of their records. */

/** What a difference in a field does to the numbers: it forbids their comparison, is in them, is chance, or next to nothing. */
export type Bearing = 'forbids' | 'matters' | 'chance' | 'little';

export interface MadeDifference {
  readonly field: string;
  readonly bearing: Bearing;
  /** What that does to the numbers, as a sentence. */
  readonly why: string;
  /** A text for every run, unsafe as it stands in a record. */
  readonly values: readonly string[];
}

interface Field {
  readonly name: string;
  readonly bearing: Bearing;
  readonly why: string;
  readonly text: (record: RunRecord) => string;
  /** What counts as equal, where the text does not say. */
  readonly key?: (record: RunRecord) => string;
}

const short = (hash: string | undefined): string => (hash ? ` (SHA-256 ${hash.slice(0, 12)}…)` : '');

const referenceText = (reference: ReferenceRecord | undefined): string =>
  reference
    ? `${reference.source}${reference.count ? `, ${formatCount(reference.count)} images` : ''}${reference.fit ? `, ${reference.fit}` : ''}${short(reference.sha256)}`
    : 'none';

/**
 * What a data set's pictures are, whatever it is called and at whatever resolution a run makes them: equal for the same.
 *
 * @param resolution of the run, which how pictures are fitted names too
 */
export const identityText = ({ identity, fit }: DatasetRecord, resolution: number): string =>
  JSON.stringify([
    Object.entries(identity).sort(([a], [b]) => (a < b ? -1 : 1)),
    fit.replace(new RegExp(`\\b${resolution}\\b`, 'g'), 'R'),
  ]);

function datasetText({ spec, identity, fit }: DatasetRecord): string {
  const facts = Object.entries(identity).map(
    ([name, value]) => `${name} ${/sha256$/i.test(name) ? `${String(value).slice(0, 12)}…` : value}`,
  );
  return `${spec} (${facts.join(', ')}), ${fit}`;
}

const strategyText = ({ strategy }: RunRecord): string =>
  Object.entries(strategy)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${name} ${name === 'tolerance' ? formatChosen(Number(value)) : value}`)
    .join(', ');

const versionText = ({ versions }: RunRecord): string =>
  Object.entries(versions)
    .map((pair) => pair.join(' '))
    .join(', ');

const NO_SCALE = 'No difference is given: ';
const DRAWN = 'This may move pixels, and with them FIDs, by little; so does another driver.';
const COURSE = 'This changes what was measured and how settings were chosen, not the FID of a cell.';

const FIELDS: readonly Field[] = [
  {
    name: 'Extractor',
    bearing: 'forbids',
    why: `${NO_SCALE}FIDs in different feature spaces have no scale in common.`,
    text: ({ extractor: { id, tap, dims, preprocessing, sha256 } }) =>
      `${id}, tap ${tap}, ${dims} dimensions, ${preprocessing}${short(sha256)}`,
    key: ({ extractor: { tap, dims, preprocessing, sha256 } }) => JSON.stringify([tap, dims, preprocessing, sha256]),
  },
  {
    name: 'Reference',
    bearing: 'forbids',
    why: `${NO_SCALE}FIDs to different references are distances to different things.`,
    text: ({ reference }) => referenceText(reference),
    key: ({ reference }) => reference.sha256,
  },
  {
    name: 'Recipe version',
    bearing: 'matters',
    why: 'The same setting is mixed otherwise.',
    text: ({ recipeVersion }) => String(recipeVersion),
  },
  {
    name: 'Resolution',
    bearing: 'matters',
    why: 'The differences are of pictures of different sizes.',
    text: ({ resolution }) => `${resolution} × ${resolution}`,
  },
  {
    name: 'Images a setting',
    bearing: 'matters',
    why: 'FIDₙ is biased by its number of images: cells of different n are compared by FID∞ alone. Go on with the shorter run (sweep --out, with more --images) to compare FIDₙ.',
    text: ({ images }) => formatCount(images),
  },
  {
    name: 'Seed',
    bearing: 'chance',
    why: 'The runs have other random draws: their differences hold the chance of both, which the intervals take in.',
    text: ({ seed }) => String(seed),
  },
  { name: 'Device', bearing: 'little', why: DRAWN, text: ({ device }) => `${device.renderer} (${device.backend})` },
  { name: 'OpenGL', bearing: 'little', why: DRAWN, text: ({ device }) => device.version },
  { name: 'Tool', bearing: 'little', why: 'Versions may differ in the last digits.', text: ({ tool }) => tool },
  {
    name: 'Versions',
    bearing: 'little',
    why: 'Versions may differ in the last digits.',
    text: versionText,
    key: ({ versions }) => JSON.stringify(Object.entries(versions).sort()),
  },
  {
    name: 'Half that chooses',
    bearing: 'little',
    why: COURSE,
    text: ({ selection }) => referenceText(selection),
    key: ({ selection }) => selection?.sha256 ?? '',
  },
  { name: 'Strategy', bearing: 'little', why: COURSE, text: strategyText },
  {
    name: 'Settings',
    bearing: 'little',
    why: COURSE,
    text: ({ settings }) => (settings.length > 12 ? `${settings.length} settings` : settings.join(', ')),
    key: ({ settings }) => JSON.stringify([...settings].sort()),
  },
  { name: 'Block', bearing: 'little', why: COURSE, text: ({ block }) => `${block} images` },
  {
    name: 'Kept',
    bearing: 'little',
    why: 'Where only moments were kept there are no errors.',
    text: ({ keep }) => keep,
  },
];

const ORDER: readonly Bearing[] = ['forbids', 'matters', 'chance', 'little'];

/** Data sets that are compared and are not of the same pictures, by their names in the first run. */
function datasetDifferences({
  runs,
  rows,
  renamed,
}: Pick<RunComparison, 'runs' | 'rows' | 'renamed'>): MadeDifference[] {
  return [...new Set(rows.map(({ dataset }) => dataset))].flatMap((name) => {
    const found = runs.map(({ record: { datasets, resolution } }, run) => {
      const own = renamed.find((one) => one.run === run && one.as === name)?.dataset ?? name;
      const dataset = datasets.find((one) => one.name === own);
      return dataset && { text: datasetText(dataset), identity: identityText(dataset, resolution) };
    });
    if (new Set(found.flatMap((one) => one?.identity ?? [])).size < 2) return [];
    const why = 'The name is the same, the pictures are not: the differences are of two data sets.';
    const values = found.map((one) => one?.text ?? 'not there');
    return [{ field: `Data set ${name}`, bearing: 'matters', why, values }];
  });
}

/** All fields that differ between some two runs, those that matter most first. What a command was called with is not compared. */
export function madeDifferences(comparison: Pick<RunComparison, 'runs' | 'rows' | 'renamed'>): MadeDifference[] {
  const records = comparison.runs.map(({ record }) => record);
  const fields = FIELDS.filter(({ text, key = text }) => new Set(records.map(key)).size > 1).map(
    ({ name, bearing, why, text }): MadeDifference => ({ field: name, bearing, why, values: records.map(text) }),
  );
  const all = [...fields, ...datasetDifferences(comparison)];
  return ORDER.flatMap((bearing) => all.filter((one) => one.bearing === bearing));
}

/** Why no FID of two runs may be subtracted; undefined where it may. */
export function forbidden(a: RunRecord, b: RunRecord): string | undefined {
  const fields = FIELDS.filter(({ bearing, text, key = text }) => bearing === 'forbids' && key(a) !== key(b)).map(
    ({ name }) => name.toLowerCase(),
  );
  return fields.length ? `the ${fields.join(' and the ')} differ${fields.length > 1 ? '' : 's'}` : undefined;
}
