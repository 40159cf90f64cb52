import { UserError } from '../core/errors.js';
import { canonical } from './canonical.js';
import type { Encoding } from './encode-picture.js';
import type { DatasetRecord, RunRecord } from './record.js';

export const FORMATS = ['folder', 'webdataset', 'zip'] as const;
export type TrainingFormat = (typeof FORMATS)[number];

/** Everything that decides the bytes of a set of pictures for training, and what made them. */
export interface TrainingRecord {
  readonly tool: string;
  /** Its spec is without the folders in it. */
  readonly dataset: DatasetRecord;
  /** Setting key. */
  readonly setting: string;
  readonly images: number;
  readonly seed: number;
  /** Side of the pictures. */
  readonly resolution: number;
  readonly format: TrainingFormat;
  /** Images that a shard has, but the last. */
  readonly shardImages: number;
  readonly encoding: Encoding;
  readonly recipeVersion: number;
  /** Of the packages that render and decode, and of the libraries that encode. */
  readonly versions: Readonly<Record<string, string>>;
  readonly device: RunRecord['device'];
}

/** A shard that is whole. */
export interface ShardRecord {
  /** Its file, or the folder of its pictures. */
  readonly name: string;
  readonly images: number;
  readonly bytes: number;
  /** Of the file; of a folder, of the bytes of its pictures one after another, in the order of their names. */
  readonly sha256: string;
}

/** A program or file that was left out, and why. */
export interface LeftOut {
  readonly id: string;
  readonly why: string;
}

const shown = (value: unknown): string => {
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length > 200 ? `${text.slice(0, 200)}…` : text;
};

/** Fields by the names that a user knows, in the order in which a difference is told. */
function fieldsOf(record: Omit<TrainingRecord, 'device'> & Partial<TrainingRecord>): [string, unknown][] {
  const { dataset, encoding, versions, device } = record;
  const { format, ...how } = encoding;
  const entries = (what: string, values: Readonly<Record<string, unknown>>) =>
    Object.entries(values).map(([key, value]): [string, unknown] => [`${key} ${what}`, value]);
  return [
    ['--format', record.format],
    ['--encoding', format],
    ...Object.entries(how).map(([key, value]): [string, unknown] => [
      key === 'quality' ? '--quality' : `${key} of ${format}`,
      value,
    ]),
    ['--mix', record.setting],
    ['--resolution', record.resolution],
    ...entries('of the data set', { ...dataset.identity, fit: dataset.fit }),
    ['--seed', record.seed],
    ['--images', record.images],
    ['--shard-images', record.shardImages],
    ['recipe version', record.recipeVersion],
    ...entries('(package)', versions),
    ...(device ? entries('of the device', device) : []),
  ];
}

/**
 * Refuses to go on with other pictures than a folder has, naming what differs first.
 *
 * @param wanted without a device it is not compared
 */
export function checkSameTraining(
  folder: string,
  has: TrainingRecord,
  wanted: Omit<TrainingRecord, 'device'> & Partial<TrainingRecord>,
): void {
  const [old, asked] = [new Map(fieldsOf(has)), new Map(fieldsOf(wanted))];
  const names = new Set([...asked.keys(), ...old.keys()]);
  for (const name of names) {
    if (!wanted.device && name.endsWith('of the device')) continue;
    const [before, got] = [old.get(name), asked.get(name)];
    if (canonical([before ?? null]) === canonical([got ?? null])) continue;
    throw new UserError(
      `"${folder}": ${name}: got ${shown(got)}, the images there have ${shown(before)}. Give what they were begun with, or choose another --output.`,
    );
  }
}
