import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { writeAtomically } from '../core/files.js';
import { readRegularFile } from '../core/regular-file.js';
import { isLink, linked } from './links.js';

/**
 * Pictures that a run folder keeps of its cells, beside its numbers: `pictures/index.json`, and below it one WebP file a
 * strip, its tiles side by side from the left. They can be made again from the recipes and decide nothing.
 */

/** What a strip shows: the first outputs, or those that raise, or lower, the FID most. */
export type StripKind = 'first' | 'raising' | 'lowering';

export interface StripRecord {
  readonly dataset: string;
  /** Setting key. */
  readonly setting: string;
  readonly kind: StripKind;
  /** A file of `pictures/`. */
  readonly file: string;
  /** Indices of the outputs, from the left. */
  readonly outputs: readonly number[];
  /** ψ of each: what it adds to the FID, above 0 where it raises it; not of the first ones. */
  readonly psi?: readonly number[];
  /** Images of the cell that ψ is about. */
  readonly images?: number;
}

export interface PictureIndex {
  readonly schema: 1;
  /** Side of a tile in pixels. */
  readonly tile: number;
  readonly strips: readonly StripRecord[];
}

export const PICTURES = 'pictures';

/** Names of files in `pictures/`: nothing that leads elsewhere. */
export const PICTURE_FILE = /^\d{1,6}-[0-9a-f]{16}-(first|raising|lowering)\.webp$/;

/** An index of strips is at most this long. */
const LONGEST_INDEX = 64 * 1024 ** 2;
/** A strip is at most this long. */
const LONGEST_STRIP = 4 * 1024 ** 2;

const KINDS: readonly unknown[] = ['first', 'raising', 'lowering'];
const numbers = (value: unknown): boolean => Array.isArray(value) && value.every((one) => Number.isFinite(one));

function isStrip(value: unknown): value is StripRecord {
  if (typeof value !== 'object' || value === null) return false;
  const { dataset, setting, kind, file, outputs, psi, images } = value as Record<string, unknown>;
  return (
    typeof dataset === 'string' &&
    typeof setting === 'string' &&
    KINDS.includes(kind) &&
    typeof file === 'string' &&
    PICTURE_FILE.test(file) &&
    numbers(outputs) &&
    (psi === undefined || (numbers(psi) && (psi as unknown[]).length === (outputs as unknown[]).length)) &&
    (images === undefined || Number.isFinite(images))
  );
}

/**
 * The index of a run folder's pictures; empty where there is none. What is no index of ours counts as none: pictures are
 * for looking at, and a report without them is whole.
 */
export function readPictureIndex(folder: string): PictureIndex {
  const none: PictureIndex = { schema: 1, tile: 0, strips: [] };
  const path = join(folder, PICTURES, 'index.json');
  if (!existsSync(path) || isLink(join(folder, PICTURES))) return none;
  try {
    const bytes = readRegularFile(path, { name: path, most: LONGEST_INDEX });
    const { schema, tile, strips } = JSON.parse(Buffer.from(bytes).toString()) as Record<string, unknown>;
    if (schema !== 1 || !Number.isInteger(tile) || !Array.isArray(strips)) return none;
    return { schema, tile: tile as number, strips: strips.filter(isStrip) };
  } catch {
    return none;
  }
}

/** The bytes of a strip's WebP file; undefined where it is missing or cannot be read. */
export function readPicture(folder: string, file: string): Uint8Array | undefined {
  if (!PICTURE_FILE.test(file)) throw new Error(`${JSON.stringify(file)} is no name of a strip`);
  if (isLink(join(folder, PICTURES))) return undefined;
  const path = join(folder, PICTURES, file);
  try {
    return readRegularFile(path, { name: path, most: LONGEST_STRIP });
  } catch {
    return undefined;
  }
}

/** Makes the folder of the pictures. Throws a UserError where it is a link, by which another place would be written. */
function picturesFolder(folder: string): string {
  const path = join(folder, PICTURES);
  if (isLink(path)) throw linked(path);
  if (!existsSync(path)) mkdirSync(path);
  return path;
}

/** @throws UserError where the folder cannot be written or its disk is full */
export function writePicture(folder: string, file: string, webp: Uint8Array): void {
  if (!PICTURE_FILE.test(file)) throw new Error(`${JSON.stringify(file)} is no name of a strip`);
  writeAtomically(join(picturesFolder(folder), file), webp);
}

/** @throws UserError where the folder cannot be written or its disk is full */
export function writePictureIndex(folder: string, index: PictureIndex): void {
  writeAtomically(join(picturesFolder(folder), 'index.json'), `${JSON.stringify(index, null, 1)}\n`);
}
