import { describe, expect, test } from 'vitest';
import type { Results } from '../../src/report/results.js';
import { renderSummary } from '../../src/report/summary.js';
import { PLAIN_RECORD, plainResults, RECORD, RESULTS, TIMING } from './made-up.js';

const ONE = { ...RECORD, datasets: RECORD.datasets.slice(0, 1) };
const one: Results = { cells: RESULTS.cells.slice(0, 6), columns: RESULTS.columns.slice(0, 1) };

test('of one data set: who leads, ties, what the race saved, what to use and at what cost, what may be compared', () => {
  expect(renderSummary(ONE, one, TIMING).split('\n').slice(3)).toEqual([
    'MixUp 3 has the lowest FID∞ at 1,024 images. It shares rank 1 with MixUp 2 and MixUp 4 (weights=equal).',
    "The race made 4,608 of the grid's 12,288 images, which saved 63%, and ended when all that were left were within 1% of the best.",
    'Recommended: MixUp 4 (weights=equal). Of the 3 tied with the best FID it is the most diverse (Vendi 24.00). It takes 10.5 ms of the device an image, 24.7 images/s alone.',
    'FID by slim to photos.npz: comparable only with each other.',
  ]);
});

describe('the leader', () => {
  const tied = (settings: readonly string[]): Results => ({
    ...one,
    columns: [{ ...one.columns[0]!, tied: settings }],
  });

  test('alone, tied with some, tied with all', () => {
    expect(renderSummary(ONE, tied(['mixup:3']))).toContain(
      'MixUp 3 leads alone at 1,024 images: every other setting has a higher FID∞ beyond its error.',
    );
    expect(renderSummary(ONE, tied(ONE.settings))).toContain('No setting is separated from it: it shares rank 1 with');
    expect(renderSummary(ONE, one)).not.toContain('No setting is separated');
  });

  test('of a single setting, of no errors', () => {
    const single = { cells: one.cells.slice(2, 3), columns: one.columns };
    expect(renderSummary(ONE, single)).toContain('MixUp 3 is the only setting.');
    expect(renderSummary(PLAIN_RECORD, plainResults(10))).toContain('without errors it is not known');
  });

  test('is said to be by the half that chooses, where the reference is split', () => {
    const selection = { ...RECORD.reference, sha256: '9a'.repeat(32) };
    const text = renderSummary({ ...ONE, selection }, one);
    expect(text).toContain('by the half of the reference that chooses');
    expect(text).toContain('the FIDs are to the other half');
  });
});

test('of several data sets: each under its name', () => {
  const text = renderSummary(RECORD, RESULTS);
  expect(text).toMatch(/\n\nPrograms:\nMixUp 3 has[\s\S]*\n\nPhotos:\nNone leads alone at 2,048 images/);
});

test('says nothing of races, ties and parentheses where there are none', () => {
  const text = renderSummary(PLAIN_RECORD, plainResults(10));
  expect(text).not.toMatch(/race|parentheses|share|ended early|Recommended/);
  expect(renderSummary(PLAIN_RECORD, plainResults(4))).toContain('ended early: 4 of 10 images a setting.');
});
