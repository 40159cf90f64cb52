import type { ServerResponse } from 'node:http';
import { messageOf } from '../core/errors.js';
import { plain } from '../core/plain.js';
import type { Fragments } from '../report/dashboard.js';

/** Pages that listen at a time at most: a browser has six connections to a host. Others ask every two seconds. */
const MOST_LISTENERS = 4;

/** Milliseconds after which something is sent though nothing has changed. */
const BEAT = 10_000;

interface Listener {
  readonly response: ServerResponse;
  /** What its page shows now; undefined where there is no such page any more. */
  readonly fragments: () => Fragments | undefined;
  readonly sent: Map<string, string>;
  last: number;
}

/** Pages that are told what changes, by server-sent events. */
export class Listeners {
  readonly #all = new Set<Listener>();

  get count(): number {
    return this.#all.size;
  }

  /** Answers a request with events until it is closed. False where too many listen already. */
  add(response: ServerResponse, fragments: () => Fragments | undefined): boolean {
    if (this.#all.size >= MOST_LISTENERS) return false;
    const listener: Listener = { response, fragments, sent: new Map(), last: 0 };
    this.#all.add(listener);
    response.on('close', () => this.#all.delete(listener));
    response.on('error', () => this.#all.delete(listener));
    response.setHeader('Content-Type', 'text/event-stream; charset=utf-8');
    response.flushHeaders();
    response.write('retry: 2000\n\n');
    this.#tell(listener);
    return true;
  }

  /** Sends to each what has changed since it was last told. */
  tell(): void {
    for (const listener of this.#all) this.#tell(listener);
  }

  close(): void {
    for (const { response } of this.#all) response.destroy();
    this.#all.clear();
  }

  #tell(listener: Listener): void {
    try {
      this.#tellOne(listener);
    } catch (error) {
      // A page that cannot be made does not end the others.
      process.stderr.write(`${plain(messageOf(error))}\n`);
      listener.response.destroy();
    }
  }

  #tellOne(listener: Listener): void {
    const { response, sent } = listener;
    // Who takes nothing is told the newest once it does: nothing is kept for it.
    if (response.writableLength > 0) return;
    const fragments = listener.fragments();
    const changed = Object.entries(fragments ?? {}).filter(([id, markup]) => sent.get(id) !== markup);
    const now = performance.now();
    if (!fragments) response.end('event: gone\ndata:\n\n');
    else if (changed.length) response.write(`data: ${JSON.stringify(Object.fromEntries(changed))}\n\n`);
    else if (now - listener.last > BEAT) response.write(':\n\n');
    else return;
    for (const [id, markup] of changed) sent.set(id, markup);
    listener.last = now;
  }
}
