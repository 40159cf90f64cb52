import { createHash } from 'node:crypto';
import { UserError } from './core/errors.js';
import type { ExtractorIdentity } from './extract/session.js';
import type { Provenance, Statistics } from './statistics/npz.js';
import type { ReferenceRecord } from './store/record.js';

export const describeIdentity = ({ id, sha256, tap, preprocessing }: ExtractorIdentity): string =>
  `${id} (tap ${tap}, ${preprocessing}, SHA-256 ${sha256.slice(0, 12)}…)`;

/** Whether two extractors' features can be compared: the same network, tap and preprocessing. */
export function sameFeatures(a: ExtractorIdentity, b: ExtractorIdentity): boolean {
  return a.sha256 === b.sha256 && a.tap === b.tap && a.preprocessing === b.preprocessing;
}

/** What a file by another tool leaves open. */
export const unchecked = (name: string): string =>
  `${name} does not say which extractor, preprocessing or images made it; none of that could be checked.`;

/**
 * Refuses statistics made by another extractor or preprocessing, naming both; returns what differs without forbidding
 * the comparison, or could not be checked.
 *
 * @param fit how the pictures they are compared with are brought to size, when that is one way for all
 */
export function checkComparable(
  name: string,
  { mean, provenance }: Statistics,
  extractor: ExtractorIdentity,
  fit?: string,
): string[] {
  if (mean.length !== extractor.dims) {
    const taps = [64, 192, 768, 2048];
    const remedy =
      !provenance && taps.includes(mean.length)
        ? `If they are of the canonical network: fidsweep models fetch inception-2015-12-05, then --extractor inception-2015-12-05 --dims ${mean.length}.`
        : 'Make it anew with "fidsweep stats".';
    throw new UserError(
      `${name}: features of ${mean.length} dimensions, but ${describeIdentity(extractor)} gives ${extractor.dims}. ${remedy}`,
    );
  }
  if (!provenance) return [unchecked(name)];
  if (!sameFeatures(provenance.extractor, extractor)) {
    throw new UserError(
      `${name} was made by ${describeIdentity(provenance.extractor)}, the other side by ${describeIdentity(extractor)}; their distance would mean nothing. Make both with the same extractor ("fidsweep stats SOURCE -o FILE.npz").`,
    );
  }
  const warnings: string[] = [];
  if (provenance.count < provenance.extractor.dims) {
    warnings.push(
      `${name} was made of ${provenance.count} images, fewer than the ${provenance.extractor.dims} dimensions of a feature: FID to it is biased upwards.`,
    );
  }
  if (fit && !sameSize(provenance.fit, fit)) {
    warnings.push(`${name} was made of images at "${provenance.fit}", the images here are at "${fit}".`);
  }
  return warnings;
}

/** Whether two fits give pictures of one size, as `cover 256` and `rendered at 256` do. */
function sameSize(a: string, b: string): boolean {
  const side = (fit: string) => /\d+$/.exec(fit)?.[0];
  return a === b || (side(a) !== undefined && side(a) === side(b));
}

/** What is to be said of two sets whose pictures were brought to different sizes. */
export function unequalFits(
  a: { readonly name: string; readonly provenance?: Provenance },
  b: { readonly name: string; readonly provenance?: Provenance },
): string | undefined {
  const [x, y] = [a.provenance?.fit, b.provenance?.fit];
  return x && y && !sameSize(x, y) ? `${a.name} is at "${x}", ${b.name} at "${y}".` : undefined;
}

/** What a run remembers of its reference. */
export function referenceRecord(
  bytes: Uint8Array,
  name: string,
  statistics: Statistics,
  warnings: readonly string[],
): ReferenceRecord {
  const { provenance } = statistics;
  return {
    source: provenance?.source ?? name,
    sha256: createHash('sha256').update(bytes).digest('hex'),
    warnings,
    ...(provenance && {
      count: provenance.count,
      fit: provenance.fit,
      ...(provenance.note && { note: provenance.note }),
    }),
  };
}
