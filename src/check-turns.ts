/** Work of one device: done side by side, or one piece alone, which waits for what is being done and holds up what is not. */
export class Turns {
  readonly #together = new Set<Promise<unknown>>();
  /** The end of the last piece that is, or waits to be, alone. Never rejected. */
  #alone: Promise<unknown> = Promise.resolve();

  /** Work beside other such. Who waits to be alone goes first. */
  async together<T>(work: () => Promise<T>): Promise<T> {
    for (let last: Promise<unknown> | undefined; last !== this.#alone; ) {
      last = this.#alone;
      await last;
    }
    const done = work();
    this.#together.add(done);
    try {
      return await done;
    } finally {
      this.#together.delete(done);
    }
  }

  /** Work with nothing beside it. Not from within work of either kind, which it would wait for without end. */
  alone<T>(work: () => Promise<T>): Promise<T> {
    const before = this.#alone;
    const done = (async () => {
      await before;
      await Promise.allSettled(this.#together);
      return work();
    })();
    this.#alone = done.catch(() => {});
    return done;
  }
}
