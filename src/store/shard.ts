import { encodeNpy, npyHeader } from '../core/npy.js';
import { sha256 } from './canonical.js';
import type { SetAsideRow } from './contents.js';
import type { SetAside } from './record.js';
import { BrokenFile, type OpenedFile, readTrailer, seal, withFile } from './sealed-file.js';
import { areRowsOf, isSetAside } from './set-aside.js';

/** What a shard says of itself: the features of a block's outputs, for some settings of one data set. */
export interface ShardTrailer {
  /** Hash of what identifies the run (`runIdentity`). */
  readonly run: string;
  /** Place in the record's data sets. */
  readonly dataset: number;
  readonly block: number;
  readonly outputs: number;
  readonly dims: number;
  /** Setting keys, one a slice. */
  readonly settings: readonly string[];
  /** SHA-256 of each slice's bytes. */
  readonly sha256: readonly string[];
  /** SHA-256 of the array's header. */
  readonly head: string;
  /** What was set aside while the block was made. */
  readonly setAside: readonly SetAside[];
  /** What was set aside in this data set before: the shards that said so may be gone. */
  readonly known: readonly SetAsideRow[];
}

export interface Shard extends ShardTrailer {
  /** Where the first slice begins, in bytes; all have the same length. */
  readonly start: number;
}

const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;
const isTexts = (value: unknown): value is string[] =>
  Array.isArray(value) && value.every((item) => typeof item === 'string');

/** Bytes of a slice: float32, outputs × d. */
export const sliceBytes = ({ outputs, dims }: { readonly outputs: number; readonly dims: number }): number =>
  4 * outputs * dims;

const bytesOf = (values: Float32Array) => new Uint8Array(values.buffer, values.byteOffset, values.byteLength);

/**
 * A shard file: a NumPy array (float32, settings × outputs × d), then the trailer, which numpy does not look at.
 *
 * @param features settings × outputs × d
 */
export function encodeShard(
  about: Omit<ShardTrailer, 'sha256' | 'head'>,
  features: Float32Array,
): { readonly bytes: Uint8Array; readonly shard: Shard } {
  const { settings, outputs, dims } = about;
  const array = encodeNpy(features, [settings.length, outputs, dims]);
  const start = array.length - features.byteLength;
  const hashes = settings.map((_, i) =>
    sha256(bytesOf(features.subarray(i * outputs * dims, (i + 1) * outputs * dims))),
  );
  const trailer: ShardTrailer = { ...about, sha256: hashes, head: sha256(array.subarray(0, start)) };
  return { bytes: seal(array, trailer), shard: { ...trailer, start } };
}

/** The longest header of an array's first version. */
const LONGEST_HEAD = 10 + 0xffff;

/** Whether a header is that of a float32 array of this shape, as it is in memory. */
function isArrayOf(head: Uint8Array, shape: readonly number[]): boolean {
  try {
    const header = npyHeader(head, 'shard');
    return header.descr === '<f4' && !header.fortran && header.shape.join() === shape.join();
  } catch {
    return false;
  }
}

/** The trailer of an open shard, checked against the array before it and the file's size; slices are not looked at. */
function shardOf(file: OpenedFile): Shard {
  const bad = (why: string) => new BrokenFile(file.path, why);
  const { body, trailer } = readTrailer(file);
  const it = trailer as ShardTrailer | null;
  if (typeof it !== 'object' || it === null) throw bad('has a trailer of another kind');
  const { run, dataset, block, outputs, dims, settings, sha256: hashes, head, setAside, known } = it;
  const whole = [dataset, block, outputs, dims].every(isCount) && isTexts([run, head]);
  if (!whole || !isTexts(settings) || !isTexts(hashes) || settings.length !== hashes.length)
    throw bad('has a trailer of another kind');
  if (!Array.isArray(setAside) || !setAside.every(isSetAside) || !areRowsOf(dataset, known))
    throw bad('has a trailer of another kind');
  const start = body - settings.length * sliceBytes(it);
  if (!(start > 0 && start <= LONGEST_HEAD)) throw bad('has another length than its trailer says');
  const bytes = file.read(0, start);
  if (sha256(bytes) !== head) throw bad('has a damaged header');
  if (!isArrayOf(bytes, [settings.length, outputs, dims])) throw bad('has another shape than its trailer says');
  return { run, dataset, block, outputs, dims, settings, sha256: hashes, head, setAside, known, start };
}

/** What a shard says of itself. Throws a BrokenFile for one that is missing, cut off or damaged, features aside. */
export const readShard = (path: string): Shard => withFile(path, shardOf);

/** One slice of a shard that begins at a byte of it: outputs × d. Throws a BrokenFile; hashes it only where one is given. */
export function readSlice(path: string, start: number, values: number, hash?: string): Float32Array {
  return withFile(path, (file) => {
    const bytes = file.read(start, 4 * values);
    if (hash !== undefined && sha256(bytes) !== hash)
      throw new BrokenFile(path, 'is damaged: features do not match their SHA-256');
    return new Float32Array(bytes.buffer);
  });
}

/** A shard and, slice by slice, whether it holds what was written. Throws a BrokenFile where all of it is lost. */
export function checkShard(path: string): { readonly shard: Shard; readonly whole: readonly boolean[] } {
  return withFile(path, (file) => {
    const shard = shardOf(file);
    const length = sliceBytes(shard);
    const whole = shard.sha256.map((hash, i) => sha256(file.read(shard.start + i * length, length)) === hash);
    return { shard, whole };
  });
}
