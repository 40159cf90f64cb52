import { sha256 } from './canonical.js';
import type { SetAsideRow } from './contents.js';
import { BrokenFile, type OpenedFile, readTrailer, seal, withFile } from './sealed-file.js';
import { areRowsOf } from './set-aside.js';

/** What a file of moments says of itself: those of one cell over its first outputs. */
export interface MomentsTrailer {
  /** Hash of what identifies the run (`runIdentity`). */
  readonly run: string;
  readonly dataset: number;
  readonly setting: string;
  /** Blocks and outputs, from the first, that the moments stand for. */
  readonly blocks: number;
  readonly images: number;
  /** Of the bytes before the trailer. */
  readonly sha256: string;
  /** What was set aside in this data set by then: the shards that said so are gone. */
  readonly setAside: readonly SetAsideRow[];
}

/** A moments file: the bytes as they were given, then the trailer. */
export function encodeMoments(about: Omit<MomentsTrailer, 'sha256'>, bytes: Uint8Array) {
  const trailer: MomentsTrailer = { ...about, sha256: sha256(bytes) };
  return { bytes: seal(bytes, trailer), trailer };
}

const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;

function momentsOf(file: OpenedFile): { readonly trailer: MomentsTrailer; readonly bytes: Uint8Array } {
  const { body, trailer } = readTrailer(file);
  const it = trailer as MomentsTrailer | null;
  const { run, dataset, setting, blocks, images, sha256: hash, setAside } = it ?? ({} as Partial<MomentsTrailer>);
  const whole = [dataset, blocks, images].every(isCount) && [run, setting, hash].every((s) => typeof s === 'string');
  if (!whole || !areRowsOf(dataset!, setAside)) throw new BrokenFile(file.path, 'has a trailer of another kind');
  const bytes = file.read(0, body);
  if (sha256(bytes) !== hash) throw new BrokenFile(file.path, 'is damaged: it does not match its SHA-256');
  return { trailer: it!, bytes };
}

/** Reads and checks a moments file. Throws a BrokenFile for one that is missing, cut off or damaged. */
export const readMoments = (path: string) => withFile(path, momentsOf);
