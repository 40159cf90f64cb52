import { CorruptImage } from './dataset.js';
import type { Picture, Undecoded } from './decode.js';

/** A picture on its way: known by name, read when it is its turn. */
export interface Pending {
  readonly id: string;
  /** @throws CorruptImage */
  load(): Promise<Loaded>;
}

/** What is decoded already, or is ready to be; with its mark, a number in [0, 1) that depends on its content alone. */
export type Loaded = { readonly mark: number } & (Undecoded | { readonly picture: Picture });

export interface Marked {
  readonly id: string;
  readonly picture: Picture;
  readonly mark: number;
}

/** One in the line: being read, then read, then (once there is room for it) being decoded. */
interface Coming {
  readonly id: string;
  reading?: Promise<void>;
  loaded?: Loaded;
  decoded?: Promise<Marked | CorruptImage>;
}

/**
 * Pictures that are read and have no room yet, besides those that are held: as many as Node.js reads at once. Their files
 * have at most 256 MB each. One at a time would be too slow beside an inference that takes all cores.
 */
const READ_AHEAD = 4;

/** Pixels held at once, decoded or being decoded: 192 MB. One picture that is larger is let through alone. */
export const HELD_PIXELS = 64 * 1024 ** 2;

/** What a promise gives, or the signal's reason where that comes first: a source may never answer. */
function orAborted<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return promise;
  if (signal.aborted) {
    promise.catch(() => {});
    return Promise.reject(signal.reason);
  }
  return new Promise((resolve, reject) => {
    const onAbort = () => reject(signal.reason);
    signal.addEventListener('abort', onAbort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort));
  });
}

/** A rejection is met when its turn comes; until then it is not unhandled. */
function rejected(error: unknown): Promise<never> {
  const promise = Promise.reject(error);
  promise.catch(() => {});
  return promise;
}

const pixelsOf = (loaded: Loaded): number =>
  'picture' in loaded ? loaded.picture.width * loaded.picture.height : loaded.pixels;

/**
 * Pictures of a source in its order, decoded ahead of their use. None is decoded before there is room for its pixels: its
 * header says how many, so that a large one after small ones is no surprise. What is taken counts until it is released.
 */
export class DecodeAhead {
  readonly #source: Iterator<Pending> | AsyncIterator<Pending>;
  readonly #most: number;
  readonly #signal: AbortSignal | undefined;
  readonly #line: Coming[] = [];
  readonly #walking: Promise<void>;
  #waiters: (() => void)[] = [];
  #held = 0;
  /** Whether the source was asked and has not answered; whether it has no more; whether the walk through it is over. */
  #asking = false;
  #exhausted = false;
  #over = false;
  #closed = false;

  /** @param most pictures in the line */
  constructor(pictures: Iterable<Pending> | AsyncIterable<Pending>, most: number, signal?: AbortSignal) {
    this.#source = Symbol.asyncIterator in pictures ? pictures[Symbol.asyncIterator]() : pictures[Symbol.iterator]();
    this.#most = most;
    this.#signal = signal;
    this.#walking = this.#walk();
  }

  /**
   * Takes the next picture; nothing at the end.
   *
   * @param makeRoom called as long as the next has no room for what was taken; it is to release some of it
   * @throws what reading or the source throws, in its turn, and the signal's reason
   */
  async next(makeRoom: () => Promise<void>): Promise<Marked | CorruptImage | undefined> {
    while (!this.#line.length && !this.#over) await this.#change();
    const first = this.#line[0];
    if (!first) return undefined;
    while (!first.decoded) await (first.loaded && !this.#fits(first.loaded) ? makeRoom() : this.#change());
    const decoded = await first.decoded;
    this.#line.shift();
    this.#tell();
    return decoded;
  }

  /** Gives back the pixels of pictures that were taken. */
  release(pixels: number): void {
    this.#held -= pixels;
    this.#admit();
  }

  /** Ends the reading, and the source. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#tell();
    // What is being read must be over before its archive is closed.
    if (!this.#asking) await this.#walking;
    for (const { reading, decoded } of this.#line) await Promise.allSettled([reading, decoded]);
    const closing = this.#exhausted ? undefined : Promise.resolve(this.#source.return?.());
    // A source that does not answer would not answer this either.
    if (this.#asking || this.#signal?.aborted) closing?.catch(() => {});
    else await closing;
  }

  #fits(loaded: Loaded): boolean {
    return !this.#held || this.#held + pixelsOf(loaded) <= HELD_PIXELS;
  }

  /** Whether there is a place in the line, and nobody waits for room. */
  #mayRead(): boolean {
    const undecoded = this.#line.filter(({ decoded }) => !decoded);
    return this.#line.length < this.#most && undecoded.length < READ_AHEAD && !undecoded[0]?.loaded;
  }

  #change(): Promise<void> {
    return new Promise((resolve) => this.#waiters.push(resolve));
  }

  #tell(): void {
    const waiters = this.#waiters;
    this.#waiters = [];
    for (const go of waiters) go();
  }

  async #walk(): Promise<void> {
    try {
      while (!this.#closed) {
        if (!this.#mayRead()) {
          await this.#change();
          continue;
        }
        this.#asking = true;
        const next = await orAborted(Promise.resolve(this.#source.next()), this.#signal);
        this.#asking = false;
        this.#exhausted = next.done ?? false;
        if (next.done) break;
        if (!this.#closed) this.#begin(next.value);
      }
    } catch (error) {
      this.#line.push({ id: '', decoded: rejected(error) });
    }
    this.#over = true;
    this.#tell();
  }

  #begin(pending: Pending): void {
    const coming: Coming = { id: pending.id };
    this.#line.push(coming);
    coming.reading = pending
      .load()
      .then(
        (loaded) => {
          coming.loaded = loaded;
        },
        (error) => {
          coming.decoded = error instanceof CorruptImage ? Promise.resolve(error) : rejected(error);
        },
      )
      .then(() => this.#admit());
  }

  /** Begins to decode what there is room for, in order. */
  #admit(): void {
    for (const coming of this.#line) {
      const { id, loaded, decoded } = coming;
      if (decoded) continue;
      if (this.#closed || !loaded || !this.#fits(loaded)) break;
      this.#held += pixelsOf(loaded);
      coming.decoded = this.#decode(id, loaded);
      coming.decoded.catch(() => {});
    }
    this.#tell();
  }

  /** Decodes a picture; from then on its own pixels are held, and not its bytes. */
  async #decode(id: string, loaded: Loaded): Promise<Marked | CorruptImage> {
    let own = 0;
    try {
      // Waited for in any case: what follows is not to happen before this is known as being decoded.
      const picture = await ('picture' in loaded ? loaded.picture : loaded.decode());
      own = picture.width * picture.height;
      return { id, picture, mark: loaded.mark };
    } catch (error) {
      if (error instanceof CorruptImage) return error;
      throw error;
    } finally {
      this.release(pixelsOf(loaded) - own);
    }
  }
}
