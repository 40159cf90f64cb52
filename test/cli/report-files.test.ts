import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { writeReports } from '../../src/cli/report-files.js';
import { BARE } from '../report/html-report.js';
import { temporaryFolder } from '../temporary.js';

/** Strips of a run folder as its index has them, whoever wrote that. */

const { dataset, setting } = BARE.results.cells[0]!;
const FILE = '0-0123456789abcdef-first.webp';
const WEBP = Buffer.from('UklGRhoAAABXRUJQVlA4TA0AAAAvAAAAEAcQERGIiP4HAA==', 'base64');
const strip = { dataset, setting, kind: 'first', file: FILE, outputs: [0, 1] };

/** The pages of a run folder with an index of pictures. */
async function pagesOf(index: unknown, picture: Uint8Array = WEBP): Promise<{ html: string; md: string }> {
  const folder = temporaryFolder();
  mkdirSync(join(folder, 'pictures'));
  writeFileSync(join(folder, 'pictures', 'index.json'), JSON.stringify(index));
  writeFileSync(join(folder, 'pictures', FILE), picture);
  const report = { ...BARE, strips: [] };
  expect(await writeReports(report, folder, { formats: ['md', 'html'], output: folder, ci: false })).toBeUndefined();
  const read = (name: string) => readFileSync(join(folder, name), 'utf8');
  return { html: read('report.html'), md: read('report.md') };
}

const counts = ({ html, md }: { html: string; md: string }) => [
  html.split('<img class="strip"').length - 1,
  md.split(`pictures/${FILE}`).length - 1,
];

test('a strip is shown', async () => {
  expect(counts(await pagesOf({ schema: 1, tile: 64, strips: [strip] }))).toEqual([1, 1]);
});

test('one that is repeated is shown once', async () => {
  const strips = Array.from({ length: 15_892 }, () => strip);
  expect(counts(await pagesOf({ schema: 1, tile: 64, strips }))).toEqual([1, 1]);
});

test.each([
  ['of no size', 0, strip],
  ['of less than no size', -5, strip],
  ['of absurd outputs', 64, { ...strip, outputs: [1.5, -2, 1e300] }],
  ['of absurd images', 64, { ...strip, kind: 'raising', psi: [1, 1e300], images: -1e300 }],
  ['of a setting that was not measured', 64, { ...strip, setting: 'cutmix:99' }],
  ['of a file that is not there', 64, { ...strip, file: '1-0123456789abcdef-first.webp' }],
])('one %s is left out', async (_, tile, given) => {
  expect(counts(await pagesOf({ schema: 1, tile, strips: [given] }))).toEqual([0, 0]);
});

test.each([
  ['empty', new Uint8Array()],
  ['another one', Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>')],
])('one whose file is %s is left out', async (_, picture) => {
  expect(counts(await pagesOf({ schema: 1, tile: 64, strips: [strip] }, picture))).toEqual([0, 0]);
});
