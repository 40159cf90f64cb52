import { createHash } from 'node:crypto';
import type { Turns } from './check-turns.js';
import type { BaseImage, ProgramSource } from './dataset/dataset.js';
import { pictureOf, TIME } from './dataset/program-set.js';
import { SIGNATURE, signature } from './metrics/near-duplicates.js';
import { nanShare, type PictureStatistics, pictureStatistics, thumbnail } from './metrics/picture-statistics.js';
import type { Device } from './render/protocol.js';
import type { Failure, RenderWorker } from './render/worker.js';

/** Part of every finding's key: raised whenever a program that was drawn before must be drawn again. */
export const CHECKER = 1;

/** Pictures that a signature is made of; more would make it longer without telling more. */
const SIGNED = 4;

/** Letters of a driver's log that are kept. */
const LOG = 2000;

/** What a program was found to be when it was drawn, or why it could not be. Of its text and the device, not of its id. */
export type Finding =
  | { readonly failed: Failure['why']; readonly log: string; readonly timeout: number }
  | {
      /** Whether it compiled only when it was rewritten. */
      readonly newer: boolean;
      /** Milliseconds of the device a picture, without compiling. */
      readonly ms: number;
      /** Whether that was also measured while nothing else was drawn. */
      readonly alone?: boolean;
      /** Milliseconds from the program's text to its first picture. */
      readonly compileMs: number;
      /** Share of NaN among all pixels. */
      readonly nan: number;
      /** By picture. */
      readonly statistics: readonly PictureStatistics[];
      /** SHA-256 of all pixels. */
      readonly pixels: string;
      /** Of the first four pictures, base64. */
      readonly signature: string;
    };

/** How programs are drawn. */
export interface Drawing {
  readonly resolution: number;
  /** Two at least. The first is drawn once more, to compile. */
  readonly pictures: number;
  readonly seed: number;
  /** Milliseconds of the device a picture that are too many: what took longer is measured again, alone. */
  readonly slow: number;
  readonly programTimeout: number;
}

/** Time, seed and genes of the k-th picture: the times lie in equal parts of their range, one in each. */
function pictureAt(k: number, { pictures, seed }: Drawing) {
  const [from, to] = TIME;
  const part = (to - from) / pictures;
  return pictureOf(k, 0, seed, [from + k * part, from + (k + 1) * part]);
}

/** The times at which programs are drawn, in seconds. */
export const timesOf = (drawing: Drawing): number[] =>
  Array.from({ length: drawing.pictures }, (_, k) => pictureAt(k, drawing).time);

/** What a finding depends on. */
export function keyOf({ source, fallback }: ProgramSource, drawing: Drawing, { renderer, version }: Device): string {
  const { resolution, pictures, seed } = drawing;
  return createHash('sha256')
    .update(JSON.stringify([CHECKER, source, fallback ?? null, resolution, pictures, seed, renderer, version]))
    .digest('base64');
}

/**
 * Whether a finding counts: not a failure to end in time where more is given now, and not a time that is too long and was
 * taken while others were drawn.
 */
export function stillHolds(finding: Finding, { programTimeout, slow }: Drawing): boolean {
  if ('failed' in finding) return finding.failed !== 'hangs' || finding.timeout >= programTimeout;
  return finding.ms <= slow || finding.alone === true;
}

const FAILED: readonly unknown[] = ['does not compile', 'hangs', 'crashes the driver'] satisfies Failure['why'][];

/** A quantity; none of ours is negative, and what is not finite is null in JSON. */
const isQuantity = (value: unknown): value is number => Number.isFinite(value) && (value as number) >= 0;

const MEASURED: readonly (keyof PictureStatistics)[] = ['mean', 'spread', 'oneColour', 'fine', 'correlation'];

const isStatistics = (value: unknown): boolean =>
  typeof value === 'object' &&
  value !== null &&
  MEASURED.every((name) => isQuantity((value as Record<string, unknown>)[name]));

/** A finding from a line of the journal, if it is a whole one. */
export function restoreFinding(line: Record<string, unknown>): Finding | undefined {
  const { key: _, ...finding } = line;
  const { failed, log, timeout, newer, ms, alone, compileMs, nan, statistics, pixels, signature } = finding;
  const whole =
    failed !== undefined
      ? FAILED.includes(failed) && typeof log === 'string' && isQuantity(timeout)
      : typeof newer === 'boolean' &&
        [ms, compileMs, nan].every(isQuantity) &&
        (alone === undefined || typeof alone === 'boolean') &&
        Array.isArray(statistics) &&
        statistics.length > 0 &&
        statistics.every(isStatistics) &&
        typeof pixels === 'string' &&
        typeof signature === 'string' &&
        Buffer.from(signature, 'base64').length === Math.min(SIGNED, statistics.length) * SIGNATURE;
  return whole ? (finding as unknown as Finding) : undefined;
}

const rounded = (value: number): number => Number(value.toPrecision(4));

/** Draws pictures of a program that is compiled, and how many milliseconds of the device a picture takes. */
async function timed(worker: RenderWorker, bases: readonly BaseImage[]) {
  const { baseMs, bases: before } = worker.time;
  const [failure] = await worker.load(bases);
  return { failure, ms: (worker.time.baseMs - baseMs) / (worker.time.bases - before) };
}

/** What all layers hold, as it is kept. */
async function described(worker: RenderWorker, { pictures: count, resolution }: Drawing) {
  const all = await worker.read(count);
  const bytes = all.length / count;
  const pictures = Array.from({ length: count }, (_, k) => all.subarray(k * bytes, (k + 1) * bytes));
  const thumbnails = pictures.map((pixels) => thumbnail(pixels, resolution));
  return {
    nan: rounded(nanShare(all)),
    statistics: thumbnails.map((picture) => {
      const { mean, spread, oneColour, fine, correlation } = pictureStatistics(picture);
      return {
        mean: rounded(mean),
        spread: rounded(spread),
        oneColour: rounded(oneColour),
        fine: rounded(fine),
        correlation: rounded(correlation),
      };
    }),
    pixels: createHash('sha256').update(all).digest('base64'),
    signature: Buffer.concat(thumbnails.slice(0, SIGNED).map(signature)).toString('base64'),
  };
}

/**
 * Draws a program. Nothing about it is thrown: what it does to the driver is a finding.
 *
 * @param turns of all that draw on the device
 */
export async function drawProgram(
  worker: RenderWorker,
  program: ProgramSource,
  drawing: Drawing,
  turns: Turns,
): Promise<Finding> {
  const bases = Array.from(
    { length: drawing.pictures },
    (_, k): BaseImage => ({ kind: 'program', program, ...pictureAt(k, drawing) }),
  );
  const failed = ({ why, log }: Failure): Finding => ({
    failed: why,
    log: log.slice(0, LOG),
    timeout: drawing.programTimeout,
  });
  const first = await turns.together(async () => {
    const began = performance.now();
    const [failure] = await worker.load(bases.slice(0, 1));
    const firstMs = performance.now() - began;
    return { firstMs, ...(failure ? { failure, ms: 0 } : await timed(worker, bases)) };
  });
  if (first.failure) return failed(first.failure);
  let { ms } = first;
  // Others that draw at the same time make it slow.
  const alone = ms > drawing.slow;
  if (alone) {
    const again = await turns.alone(() => timed(worker, bases));
    if (again.failure) return failed(again.failure);
    ms = Math.min(ms, again.ms);
  }
  return {
    newer: worker.newer.has(program.id),
    ms: rounded(ms),
    ...(alone && { alone }),
    compileMs: rounded(Math.max(0, first.firstMs - ms)),
    ...(await turns.together(() => described(worker, drawing))),
  };
}
