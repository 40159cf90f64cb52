import { describe, expect, test } from 'vitest';
import type { Cell, RaceResult, Results } from '../../src/report/results.js';
import { raceSentence, setAsideSentence } from '../../src/report/sentences.js';
import { renderSummary } from '../../src/report/summary.js';
import { PLAIN_RECORD, plainResults, RECORD, RESULTS, TIMING } from './made-up.js';

const ONE = { ...RECORD, datasets: RECORD.datasets.slice(0, 1) };
const one: Results = { cells: RESULTS.cells.slice(0, 6), columns: RESULTS.columns.slice(0, 1) };

test('of one data set: who leads, ties, what the race saved, what to use and at what cost, what may be compared', () => {
  expect(renderSummary(ONE, one, TIMING).split('\n').slice(3)).toEqual([
    'MixUp 3 has the lowest FID∞ at 1,024 images. It shares rank 1 with MixUp 2 and MixUp 4 (weights=equal).',
    "The race made 4,608 of the grid's 12,288 images, which saved 63%, and ended when all that were left were within 1% of the best, by the 95% interval of each.",
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
      'MixUp 3 leads alone at 1,024 images: every other setting was found worse, beyond chance.',
    );
    const grid = { ...tied(['mixup:3']), cells: one.cells.map((cell) => ({ ...cell, status: 'measured' as const })) };
    expect(renderSummary(ONE, grid)).toContain('every other setting has a higher FID∞, beyond chance.');
    const extended = grid.cells.map(({ difference: _, ...cell }, i) => (i ? grid.cells[i]! : cell));
    expect(renderSummary(ONE, { ...grid, cells: extended })).toContain('every other setting that was compared has');
    expect(renderSummary(ONE, tied(ONE.settings))).toContain('No setting is separated from it: it shares rank 1 with');
    expect(renderSummary(ONE, one)).not.toContain('No setting is separated');
  });

  test('of a single setting, of no errors', () => {
    const single = { cells: one.cells.slice(2, 3), columns: one.columns };
    expect(renderSummary(ONE, single)).toContain('MixUp 3 is the only setting that has images yet.');
    expect(renderSummary({ ...ONE, settings: ['mixup:3'] }, single)).toContain('MixUp 3 is the only setting.');
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

test('of images that are too few to tell settings apart, that nothing is separated is no finding', () => {
  const few = (least: number): Results => ({
    ...one,
    columns: [{ ...one.columns[0]!, tied: ONE.settings, least }],
  });
  const text = renderSummary(ONE, few(1024.5));
  expect(text).toContain('MixUp 3 has the lowest FID∞ at 1,024 images; so few images cannot tell it from any other.');
  expect(text).toContain('Below 1,025 images no two settings are told apart, whatever their difference');
  expect(text).toContain('the bias of an FID is not known there; here there are 1,024.');
  expect(text).not.toMatch(/share|separated/);
  expect(renderSummary(ONE, few(1024))).not.toContain('whatever their difference');
});

test('without errors the leader is by what it is the lowest of', () => {
  const columns = [{ ...plainResults(10).columns[0]!, by: 'fid∞' as const }];
  expect(renderSummary(PLAIN_RECORD, { ...plainResults(10), columns })).toContain(
    'None has the lowest FID∞ at 10 images;',
  );
});

test('says whose FIDₙ is the lowest where it is not the leader’s', () => {
  const columns = [{ ...one.columns[0]!, leader: 'mixup:2' }];
  expect(renderSummary(ONE, { ...one, columns })).toContain(
    'The lowest FIDₙ in the table is that of MixUp 3; MixUp 2 leads by FID∞, without the bias of few images.',
  );
  const selection = { ...RECORD.reference, sha256: '9a'.repeat(32) };
  expect(renderSummary({ ...ONE, selection }, { ...one, columns })).toContain(
    'MixUp 2 leads by the half of the reference that chooses.',
  );
  expect(renderSummary(ONE, one)).not.toContain('in the table');
});

test.each([
  [1, '1 program or image was set aside; the report names it.'],
  [1234, '1,234 programs or images were set aside; the report names them.'],
])('%d set aside', (count, text) => {
  expect(setAsideSentence(count)).toBe(text);
});

describe('what a race saved is said only of one that came to a decision, after which nothing was made', () => {
  const [column] = RESULTS.columns;
  const race = column!.race!;
  const { ended: _, ...stopped } = race;
  const strategy = RECORD.strategy;
  const completed = one.cells.map((cell) => ({ ...cell, images: 2048, status: 'measured' as const }));
  const partly = one.cells.map((cell) => ({ ...cell, images: cell.images + 64 }));
  const SAVED = "The race made 4,608 of the grid's 12,288 images, which saved 63%, and ";
  const MADE = "The race made 4,608 of the grid's 12,288 images and ";

  test.each<[string, RaceResult, Partial<typeof strategy>, readonly Cell[], string]>([
    ['one is left', { ...race, ended: 'one is left' }, {}, one.cells, `${SAVED}ended when one setting was left.`],
    ['the last image', { ...race, ended: 'all images are made' }, {}, one.cells, `${SAVED}went on to the last image.`],
    [
      'all made',
      { ...race, ended: 'all images are made', grid: 4608 },
      {},
      one.cells,
      "The race made 4,608 of the grid's 4,608 images and went on to the last image.",
    ],
    [
      'next to nothing',
      { ...race, ended: 'all images are made', grid: 4609 },
      {},
      one.cells,
      "The race made 4,608 of the grid's 4,609 images, which saved less than 1%, and went on to the last image.",
    ],
    ['the budget', { ...race, ended: 'the budget is spent' }, {}, one.cells, `${MADE}ended when its budget was spent.`],
    [
      'stopped',
      stopped,
      {},
      one.cells,
      "By its last look the race had made 4,608 of the grid's 12,288 images; it was stopped before its end.",
    ],
    [
      'before a look',
      { ...stopped, looks: [], spent: 0 },
      {},
      one.cells,
      "The race has had no look yet, of the grid's 12,288 images.",
    ],
    [
      'to be completed',
      { ...race, ended: 'one is left' },
      { complete: true },
      one.cells,
      `${MADE}ended when one setting was left.`,
    ],
    [
      'completed',
      { ...race, ended: 'one is left' },
      { complete: true },
      completed,
      `${MADE}ended when one setting was left. All settings were measured on 2,048 images after it.`,
    ],
    [
      'partly completed',
      { ...race, ended: 'one is left' },
      {},
      partly,
      `${MADE}ended when one setting was left. More images than these were made, beside it or after it.`,
    ],
    [
      'one from the start',
      { ...race, ended: 'one is left', looks: [{ images: 4608, leader: 'none', alive: ['none'], dropped: [] }] },
      {},
      one.cells,
      `${MADE}ended, with one setting from the start.`,
    ],
    [
      'trials',
      { ...race, ended: 'one is left' },
      { trials: 6 },
      one.cells,
      'The race made 4,608 of the 12,288 images that all trials take, which saved 63%, and ended when one setting was left.',
    ],
  ])('%s', (_, result, changed, cells, text) => {
    expect(raceSentence(result, { strategy: { ...strategy, ...changed } }, cells)).toBe(text);
  });
});
