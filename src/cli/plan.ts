import { join } from 'node:path';
import { blockSize } from '../blocks.js';
import { invalid } from '../core/errors.js';
import type { Dataset } from '../dataset/dataset.js';
import { openDataset, parseNamed } from '../dataset/spec.js';
import { MAX_N, parseMethod, parseWeights, type Setting, setting } from '../mix/setting.js';
import { grid } from '../search/grid.js';
import { referenceOf, resolutionOf } from './open.js';
import { flag, integer, integers, list, text, type Values } from './values.js';

export const SWEEP_KEYS = [
  'dataset',
  'reference',
  'methods',
  'n',
  'images',
  'resolution',
  'extractor',
  'dims',
  'mode',
  'seed',
  'out',
  'weights',
  'cutmix-alpha',
  'backend',
  'threads',
  'program-timeout',
  'skip-corrupt',
  'overwrite',
] as const;

/** What the flags of a sweep ask for. */
export interface Plan {
  readonly datasets: readonly Dataset[];
  readonly settings: readonly Setting[];
  readonly images: number;
  readonly resolution: number;
  readonly seed: number;
  readonly block: number;
  /** Path of statistics or of a folder. */
  readonly reference: string;
  readonly out: string;
  readonly overwrite: boolean;
}

function readSettings(values: Values): Setting[] {
  const methods = (list(values, 'methods') ?? ['none', 'mixup', 'cutmix']).map(parseMethod);
  const n = integers(values, 'n', 2, MAX_N) ?? [2, 3, 4, 5, 6, 7, 8, 9];
  const weights = text(values, 'weights');
  const alpha = text(values, 'cutmix-alpha');
  if (alpha !== undefined && !(Number(alpha) > 0 && Number(alpha) <= 1e6)) {
    throw invalid('--cutmix-alpha', alpha, 'a number above 0');
  }
  const options = {
    ...(weights !== undefined && { weights: parseWeights(weights) }),
    ...(alpha !== undefined && { alpha: Number(alpha) }),
  };
  return grid({ methods, n }).map((point) => setting(point.method, point.n, options));
}

function readDatasets(values: Values): Dataset[] {
  const given = values.dataset;
  const texts = given === undefined ? [] : Array.isArray(given) ? given : [given];
  if (!texts.length)
    throw invalid(
      '--dataset',
      undefined,
      'at least one NAME=SPEC',
      'SPEC is "programs", "programs:FOLDER" or a folder of images.',
    );
  const named = texts.map((item: unknown) => {
    if (typeof item !== 'string') throw invalid('--dataset', item, 'NAME=SPEC');
    return parseNamed(item);
  });
  for (const [i, { name }] of named.entries()) {
    if (named.findIndex((other) => other.name === name) !== i)
      throw invalid('--dataset', name, 'a name that no other data set has');
  }
  return named.map(({ name, spec }) => openDataset(name, spec));
}

/** A folder for a run that named none. */
const timestamped = (): string =>
  join('runs', new Date().toISOString().slice(0, 19).replace(/[-:]/g, '').replace('T', '-'));

export function readPlan(values: Values): Plan {
  const settings = readSettings(values);
  const resolution = resolutionOf(values);
  return {
    settings,
    resolution,
    images: integer(values, 'images', 2, 100_000_000) ?? 50_000,
    seed: integer(values, 'seed', 0, Number.MAX_SAFE_INTEGER) ?? 0,
    block: blockSize(settings, resolution),
    reference: referenceOf(values),
    out: text(values, 'out') ?? timestamped(),
    overwrite: flag(values, 'overwrite'),
    datasets: readDatasets(values),
  };
}

/** Bytes of features that the run folder will hold. */
export const featureBytes = (plan: Plan, dims: number): number =>
  plan.datasets.length * plan.settings.length * plan.images * dims * 4;

export const megabytes = (bytes: number): string =>
  bytes < 1e9 ? `${Math.ceil(bytes / 1e6)} MB` : `${(bytes / 1e9).toFixed(1)} GB`;
