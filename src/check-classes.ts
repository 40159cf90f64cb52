import type { Finding } from './check-program.js';
import { explainLog } from './dataset/program-text.js';
import { NEAR, Neighbourhood } from './metrics/near-duplicates.js';
import { BLANK_SPREAD, isFlat, isNoise } from './metrics/picture-statistics.js';

/** What a program can be found to be; the first that applies, in this order, after `good`. */
export const CLASSES = [
  'good',
  'no program',
  'needs what we lack',
  'does not compile',
  'hangs',
  'crashes the driver',
  'NaN',
  'blank or constant',
  'flat',
  'noise',
  'too slow',
  'duplicate',
] as const;
export type ProgramClass = (typeof CLASSES)[number];

/** More than this share of NaN among a program's pixels is too much. */
export const NAN_SHARE = 0.01;

export interface Checked {
  readonly id: string;
  readonly class: ProgramClass;
  /** Empty for good ones. */
  readonly why: string;
  /** Whether it compiled only when it was rewritten to GLSL ES 3.00. */
  readonly newer?: boolean;
  /** Milliseconds of the device a picture, and those of compiling. */
  readonly ms?: number;
  readonly compileMs?: number;
  /** Of all pictures, in 8-bit levels: their mean, and the largest spread of one. */
  readonly mean?: number;
  readonly spread?: number;
  /** Share of NaN among the pixels. */
  readonly nan?: number;
}

/** A program and what is known of it. */
export interface Seen {
  readonly id: string;
  readonly finding?: Finding;
  /** Why it could not even be tried. */
  readonly unread?: string;
}

export interface Judging {
  /** Milliseconds of the device a picture that are too many. */
  readonly slow: number;
  /** Whether flat pictures, noise and near-duplicates are told, beside what is surely of no use. */
  readonly judge: boolean;
}

const percent = (share: number): string => `${Number((100 * share).toPrecision(2))}%`;

/** At least half of the pictures, as one that is so by chance says little. */
const mostly = (flags: readonly boolean[]): boolean => 2 * flags.filter(Boolean).length >= flags.length;

/** What is wrong with the pictures of one program for themselves. */
function fault(
  { nan, ms, statistics }: Exclude<Finding, { failed: string }>,
  { slow, judge }: Judging,
): [ProgramClass, string] | undefined {
  const spread = Math.max(...statistics.map((one) => one.spread));
  if (nan > NAN_SHARE) return ['NaN', `${percent(nan)} of its pixels are NaN`];
  if (spread < BLANK_SPREAD) return ['blank or constant', `its values spread by ${spread.toFixed(2)} levels of 255`];
  const count = (flags: readonly boolean[]) => `${flags.filter(Boolean).length} of ${flags.length} pictures`;
  const [flat, noise] = [statistics.map(isFlat), statistics.map(isNoise)];
  if (judge && mostly(flat)) return ['flat', `${count(flat)} are flat`];
  if (judge && mostly(noise)) return ['noise', `${count(noise)} have no structure`];
  if (ms > slow) return ['too slow', `${ms.toPrecision(3)} ms of the device a picture`];
  return undefined;
}

/**
 * Sorts programs. Of programs with the same pictures the first stays good, in the order given: who drew them first decides
 * nothing.
 */
export function classify(programs: readonly Seen[], judging: Judging): Checked[] {
  const exact = new Map<string, string>();
  const near = new Neighbourhood(NEAR);
  return programs.map(({ id, finding, unread }): Checked => {
    if (!finding) {
      const why = unread ?? '';
      return { id, class: /^needs\b/.test(why) ? 'needs what we lack' : 'no program', why };
    }
    if ('failed' in finding) {
      const { failed, log } = finding;
      return { id, class: failed, why: failed === 'does not compile' ? explainLog(id, log) : log };
    }
    const { newer, ms, compileMs, nan, statistics, pixels } = finding;
    const measured = {
      ...(newer && { newer }),
      ms,
      compileMs,
      mean: Number((statistics.reduce((sum, one) => sum + one.mean, 0) / statistics.length).toPrecision(4)),
      spread: Math.max(...statistics.map((one) => one.spread)),
      ...(nan && { nan }),
    };
    const found = fault(finding, judging);
    if (found) return { id, class: found[0], why: found[1], ...measured };
    const same = exact.get(pixels);
    if (same !== undefined) return { id, class: 'duplicate', why: `the same pictures as ${same}`, ...measured };
    const bytes = judging.judge ? Buffer.from(finding.signature, 'base64') : undefined;
    const like = bytes && near.nearest(bytes);
    if (like)
      return {
        id,
        class: 'duplicate',
        why: `nearly the pictures of ${like.id} (${like.distance.toFixed(1)} levels)`,
        ...measured,
      };
    exact.set(pixels, id);
    if (bytes) near.add(id, bytes);
    return { id, class: 'good', why: '', ...measured };
  });
}
