import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { messageOf } from '../core/errors.js';
import { paintOf, type Subject } from './painted-picture.js';

/** A picture to be painted. */
export interface Task {
  readonly subject: Subject;
  readonly seed: number;
  readonly output: number;
  readonly slot: number;
  readonly resolution: number;
}

interface Job {
  readonly task: Task;
  readonly resolve: (pixels: Uint8Array) => void;
  readonly reject: (error: unknown) => void;
}

const MOST = 4;

/** The threads' program; it is there once the sources are compiled. */
const ENTRY = join(import.meta.dirname, 'painter.js');

/**
 * Threads that paint, so that the main one need not: as many as there is work for, at most four and one a core. They
 * start at first use, and do not keep an idle process alive. Where the sources are run uncompiled there is no program for a
 * thread, and this one paints: the same pixels, as they are a function of the task.
 */
export class Painters {
  readonly #name: string;
  readonly #entry: string;
  readonly #most: number;
  readonly #threaded: boolean;
  readonly #waiting: Job[] = [];
  readonly #idle: Worker[] = [];
  readonly #busy = new Map<Worker, Job>();
  #disposed = false;

  /** @param name of the data set, for messages */
  constructor(name: string, { entry = ENTRY, most = Math.min(MOST, availableParallelism()) } = {}) {
    this.#name = name;
    this.#entry = entry;
    this.#most = most;
    this.#threaded = entry !== ENTRY || existsSync(ENTRY);
  }

  /**
   * RGB bytes, resolution² × 3.
   *
   * @throws Error when its thread dies, which says of what; later tasks get another one
   */
  async paint(task: Task): Promise<Uint8Array> {
    if (this.#disposed) throw new Error(`data set "${this.#name}" is disposed of and paints no more`);
    if (!this.#threaded) {
      const { subject, seed, output, slot, resolution } = task;
      return paintOf(subject)(seed, output, slot, resolution);
    }
    return new Promise((resolve, reject) => {
      this.#waiting.push({ task, resolve, reject });
      this.#hand();
    });
  }

  /** Ends the threads; what they were to paint is rejected. */
  async dispose(): Promise<void> {
    this.#disposed = true;
    const gone = new Error(`data set "${this.#name}" was disposed of before its pictures were painted`);
    for (const { reject } of this.#waiting.splice(0)) reject(gone);
    const workers = [...this.#idle.splice(0), ...this.#busy.keys()];
    for (const { reject } of this.#busy.values()) reject(gone);
    this.#busy.clear();
    await Promise.all(workers.map((worker) => worker.terminate()));
  }

  #hand(): void {
    while (this.#waiting.length && (this.#idle.length || this.#busy.size < this.#most)) {
      const worker = this.#idle.pop() ?? this.#start();
      const job = this.#waiting.shift()!;
      this.#busy.set(worker, job);
      // Somebody waits for this one: the process is not to end before.
      worker.ref();
      worker.postMessage(job.task);
    }
  }

  #start(): Worker {
    const worker = new Worker(this.#entry, { execArgv: [] });
    let reason = 'it ended by itself';
    worker.on('message', (pixels: Uint8Array) => {
      const job = this.#busy.get(worker);
      if (!job) return;
      this.#busy.delete(worker);
      worker.unref();
      this.#idle.push(worker);
      job.resolve(pixels);
      this.#hand();
    });
    let cause: unknown;
    worker.on('error', (error) => {
      cause = error;
      reason = messageOf(error);
    });
    worker.on('exit', (code) => {
      const at = this.#idle.indexOf(worker);
      if (at >= 0) this.#idle.splice(at, 1);
      const job = this.#busy.get(worker);
      this.#busy.delete(worker);
      if (!job) return;
      const { output, slot } = job.task;
      const what = `the thread that painted image ${slot} of output ${output} of data set "${this.#name}" died`;
      job.reject(new Error(`${what}: ${reason} (exit code ${code})`, { cause }));
      this.#hand();
    });
    return worker;
  }
}
