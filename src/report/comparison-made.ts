import type { DatasetRecord, ReferenceRecord, RunRecord } from '../store/record.js';
import type { ComparedRun, RunComparison } from './comparison.js';
import { formatChosen, formatCount } from './numbers.js';
import { listed } from './setting-name.js';

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
  readonly key?: (record: RunRecord, run: ComparedRun) => string;
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

/** Seconds of `--program-timeout` where it is not given. */
const USUAL_TIMEOUT = 20;

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
    key: (_, { reference }) => String(reference),
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
    name: 'Program timeout',
    bearing: 'matters',
    why: 'A program that is too slow for one run is set aside, and another takes its place.',
    text: ({ flags }) => `${Number(flags['program-timeout'] ?? USUAL_TIMEOUT)} s`,
  },
  {
    name: 'Corrupt images',
    bearing: 'matters',
    why: 'Where they are left out, others take their place.',
    text: ({ flags }) => (flags['skip-corrupt'] === true ? 'left out' : 'refused'),
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

type Compared = Pick<RunComparison, 'runs' | 'rows' | 'renamed'>;

/** A data set of the first run as another has it; undefined where that has none. */
function datasetIn({ runs, renamed }: Omit<Compared, 'rows'>, run: number, name: string): DatasetRecord | undefined {
  const own = renamed.find((one) => one.run === run && one.as === name)?.dataset ?? name;
  return runs[run]!.record.datasets.find((one) => one.name === own);
}

/** A field of every data set that is compared, by its name in the first run: those in which runs that have it differ. */
function byDataset(
  { runs, rows, renamed }: Compared,
  field: { readonly name: string; readonly why: string },
  of: (dataset: DatasetRecord, run: ComparedRun) => { readonly text: string; readonly key: string },
): MadeDifference[] {
  return [...new Set(rows.map(({ dataset }) => dataset))].flatMap((name) => {
    const found = runs.map((run, i) => {
      const dataset = datasetIn({ runs, renamed }, i, name);
      return dataset && of(dataset, run);
    });
    if (new Set(found.flatMap((one) => one?.key ?? [])).size < 2) return [];
    const values = found.map((one) => one?.text ?? 'not there');
    return [{ field: `${field.name} ${name}`, bearing: 'matters', why: field.why, values }];
  });
}

const DATA_SET = {
  name: 'Data set',
  why: 'The name is the same, the pictures are not: the differences are of two data sets.',
};

const SET_ASIDE = {
  name: 'What was set aside in',
  why: 'Others take its place, so that the same draws make other pictures. A run meets what its own draws come to: of another seed, or of more images, it may list more of the same.',
};

function setAsideIn({ name }: DatasetRecord, { setAside }: ComparedRun): { text: string; key: string } {
  const ids = [...new Set(setAside.flatMap(({ dataset, id }) => (dataset === name ? id : [])))].sort();
  return { text: ids.length ? `${formatCount(ids.length)}: ${listed(ids)}` : 'nothing', key: JSON.stringify(ids) };
}

/** That files of the same statistics are not the same bytes: they say who measured them, and machines round otherwise. */
function referenceFiles({ runs }: Compared): MadeDifference[] {
  const [same, files] = [runs.map(({ reference }) => reference), runs.map(({ record }) => record.reference.sha256)];
  if (new Set(same).size > 1 || new Set(files).size < 2) return [];
  const values = runs.map(({ record }) => referenceText(record.reference));
  const why = 'Mean and covariance are equal to 1 in 10⁹: only the files differ.';
  return [{ field: 'File of the reference, which is the same to rounding', bearing: 'little', why, values }];
}

/** All fields that differ between some two runs, those that matter most first. How a command was called is not compared. */
export function madeDifferences(comparison: Compared): MadeDifference[] {
  const { runs } = comparison;
  const keyOf =
    ({ text, key = text }: Field) =>
    (run: ComparedRun) =>
      key(run.record, run);
  const fields = FIELDS.filter((field) => new Set(runs.map(keyOf(field))).size > 1).map(
    ({ name, bearing, why, text }): MadeDifference => ({
      field: name,
      bearing,
      why,
      values: runs.map(({ record }) => text(record)),
    }),
  );
  const all = [
    ...fields,
    ...byDataset(comparison, DATA_SET, (dataset, { record }) => ({
      text: datasetText(dataset),
      key: identityText(dataset, record.resolution),
    })),
    ...byDataset(comparison, SET_ASIDE, setAsideIn),
    ...referenceFiles(comparison),
  ];
  return ORDER.flatMap((bearing) => all.filter((one) => one.bearing === bearing));
}

/** Why two runs of one seed have no images of the same draws, though their outputs are paired; undefined where they have. */
export function drawnOtherwise(comparison: Omit<Compared, 'rows'>, run: number, dataset: string): string | undefined {
  const [a, b] = [comparison.runs[0]!.record, comparison.runs[run]!.record];
  if (a.recipeVersion !== b.recipeVersion) return 'another recipe version uses its draws otherwise';
  const [own, its] = [datasetIn(comparison, 0, dataset), datasetIn(comparison, run, dataset)];
  if (own && its && identityText(own, a.resolution) !== identityText(its, b.resolution))
    return 'its draws pick other pictures out of another data set';
  return undefined;
}

/** Why no FID of two runs may be subtracted; undefined where it may. */
export function forbidden(a: ComparedRun, b: ComparedRun): string | undefined {
  const fields = FIELDS.filter(
    ({ bearing, text, key = text }) => bearing === 'forbids' && key(a.record, a) !== key(b.record, b),
  ).map(({ name }) => name.toLowerCase());
  return fields.length ? `the ${fields.join(' and the ')} differ${fields.length > 1 ? '' : 's'}` : undefined;
}
