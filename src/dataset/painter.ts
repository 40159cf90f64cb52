/** A painter's thread: paints one picture after the other. What it throws ends it, and reaches the pool with its stack. */
import { parentPort } from 'node:worker_threads';
import { paintOf } from './painted-picture.js';
import type { Task } from './painters.js';

parentPort!.on('message', ({ subject, seed, output, slot, resolution }: Task) => {
  const pixels = paintOf(subject)(seed, output, slot, resolution);
  parentPort!.postMessage(pixels, [pixels.buffer as ArrayBuffer]);
});
