import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { until } from '../processes.js';
import { reportOf, writePictures } from './run.js';
import { Place, PROGRAMS, SMALL } from './slim.js';

/** Whether a choice holds elsewhere: on the half of the reference that had no part in it, and by another network. */

const place = Place.ofTests();
const SETTINGS = ['--methods', 'none,mixup', '--n', '2', '--images', '64'];
const SWEEP = ['sweep', ...PROGRAMS, ...SMALL, ...SETTINGS];
const TO_PICTURES = [...SWEEP, '--reference', 'real é'];
const CONFIRMED = [...TO_PICTURES, '--confirm', 'other'];

describe('--select-on split', () => {
  test('chooses on one half of the reference and reports on the other', async () => {
    const printed = await place.succeed(...TO_PICTURES, '--select-on', 'split', '--out', 'split');
    expect(printed).toMatch(/by one half of the reference; the FIDs are to the other half/);
    const { made, cells, columns } = reportOf(place.at('split'));
    expect(made.reference.count! + made.selection!.count!).toBe(40);
    expect(made.reference.sha256).not.toBe(made.selection!.sha256);
    expect(made.reference.warnings).toEqual([]);
    // Differences are to the other half: they are not those of the FIDs that are shown.
    const [none, mixup] = cells;
    expect(columns[0]!.leader).toBe('mixup:2');
    expect(none!.difference!.value).not.toBeCloseTo(none!.unbiased!.value - mixup!.unbiased!.value, 6);
    expect(await place.succeed('report', 'split')).toBe(printed);
  });

  test('refuses statistics, which have no halves', async () => {
    expect(
      await place.refused(...SWEEP, '--reference', 'real.npz', '--select-on', 'split', '--out', 'refused'),
    ).toMatch(/--select-on split: "real\.npz" is a file of statistics, which cannot be divided/);
    expect(existsSync(place.at('refused'))).toBe(false);
  });
});

describe('--confirm', () => {
  let wanted: string;
  beforeAll(async () => {
    await place.succeed(...CONFIRMED, '--out', 'confirmed');
    wanted = place.report('confirmed');
  });

  const confirmationOf = (folder: string) => reportOf(place.at(folder)).columns[0]!.confirmation;

  test('measures all that share the best rank by the other network, to the same images', () => {
    const { columns } = reportOf(place.at('confirmed'));
    const { tied, confirmation } = columns[0]!;
    expect(confirmation).toMatchObject({ extractor: 'other', reference: 'real é', images: 64 });
    expect(confirmation!.cells.map(({ setting }) => setting)).toEqual(tied);
    for (const { fid } of confirmation!.cells) expect(fid).toBeGreaterThan(0);
    expect(readFileSync(place.at('confirmed', 'report.md'), 'utf8')).toMatch(
      /## Confirmation in a second feature space\s+By other to real é, on 64 images a setting/,
    );
  });

  test('its numbers are those of a sweep by that network', async () => {
    const flags = [...PROGRAMS, ...SETTINGS, '--resolution', '16', '--extractor', 'other', '--reference', 'real é'];
    await place.succeed('sweep', ...flags, '--out', 'by the other');
    const cells = reportOf(place.at('by the other')).cells;
    for (const { setting, fid } of confirmationOf('confirmed')!.cells)
      expect(fid).toBe(cells.find((cell) => cell.setting === setting)!.fid);
  });

  test('is shown again by "report"', async () => {
    await place.succeed('report', 'confirmed');
    expect(place.report('confirmed')).toBe(wanted);
  });

  test('killed within it and resumed, the report is the same bytes', async () => {
    const { child, outcome } = place.start(...CONFIRMED, '--out', 'killed');
    await until(() => place.block(join('killed', 'confirm', '0'), 0), 'the first block of the confirmation');
    process.kill(child.pid!, 'SIGKILL');
    await outcome;
    expect(existsSync(place.at('killed', 'report.json'))).toBe(false);
    await place.succeed('resume', 'killed');
    expect(place.report('killed')).toBe(wanted);
  });

  test('to another reference it is measured anew', async () => {
    mkdirSync(place.at('others'));
    await writePictures(place.at('others'), 12, 5);
    place.copy('confirmed', 'elsewhere');
    await place.succeed(...CONFIRMED, '--confirm-reference', 'others', '--out', 'elsewhere');
    const [before, after] = [confirmationOf('confirmed')!, confirmationOf('elsewhere')!];
    expect(after).toMatchObject({ reference: 'others', images: 64 });
    expect(after.cells[0]!.fid).not.toBe(before.cells[0]!.fid);
  });

  test.each<[string, readonly string[], RegExp]>([
    [
      'the network of the sweep',
      ['sweep', ...PROGRAMS, ...SETTINGS, '--extractor', 'other', '--reference', 'real é', '--confirm', 'other'],
      /the network of the sweep itself/,
    ],
    [
      'statistics by the first network',
      [...SWEEP, '--reference', 'real.npz', '--confirm', 'other'],
      /--confirm-reference/,
    ],
    [
      'a reference by another network',
      [...CONFIRMED, '--confirm-reference', 'real.npz'],
      /real\.npz: features of 4 dim/,
    ],
    ['a reference without a network', [...TO_PICTURES, '--confirm-reference', 'real é'], /nothing without --confirm/],
  ])('refuses %s before anything is made', async (_, args, naming) => {
    expect(await place.refused(...args, '--out', 'refused')).toMatch(naming);
    expect(existsSync(place.at('refused'))).toBe(false);
  });
});
