import type { Picture } from './decode.js';

/** Pictures to be measured as they are, wherever they lie: a folder, an archive, a list, an array. */
export interface PictureSet {
  /** What it is called in messages and in the record of a result: the last part of its path, never the whole. */
  readonly name: string;
  /** Names of its pictures: unique, in an order that is the same on every system. */
  readonly ids: readonly string[];
  /**
   * The picture at `index`: the bytes of its file, or its pixels where it is an array. Cheapest when asked for in
   * ascending order. Several may be asked for at once.
   *
   * @throws CorruptImage where the bytes cannot be had, such as a damaged member of an archive; UserError where all that
   *   was read before it may be wrong too
   */
  read(index: number): Promise<Uint8Array | Picture>;
  /** Closes what is open; the set cannot be read after it. */
  close(): Promise<void>;
}
