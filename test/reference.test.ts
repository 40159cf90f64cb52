import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { UserError } from '../src/core/errors.js';
import type { ExtractorIdentity } from '../src/extract/session.js';
import { checkComparable, referenceRecord, sameFeatures } from '../src/reference.js';
import type { Provenance, Statistics } from '../src/statistics/npz.js';

const EXTRACTOR: ExtractorIdentity = {
  id: 'bundled-v1',
  sha256: 'abc123def456'.padEnd(64, '0'),
  tap: 'mixed7',
  dims: 4,
  preprocessing: 'bilinear 299, 0…1',
};

function statistics(change: Partial<Provenance> = {}, extractor: Partial<ExtractorIdentity> = {}): Statistics {
  const provenance: Provenance = {
    count: 2389,
    extractor: { ...EXTRACTOR, ...extractor },
    source: 'photos256',
    fit: 'cover 256',
    tool: 'fidsweep 0.1.0',
    ...change,
  };
  return { mean: new Float64Array(4), covariance: new Float64Array(16), provenance };
}

describe('a reference by the same extractor', () => {
  test('of the same fit, or of pictures of the same side, is compared without a word', () => {
    for (const fit of ['cover 256', 'rendered at 256', undefined]) {
      expect(checkComparable('ref.npz', statistics(), EXTRACTOR, fit)).toEqual([]);
    }
  });

  test('under another alias is the same: its bytes, tap and preprocessing decide', () => {
    expect(sameFeatures(EXTRACTOR, { ...EXTRACTOR, id: 'other' })).toBe(true);
    expect(checkComparable('ref.npz', statistics({}, { id: 'other' }), EXTRACTOR)).toEqual([]);
  });

  test.each([
    ['cover 256', 'rendered at 128'],
    ['native', 'cover 256'],
    ['native', 'rendered at 256'],
  ])('made at "%s", used at "%s": warned', (made, used) => {
    const warnings = checkComparable('ref.npz', statistics({ fit: made }), EXTRACTOR, used);
    expect(warnings).toEqual([`ref.npz was made of images at "${made}", the images here are at "${used}".`]);
  });

  test('of fewer images than dimensions: warned', () => {
    expect(checkComparable('ref.npz', statistics({ count: 4 }), EXTRACTOR)).toEqual([]);
    const [warning, ...rest] = checkComparable('ref.npz', statistics({ count: 3 }), EXTRACTOR);
    expect(warning).toMatch(/ref\.npz was made of 3 images, fewer than the 4 dimensions .* biased upwards/);
    expect(rest).toEqual([]);
  });

  test('several warnings all come', () => {
    expect(checkComparable('ref.npz', statistics({ count: 3, fit: 'native' }), EXTRACTOR, 'cover 64')).toHaveLength(2);
  });
});

test('a reference that does not say what made it: warned, not refused', () => {
  const { mean, covariance } = statistics();
  expect(checkComparable('fid.npz', { mean, covariance }, EXTRACTOR, 'cover 256')).toEqual([
    'fid.npz does not say which extractor, preprocessing or images made it; none of that could be checked.',
  ]);
});

describe('a reference by another extractor is refused, both named', () => {
  test.each([
    [
      'network',
      { id: 'inception', sha256: 'fff999'.padEnd(64, '0') },
      ['inception', 'fff999', 'bundled-v1', 'abc123def456'],
    ],
    ['tap', { tap: 'pool3' }, ['tap pool3', 'tap mixed7']],
    ['preprocessing', { preprocessing: 'clean' }, ['clean', 'bilinear 299, 0…1']],
  ])('another %s', (_, change, named) => {
    const other = statistics({}, change);
    expect(sameFeatures(other.provenance!.extractor, EXTRACTOR)).toBe(false);
    expect(() => checkComparable('ref.npz', other, EXTRACTOR)).toThrow(UserError);
    for (const part of ['ref.npz was made by', 'fidsweep stats', ...named]) {
      expect(() => checkComparable('ref.npz', other, EXTRACTOR)).toThrow(part);
    }
  });

  test('another number of dimensions, even when it does not say what made it', () => {
    const { covariance } = statistics();
    const refused = () => checkComparable('fid.npz', { mean: new Float64Array(2048), covariance }, EXTRACTOR);
    expect(refused).toThrow(UserError);
    expect(refused).toThrow(/fid\.npz: features of 2048 dimensions, but bundled-v1 \(tap mixed7.*\) gives 4/);
  });
});

describe('what a run remembers of its reference', () => {
  const bytes = Uint8Array.of(1, 2, 3);
  const sha256 = createHash('sha256').update(bytes).digest('hex');

  test('its source, count, fit, note and warnings, and the hash of its bytes', () => {
    expect(referenceRecord(bytes, 'ref.npz', statistics({ note: 'a stand-in' }), ['odd'])).toEqual({
      source: 'photos256',
      count: 2389,
      fit: 'cover 256',
      note: 'a stand-in',
      sha256,
      warnings: ['odd'],
    });
  });

  test('its name, when it says nothing', () => {
    const { mean, covariance } = statistics();
    expect(referenceRecord(bytes, 'fid.npz', { mean, covariance }, [])).toEqual({
      source: 'fid.npz',
      sha256,
      warnings: [],
    });
  });
});
