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

/** One in the line; it is decoded once there is room for it. */
interface Coming {
  readonly pixels: number;
  decoded?: Promise<Marked | CorruptImage>;
}

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

const corruptOrThrow = (error: unknown): CorruptImage => {
  if (error instanceof CorruptImage) return error;
  throw error;
};

/**
 * Pictures of a source in its order, decoded ahead of their use. They are read one after the other, and the next is not
 * read before there is room for the pixels of the last: a header says how many, so none is decoded on the hope that it is
 * small. What is taken counts until it is released.
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
    while (!first.decoded) await (this.#fits(first) ? this.#change() : makeRoom());
    const decoded = await first.decoded;
    this.#line.shift();
    this.#tell();
    return decoded;
  }

  /** Gives back the pixels of pictures that were taken. */
  release(pixels: number): void {
    this.#held -= pixels;
    this.#tell();
  }

  /** Ends the reading, and the source. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#tell();
    // What is being read must be over before its archive is closed.
    if (!this.#asking) await this.#walking;
    await Promise.allSettled(this.#line.map(({ decoded }) => decoded));
    const closing = this.#exhausted ? undefined : Promise.resolve(this.#source.return?.());
    // A source that does not answer would not answer this either.
    if (this.#asking || this.#signal?.aborted) closing?.catch(() => {});
    else await closing;
  }

  #fits({ pixels }: Coming): boolean {
    return !this.#held || this.#held + pixels <= HELD_PIXELS;
  }

  #change(): Promise<void> {
    return new Promise((resolve) => this.#waiters.push(resolve));
  }

  #tell(): void {
    const waiters = this.#waiters;
    this.#waiters = [];
    for (const go of waiters) go();
  }

  #push(coming: Coming): void {
    // A rejection is met when its turn comes; until then it is not unhandled.
    coming.decoded?.catch(() => {});
    this.#line.push(coming);
    this.#tell();
  }

  async #walk(): Promise<void> {
    try {
      while (!this.#closed) {
        if (this.#line.length >= this.#most) {
          await this.#change();
          continue;
        }
        this.#asking = true;
        const next = await orAborted(Promise.resolve(this.#source.next()), this.#signal);
        this.#asking = false;
        this.#exhausted = next.done ?? false;
        if (next.done) break;
        if (!this.#closed) await this.#add(next.value);
      }
    } catch (error) {
      this.#push({ pixels: 0, decoded: Promise.reject(error) });
    }
    this.#over = true;
    this.#tell();
  }

  async #add(pending: Pending): Promise<void> {
    const loaded = await pending.load().catch(corruptOrThrow);
    if (loaded instanceof CorruptImage) {
      this.#push({ pixels: 0, decoded: Promise.resolve(loaded) });
      return;
    }
    const pixels = 'picture' in loaded ? loaded.picture.width * loaded.picture.height : loaded.pixels;
    const coming: Coming = { pixels };
    this.#push(coming);
    while (!this.#closed && !this.#fits(coming)) await this.#change();
    if (this.#closed) return;
    this.#held += pixels;
    coming.decoded = this.#decode(pending.id, loaded, pixels);
    coming.decoded.catch(() => {});
    this.#tell();
  }

  /** Decodes a picture that `pixels` are held for; then its own are. */
  async #decode(id: string, loaded: Loaded, pixels: number): Promise<Marked | CorruptImage> {
    let own = 0;
    try {
      const picture = 'picture' in loaded ? loaded.picture : await loaded.decode();
      own = picture.width * picture.height;
      return { id, picture, mark: loaded.mark };
    } catch (error) {
      return corruptOrThrow(error);
    } finally {
      this.release(pixels - own);
    }
  }
}
