/** Seconds that a rate is of. */
const WINDOW = 120;

interface Sample {
  /** Epoch, milliseconds. */
  readonly at: number;
  readonly images: number;
}

/** How fast a count grows, by when it was seen to: over the last two minutes, or the last two changes where these are rarer. */
export class Pace {
  #samples: readonly Sample[] = [];

  /** @param at when it was so, in milliseconds */
  seen(images: number, at: number): void {
    const last = this.#samples.at(-1);
    if (last?.images === images) return;
    // Another run in the same folder.
    if (last && last.images > images) this.#samples = [];
    const recent = this.#samples.filter((sample) => at - sample.at <= WINDOW * 1000);
    this.#samples = [...(recent.length ? recent : this.#samples.slice(-1)), { at, images }];
  }

  /** Images a second; undefined until two changes were seen. */
  get rate(): number | undefined {
    // The first count stood before it was first seen: for how long is not known.
    const [, first] = this.#samples;
    const last = this.#samples.at(-1);
    if (!first || !last || last.at <= first.at) return undefined;
    return (last.images - first.images) / ((last.at - first.at) / 1000);
  }
}

/** So much time is rested for as long as something took. */
const REST = 5;

/** Work that leaves most of the time to others: after something that took t comes a rest of 5 t. */
export class Duty {
  #free = 0;

  /** Whether enough was rested, at a time in milliseconds. */
  isFree(now: number): boolean {
    return now >= this.#free;
  }

  spent(from: number, to: number): void {
    this.#free = to + REST * (to - from);
  }
}
