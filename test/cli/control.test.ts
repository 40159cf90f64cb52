import { existsSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { beforeAll, expect, test } from 'vitest';
import { until } from '../processes.js';
import { Place, SWEEP } from './slim.js';

/** A sweep that is asked to pause or to stop by files in its folder. */

const place = Place.ofTests();
const WHOLE = [...SWEEP, '--methods', 'none,mixup', '--n', '2', '--images', '384'];

let wanted: string;
beforeAll(async () => {
  await place.succeed(...WHOLE, '--out', 'whole');
  wanted = place.report('whole');
});

const blocks = (folder: string): number => readdirSync(place.at(folder, 'features', '0')).length;

test('a pause holds it until it is taken back; the report is that of a run without', async () => {
  const { child, outcome } = place.start(...WHOLE, '--out', 'paused');
  let said = '';
  child.stderr!.on('data', (data: Buffer) => {
    said += data;
  });
  await until(() => place.block('paused', 0), 'the first block');
  writeFileSync(place.at('paused', 'pause'), '');
  await until(() => (/Paused/.test(said) ? true : undefined), 'the pause');
  const held = blocks('paused');
  await sleep(1500);
  expect(blocks('paused')).toBe(held);
  expect(held).toBeLessThan(blocks('whole'));
  rmSync(place.at('paused', 'pause'));
  const { code, stderr } = await outcome;
  expect(code, stderr).toBe(0);
  expect(stderr).toMatch(/Paused[\s\S]*Going on/);
  expect(place.report('paused')).toBe(wanted);
});

test('stop ends it with the table of its blocks and is taken away; "resume" ends in the same bytes', async () => {
  const { outcome } = place.start(...WHOLE, '--out', 'stopped');
  await until(() => place.block('stopped', 1), 'the second block');
  writeFileSync(place.at('stopped', 'stop'), '');
  const { code, stdout, stderr } = await outcome;
  expect(code, stderr).toBe(130);
  expect(stderr).toMatch(/Asked to stop/);
  expect(stdout).toMatch(/│ MixUp/);
  expect(existsSync(place.at('stopped', 'stop'))).toBe(false);
  expect(blocks('stopped')).toBeLessThan(blocks('whole'));
  await place.succeed('resume', 'stopped');
  expect(place.report('stopped')).toBe(wanted);
});

test('stop is heard during a pause; a pause asked for beforehand holds, a stop was for an earlier sweep', async () => {
  const { outcome } = place.start(...WHOLE, '--out', 'both');
  await until(() => place.block('both', 0), 'the first block');
  writeFileSync(place.at('both', 'pause'), '');
  await sleep(500);
  writeFileSync(place.at('both', 'stop'), '');
  expect((await outcome).code).toBe(130);
  expect(existsSync(place.at('both', 'pause'))).toBe(false);
  writeFileSync(place.at('both', 'pause'), '');
  writeFileSync(place.at('both', 'stop'), '');
  const { child, outcome: next } = place.start('resume', 'both');
  let said = '';
  child.stderr!.on('data', (data: Buffer) => {
    said += data;
  });
  await until(() => (/Paused/.test(said) ? true : undefined), 'the pause');
  expect(existsSync(place.at('both', 'stop'))).toBe(false);
  rmSync(place.at('both', 'pause'));
  expect((await next).code).toBe(0);
  expect(place.report('both')).toBe(wanted);
});

test('what cannot be taken away is told by its name', async () => {
  place.copy('whole', 'odd');
  place.makeFolder('odd/stop');
  expect(await place.refused(...WHOLE, '--out', 'odd')).toMatch(/stop cannot be removed/);
});
