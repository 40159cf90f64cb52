import { existsSync, realpathSync } from 'node:fs';
import { basename, dirname, join, resolve, sep } from 'node:path';
import type { Source, Unusable } from '../blocks.js';
import { invalid, oneOf, UserError } from '../core/errors.js';
import { plain } from '../core/plain.js';
import type { Dataset } from '../dataset/dataset.js';
import { hasClasses } from '../dataset/folder.js';
import { isMade, openDataset, shortSpec } from '../dataset/spec.js';
import { parseSetting, type Setting, settingKey } from '../mix/setting.js';
import { layersFor } from '../outputs.js';
import { Renderer } from '../render/renderer.js';
import { openReferences, score } from '../score.js';
import type { RunRecord } from '../store/record.js';
import { openRun } from '../store/run.js';
import { same } from './continue.js';
import { detail } from './loudness.js';
import { backendOf, classesOf, programTimeout, resolutionOf } from './open.js';
import { checkTakes, choiceOf } from './plan.js';
import { processesFor } from './renderers.js';
import { flag, integer, text, type Values } from './values.js';

/** One setting of one data set, whose outputs are to be drawn. */
export interface ChosenSetting {
  readonly source: Source;
  readonly setting: Setting;
  /** What is known to be unusable. */
  readonly setAside: readonly Unusable[];
}

/** What names a data set and a setting: the flags, and under them what a run says. */
interface Named {
  readonly dataset: Dataset;
  readonly setting: Setting;
  readonly resolution: number;
  readonly seed: number;
  readonly skipCorrupt: boolean;
  readonly setAside: readonly Unusable[];
}

export interface ChooseOptions {
  /** A folder to be written to: refused in a folder that is the data set. */
  readonly output?: string;
  /** Hears what a run recommends and why. */
  readonly say?: (remark: string) => void;
  /** Hears how far the scoring of a run is that was not scored yet. */
  readonly onScoring?: (done: number, total: number) => void;
}

/**
 * The data set and setting that the flags name: SPEC and `--mix`, or a run by `--from` and what that recommends. Of a run the
 * paths are taken from where it was begun: the working folder is that one afterwards.
 */
export async function chooseSetting(values: Values, options: ChooseOptions = {}): Promise<ChosenSetting> {
  const named = values.from === undefined ? await bySpec(values, options) : await byRun(values, options);
  const { dataset, setting, seed, skipCorrupt, setAside } = named;
  checkTakes(setting, [dataset]);
  const source: Source = {
    dataset,
    resolution: setting.resolution ?? named.resolution,
    seed,
    unusable: new Set(setAside.map(({ id }) => id)),
    skipCorrupt,
    ...(setting.time && { time: setting.time }),
    ...(setting.psi !== undefined && { psi: setting.psi }),
  };
  const known = new Map([...(dataset.failures ?? []), ...setAside].map((one) => [one.id, one]));
  return { source, setting, setAside: [...known.values()] };
}

/** @param most outputs to be drawn at a time */
export async function openSettingRenderer(
  values: Values,
  { source, setting }: ChosenSetting,
  most?: number,
): Promise<Renderer> {
  const { dataset, resolution } = source;
  const renderer = await Renderer.open({
    resolution,
    layers: layersFor(setting, resolution, most),
    backend: backendOf(values),
    programTimeout: programTimeout(values),
    processes: processesFor(values, [dataset]),
  });
  const { backend, renderer: name, version } = renderer.device;
  detail(plain(`drawing ${settingKey(setting)} of ${dataset.spec} at ${resolution}: ${backend}, ${name}, ${version}`));
  return renderer;
}

const seedOf = (values: Values): number | undefined => integer(values, 'seed', 0, Number.MAX_SAFE_INTEGER);

async function bySpec(values: Values, { output }: ChooseOptions): Promise<Named> {
  if (values.dataset !== undefined)
    throw invalid('--dataset', values.dataset, 'nothing without --from', 'The data set is the SPEC itself.');
  if (values.spec === undefined)
    throw new UserError('No images are named: give a data-set SPEC, or a run by --from. See --help.');
  const spec = text(values, 'spec')!;
  if (output !== undefined) checkOutside(output, spec);
  const setting = parseSetting(text(values, 'mix') ?? 'none');
  const resolution = resolutionOf(values);
  const seed = seedOf(values) ?? 0;
  const dataset = await openDataset(shortSpec(spec), spec);
  return { dataset, setting, resolution, seed, skipCorrupt: flag(values, 'skip-corrupt'), setAside: [] };
}

async function byRun(values: Values, options: ChooseOptions): Promise<Named> {
  if (values.spec !== undefined)
    throw invalid(
      'SPEC',
      values.spec,
      'nothing with --from',
      'The run names the data set (--dataset NAME, of several).',
    );
  const folder = resolve(text(values, 'from')!);
  const run = openRun(folder);
  try {
    const { record } = run;
    const named = namedIn(values, record, folder);
    const { cwd } = record.flags;
    if (options.output !== undefined)
      checkOutside(options.output, named.spec, typeof cwd === 'string' ? cwd : undefined);
    const mix = text(values, 'mix');
    const setting = parseSetting(mix ?? (await recommended(run, named.name, options)));
    const resolution = values.resolution === undefined ? record.resolution : resolutionOf(values);
    const setAside = run.setAside.filter(({ dataset }) => dataset === named.name).map(({ id, why }) => ({ id, why }));
    return {
      dataset: await openAgain(record, named),
      setting,
      resolution,
      seed: seedOf(values) ?? record.seed,
      skipCorrupt: flag(values, 'skip-corrupt') || flag(record.flags, 'skip-corrupt'),
      setAside,
    };
  } finally {
    run.close();
  }
}

/** A path without links, as far as it is there. */
const realOf = (path: string): string =>
  existsSync(path) || dirname(path) === path ? realpathSync(path) : join(realOf(dirname(path)), basename(path));

/** Refuses a folder for images in the folder of the images that they are made of: the next time they would be among those. */
function checkOutside(output: string, spec: string, cwd = process.cwd()): void {
  const folder = resolve(cwd, spec);
  if (isMade(spec) || !existsSync(folder)) return;
  const inside = `${realOf(resolve(output))}${sep}`.startsWith(`${realOf(folder)}${sep}`);
  if (inside) throw invalid('--output', output, `a folder outside the data set "${spec}"`);
}

/** The data set of a run that `--dataset` names, or its only one. */
function namedIn(values: Values, { datasets }: RunRecord, folder: string): RunRecord['datasets'][number] {
  const name = text(values, 'dataset');
  const names = oneOf(datasets.map((one) => `"${one.name}"`));
  if (name === undefined && datasets.length > 1)
    throw invalid('--dataset', undefined, names, `The run "${folder}" has several data sets: say of which.`);
  const found = name === undefined ? datasets[0] : datasets.find((one) => one.name === name);
  if (!found) throw invalid('--dataset', name, names);
  return found;
}

async function recommended(
  run: ReturnType<typeof openRun>,
  dataset: string,
  { say, onScoring }: ChooseOptions,
): Promise<string> {
  const references = await openReferences(run, onScoring && { onEstimate: onScoring });
  const { columns } = await score(run, references, { choice: choiceOf({}, run.record.flags) });
  const found = columns.find((column) => column.dataset === dataset)?.recommended;
  if (!found)
    throw new UserError(
      `"${run.folder}" recommends nothing for "${dataset}". Name a setting by --mix, or finish the run.`,
    );
  say?.(`"${dataset}": ${found.setting}. ${found.reason}`);
  return found.setting;
}

/** Opens a data set of a run once more. Throws a UserError where it is not the same any more. */
async function openAgain(
  { flags }: RunRecord,
  { name, spec, identity }: RunRecord['datasets'][number],
): Promise<Dataset> {
  const { cwd } = flags;
  try {
    if (typeof cwd === 'string') process.chdir(cwd);
  } catch {
    throw new UserError(`"${String(cwd)}", where the run was begun and its paths are taken from, cannot be entered.`);
  }
  const classes = classesOf(flags)?.classes;
  const classed = classes && !isMade(spec) && hasClasses(spec, classes);
  const dataset = await openDataset(name, spec, { ...(classed && { classes }) });
  const differs = Object.keys({ ...identity, ...dataset.identity }).find(
    (key) => !same(identity[key] ?? null, dataset.identity[key] ?? null),
  );
  if (differs === undefined) return dataset;
  await dataset.dispose?.();
  throw new UserError(
    `Data set "${name}" (${plain(spec)}) is not what the run measured: ${differs} is ${JSON.stringify(dataset.identity[differs])}, it was ${JSON.stringify(identity[differs])}. Give it as SPEC, with --mix.`,
  );
}
