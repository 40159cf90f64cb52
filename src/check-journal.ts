import { closeSync, existsSync, ftruncateSync, openSync, readSync, writeSync } from 'node:fs';
import { fileError } from './core/files.js';

const CHUNK = 1024 ** 2;

/** No line of ours is longer; what is, is no journal. */
const LONGEST = 64 * 1024;

/** The whole lines of a file and where the last one ends; a torn last line is not among them. */
function readLines(file: number, onLine: (line: string) => void): number {
  const chunk = Buffer.alloc(CHUNK);
  let rest = Buffer.alloc(0);
  let end = 0;
  for (;;) {
    const count = readSync(file, chunk, 0, CHUNK, null);
    if (!count) return end;
    const bytes = Buffer.concat([rest, chunk.subarray(0, count)]);
    let from = 0;
    for (let at = bytes.indexOf(10, from); at !== -1; at = bytes.indexOf(10, from)) {
      if (at - from <= LONGEST) onLine(bytes.toString('utf8', from, at));
      end += at + 1 - from;
      from = at + 1;
    }
    rest = bytes.subarray(from);
    // Without a line end for so long, nothing after it can be told apart.
    if (rest.length > LONGEST + CHUNK) return end;
  }
}

/**
 * Results by key, a JSON line each, written as they come and never changed: whatever ends the process loses the line at hand
 * at most. The later of two of one key counts; lines that cannot be read are as if they were not there.
 */
export class Journal<T extends object> {
  readonly #file: number;
  readonly #path: string;
  readonly #results: Map<string, T>;
  #end: number;

  private constructor(file: number, path: string, results: Map<string, T>, end: number) {
    this.#file = file;
    this.#path = path;
    this.#results = results;
    this.#end = end;
  }

  /**
   * @param restore what a line holds beside its key; undefined for what it is not
   * @throws UserError when the file cannot be read or written
   */
  static open<T extends object>(path: string, restore: (line: Record<string, unknown>) => T | undefined): Journal<T> {
    try {
      const file = openSync(path, existsSync(path) ? 'r+' : 'w+');
      const results = new Map<string, T>();
      const end = readLines(file, (line) => {
        const parsed = parse(line);
        const result = parsed && restore(parsed);
        if (result) results.set(parsed.key, result);
      });
      ftruncateSync(file, end);
      return new Journal(file, path, results, end);
    } catch (error) {
      throw fileError(error, path);
    }
  }

  get(key: string): T | undefined {
    return this.#results.get(key);
  }

  /** Throws a UserError when it cannot be written, on a full disk for one. */
  put(key: string, result: T): void {
    this.#results.set(key, result);
    const bytes = Buffer.from(`${JSON.stringify({ key, ...result })}\n`);
    try {
      for (let written = 0; written < bytes.length; )
        written += writeSync(this.#file, bytes, written, bytes.length - written, this.#end + written);
      this.#end += bytes.length;
    } catch (error) {
      throw fileError(error, this.#path);
    }
  }

  close(): void {
    closeSync(this.#file);
  }
}

function parse(line: string): (Record<string, unknown> & { readonly key: string }) | undefined {
  try {
    const parsed: unknown = JSON.parse(line);
    return typeof parsed === 'object' && parsed !== null && 'key' in parsed && typeof parsed.key === 'string'
      ? { ...parsed, key: parsed.key }
      : undefined;
  } catch {
    return undefined;
  }
}
