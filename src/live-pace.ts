/** Seconds of work that a rate is of. */
const WINDOW = 120;

interface Sample {
  readonly seconds: number;
  readonly images: number;
}

/**
 * How fast images are made, by the run's own count of them and of its seconds of work, which leaves pauses out: over the
 * last two minutes of work, or over the last two changes where these are rarer.
 */
export class Pace {
  #samples: readonly Sample[] = [];

  /** @param seconds of work by then */
  seen(images: number, seconds: number): void {
    const last = this.#samples.at(-1);
    if (last?.images === images) return;
    // Another run in the same folder.
    const before = last && (last.images > images || last.seconds > seconds) ? [] : this.#samples;
    const recent = before.filter((sample) => seconds - sample.seconds <= WINDOW);
    this.#samples = [...(recent.length ? recent : before.slice(-1)), { images, seconds }];
  }

  /** Images a second; undefined until a change was seen. */
  get rate(): number | undefined {
    const [first] = this.#samples;
    const last = this.#samples.at(-1);
    if (!first || !last || last.seconds <= first.seconds) return undefined;
    return (last.images - first.images) / (last.seconds - first.seconds);
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
