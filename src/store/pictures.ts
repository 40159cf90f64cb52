import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileError, writeAtomically } from '../core/files.js';
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

/** Side of a tile in pixels, and tiles of a strip, at most. */
const LARGEST_TILE = 1024;
const MOST_TILES = 64;

const KINDS: readonly unknown[] = ['first', 'raising', 'lowering'];
const isCount = (value: unknown): boolean => Number.isSafeInteger(value) && (value as number) >= 0;
const isList = (value: unknown, test: (one: unknown) => boolean): value is unknown[] =>
  Array.isArray(value) && value.length > 0 && value.length <= MOST_TILES && value.every(test);

function isStrip(value: unknown): value is StripRecord {
  if (typeof value !== 'object' || value === null) return false;
  const { dataset, setting, kind, file, outputs, psi, images } = value as Record<string, unknown>;
  return (
    typeof dataset === 'string' &&
    typeof setting === 'string' &&
    KINDS.includes(kind) &&
    typeof file === 'string' &&
    PICTURE_FILE.test(file) &&
    isList(outputs, isCount) &&
    (psi === undefined || (isList(psi, Number.isFinite) && psi.length === outputs.length)) &&
    (images === undefined || isCount(images))
  );
}

/**
 * The index of a run folder's pictures; empty where there is none. What is no index of ours counts as none: pictures are
 * for looking at, and a report without them is whole.
 */
export function readPictureIndex(folder: string): PictureIndex {
  const none: PictureIndex = { schema: 1, tile: 0, strips: [] };
  const path = join(folder, PICTURES, 'index.json');
  if (!existsSync(path) || isLink(join(folder, PICTURES)) || isLink(path)) return none;
  try {
    const bytes = readRegularFile(path, { name: path, most: LONGEST_INDEX });
    const { schema, tile, strips } = JSON.parse(Buffer.from(bytes).toString()) as Record<string, unknown>;
    if (schema !== 1 || !isCount(tile) || (tile as number) > LARGEST_TILE || !Array.isArray(strips)) return none;
    const keyOf = ({ dataset, setting, kind }: StripRecord) => JSON.stringify([dataset, setting, kind]);
    const once = new Map(strips.filter(isStrip).map((strip) => [keyOf(strip), strip]));
    return { schema, tile: tile as number, strips: [...once.values()] };
  } catch {
    return none;
  }
}

/** Whether bytes begin as a WebP file does. */
const isWebp = (bytes: Buffer): boolean =>
  bytes.subarray(0, 4).toString('latin1') === 'RIFF' && bytes.subarray(8, 12).toString('latin1') === 'WEBP';

/** Whether a strip's file is there: not a link, which may lead out of the folder. */
export function hasPicture(folder: string, file: string): boolean {
  const path = join(folder, PICTURES, file);
  return existsSync(path) && !isLink(path) && !isLink(join(folder, PICTURES));
}

/** The bytes of a strip's WebP file; undefined where it is missing, a link, no WebP, or cannot be read. */
export function readPicture(folder: string, file: string): Uint8Array | undefined {
  if (!PICTURE_FILE.test(file)) throw new Error(`${JSON.stringify(file)} is no name of a strip`);
  if (!hasPicture(folder, file)) return undefined;
  const path = join(folder, PICTURES, file);
  try {
    const bytes = readRegularFile(path, { name: path, most: LONGEST_STRIP });
    return isWebp(bytes) ? bytes : undefined;
  } catch {
    return undefined;
  }
}

/** Makes the folder of the pictures. Throws a UserError where it is a link, by which another place would be written. */
function picturesFolder(folder: string): string {
  const path = join(folder, PICTURES);
  if (isLink(path)) throw linked(path);
  try {
    if (!existsSync(path)) mkdirSync(path);
  } catch (error) {
    throw fileError(error, path);
  }
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
