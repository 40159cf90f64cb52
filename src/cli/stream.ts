import { once } from 'node:events';
import { invalid, UserError } from '../core/errors.js';
import { plain } from '../core/plain.js';
import { MOST_OUTPUTS, OUTPUTS_AT_ONCE, type Stretch } from '../outputs.js';
import { TAR_END, tarEntry } from '../store/tar-entries.js';
import { webdatasetFiles } from '../store/training-layout.js';
import { trainingSamples } from '../training-samples.js';
import { chooseSetting, openSettingRenderer } from './chosen-setting.js';
import { note } from './listener.js';
import { say } from './loudness.js';
import { startProgress } from './progress.js';
import { encodingFrom } from './render.js';
import { integer, text, type Values } from './values.js';

/** A worker's part of a stream: it is worker `index` of `count`. */
export interface Share {
  readonly index: number;
  readonly count: number;
}

/** Outputs that are dealt to a worker at a time; it decides who makes which, so it may not hang on the machine. */
export const DEALT = OUTPUTS_AT_ONCE;

/** @throws UserError for what is not `i/n` with 0 ≤ i < n */
export function parseShare(given = '0/1'): Share {
  const match = /^(\d{1,6})\/(\d{1,6})$/.exec(given);
  const [index, count] = [Number(match?.[1]), Number(match?.[2])];
  if (!match || index >= count) throw invalid('--shard', given, 'i/n with i from 0 to n − 1, such as 0/4');
  return { index, count };
}

/**
 * A worker's share of the outputs start … start + images − 1: of blocks of 32, counted from `start`, every `count`-th, from
 * block `index` on. The shares of all workers are all outputs, each once.
 */
export function* shareOf(start: number, images: number, { index, count }: Share): Generator<Stretch> {
  for (let first = index * DEALT; first < images; first += count * DEALT)
    yield { first: start + first, count: Math.min(DEALT, images - first) };
}

/** How many outputs that is. */
export function sizeOfShare(images: number, { index, count }: Share): number {
  const whole = Math.floor(images / DEALT);
  const last = whole % count === index ? images % DEALT : 0;
  return Math.max(0, Math.ceil((whole - index) / count)) * DEALT + last;
}

/** The outputs of all workers: without `--images` as many as there are from `--start` on. */
export function stretchFrom(values: Values): { start: number; images: number; ends: boolean } {
  const start = integer(values, 'start', 0, MOST_OUTPUTS - 1) ?? 0;
  const left = MOST_OUTPUTS - start;
  const asked = integer(values, 'images', 1, MOST_OUTPUTS);
  if (asked !== undefined && asked > left)
    throw invalid(
      '--images',
      asked,
      `at most ${left} with --start ${start}`,
      `A seed has ${MOST_OUTPUTS} images; another --seed has others.`,
    );
  return { start, images: asked ?? left, ends: asked !== undefined };
}

/** Writes to standard output, and waits while its reader is behind. */
async function put(bytes: Uint8Array): Promise<void> {
  // A pipe that is closed ends the process in main.ts, quietly.
  if (!process.stdout.write(bytes)) await once(process.stdout, 'drain');
}

/** An endless WebDataset tar of one setting on standard output. */
export async function runStream(values: Values): Promise<void> {
  const encoding = encodingFrom(values);
  const share = parseShare(text(values, 'shard'));
  const { start, images, ends } = stretchFrom(values);
  if (process.stdout.isTTY)
    throw new UserError(
      'Standard output is a terminal, and a stream is a tar. Pipe it into what reads it ("fidsweep stream … | tar t"), or see "fidsweep render".',
    );
  const watched = process.stderr.isTTY === true;
  const chosen = await chooseSetting(values, watched ? { say: (remark) => note(`recommended for ${remark}`) } : {});
  // What ends this process ends those that draw, too: a reader's terminate() is a SIGTERM.
  const endBy = (code: number) => () => process.exit(code);
  process.once('SIGINT', endBy(130));
  process.once('SIGTERM', endBy(143));
  const renderer = await openSettingRenderer(values, chosen);
  const progress = watched && ends ? startProgress('stream', 'images') : undefined;
  try {
    const { source, setting } = chosen;
    const samples = trainingSamples(source, setting, shareOf(start, images, share), renderer, encoding, {
      onUnusable: ({ id, why }) => say(plain(`Set aside: ${id}: ${why}`)),
    });
    const total = sizeOfShare(images, share);
    let done = 0;
    for await (const { samples: batch } of samples) {
      const files = batch.flatMap((sample) => webdatasetFiles(sample, encoding));
      await put(Buffer.concat(files.flatMap(({ path, data }) => tarEntry(path, data))));
      done += batch.length;
      progress?.update(done, total);
    }
    await put(TAR_END);
  } finally {
    progress?.end();
    await renderer.dispose();
    await chosen.source.dataset.dispose?.();
  }
}
