/**
 * Runs an async generator ahead of its consumer by up to `depth` items, so that producing the next overlaps using this
 * one. An error comes out where its item would have; leaving early ends the producer.
 */
export async function* prefetch<T>(source: AsyncGenerator<T>, depth: number): AsyncGenerator<T> {
  const queue: Promise<IteratorResult<T>>[] = [];
  const request = () => {
    const next = source.next();
    // A rejection is delivered when its turn comes; until then it is not unhandled.
    next.catch(() => {});
    queue.push(next);
  };
  try {
    for (let i = 0; i < depth; i++) request();
    for (;;) {
      const item = await queue.shift()!;
      if (item.done) return;
      request();
      yield item.value;
    }
  } finally {
    await source.return(undefined).catch(() => {});
  }
}
