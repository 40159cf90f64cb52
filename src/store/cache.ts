import { statSync } from 'node:fs';
import { join } from 'node:path';
import { invalid, messageOf, UserError } from '../core/errors.js';
import { makeFolder, writeAtomically } from '../core/files.js';
import { encodeNpy } from '../core/npy.js';
import { canonical, sha256 } from './canonical.js';
import type { SetAside } from './record.js';
import { BrokenFile, type OpenedFile, readTrailer, seal, withFile } from './sealed-file.js';
import { isSetAside } from './set-aside.js';

/** All that decides a cell's features of a block, as plain JSON: data set, recipe, setting, extractor, seed, outputs, … */
export type CellIdentity = Readonly<Record<string, unknown>>;

export interface Cached {
  /** Row-major, as they were put. */
  readonly features: Float32Array;
  readonly setAside: readonly SetAside[];
}

interface Trailer {
  readonly identity: CellIdentity;
  /** SHA-256 of the features' bytes. */
  readonly sha256: string;
  readonly values: number;
  readonly setAside: readonly SetAside[];
}

/** Whether an identity that was read is that of a text. */
function isOf(identity: unknown, text: string): boolean {
  try {
    return canonical(identity) === text;
  } catch {
    // Nested deeper than the stack.
    return false;
  }
}

/** What a file holds of an identity. Throws a BrokenFile for one that is damaged, of another identity or of another size. */
function cellOf(file: OpenedFile, text: string, expected: number): Cached {
  const bad = (why: string) => new BrokenFile(file.path, why);
  const { body, trailer } = readTrailer(file);
  const { identity, sha256: hash, values, setAside } = (trailer ?? {}) as Partial<Trailer>;
  if (!isOf(identity, text)) throw bad('is of another identity');
  if (!Array.isArray(setAside) || !setAside.every(isSetAside)) throw bad('has a trailer of another kind');
  const start = body - 4 * expected;
  if (values !== expected || start <= 0) throw bad('has another length than its trailer says');
  const bytes = file.read(start, 4 * expected);
  if (sha256(bytes) !== hash) throw bad('is damaged');
  return { features: new Float32Array(bytes.buffer), setAside };
}

/**
 * Features by all that decides them, in a folder that runs and processes share: a file for each cell of a block, named by
 * the SHA-256 of its identity's canonical JSON, in 256 folders. The identity stands in the file too and is compared in
 * full; a file that is damaged counts as none.
 */
export class Cache {
  readonly folder: string;
  #warning: string | undefined;
  #hits = 0;

  private constructor(folder: string) {
    this.folder = folder;
  }

  /** Throws a UserError where something else than a folder is. One that cannot be made or written is told by `put`. */
  static open(folder: string): Cache {
    if (!folder) throw invalid('--cache', folder, 'a folder');
    let is: ReturnType<typeof statSync>;
    try {
      is = statSync(folder, { throwIfNoEntry: false });
    } catch (error) {
      throw invalid('--cache', folder, 'a folder', messageOf(error));
    }
    if (is && !is.isDirectory()) throw invalid('--cache', folder, 'a folder', 'A file is there.');
    return new Cache(folder);
  }

  /** Cells that were there when asked for. */
  get hits(): number {
    return this.#hits;
  }

  /** Why the first cell that could not be kept was not. */
  get warning(): string | undefined {
    return this.#warning;
  }

  /**
   * What was kept of an identity; undefined when there is nothing, or nothing whole.
   *
   * @param values how many features that is (outputs × d): a file that says otherwise counts as none
   */
  get(identity: CellIdentity, values: number): Cached | undefined {
    const text = canonical(identity);
    try {
      const cell = withFile(join(this.folder, ...nameOf(text)), (file) => cellOf(file, text, values));
      this.#hits++;
      return cell;
    } catch (error) {
      // Not to be read is as good as not there: the features are made, as they are without a cache.
      if (error instanceof BrokenFile || error instanceof UserError) return undefined;
      throw error;
    }
  }

  /** Keeps features; false where that failed, of which `warning` says why. */
  put(identity: CellIdentity, features: Float32Array, setAside: readonly SetAside[]): boolean {
    const text = canonical(identity);
    const [below, name] = nameOf(text);
    const bytes = new Uint8Array(features.buffer, features.byteOffset, features.byteLength);
    const trailer: Trailer = { identity, sha256: sha256(bytes), values: features.length, setAside };
    const path = join(this.folder, below, name);
    try {
      makeFolder(join(this.folder, below));
      writeAtomically(path, seal(encodeNpy(features, [features.length]), trailer));
      return true;
    } catch (error) {
      if (!(error instanceof UserError) && (error as NodeJS.ErrnoException).code === undefined) throw error;
      this.#warning ??= `Cache ${this.folder}: ${messageOf(error)}`;
      return false;
    }
  }
}

function nameOf(text: string): readonly [folder: string, file: string] {
  const hash = sha256(text);
  return [hash.slice(0, 2), `${hash}.npy`];
}
