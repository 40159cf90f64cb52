import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { FIXTURES } from '../extract/fixtures.js';

/** A short version of test/kills.mjs, which says more: by a slim network, on fewer and smaller images, killed fewer times. */

const SCRIPT = join(import.meta.dirname, '..', 'kills.mjs');
const SLIM = ['--extractor', join(FIXTURES, 'inception-slim-legacy.pth'), '--dims', '64'];
const SMALL = ['--reference', join(FIXTURES, 'images'), '--resolution', '16', '--images', '96'];

test.each<[string, readonly string[]]>([
  ['5 kills of a grid', ['--kills', '5', '--n', '2,9']],
  ['3 kills of a race', ['--kills', '3', '--n', '2,9', '--race', '--seed', '4']],
])('after %s at random moments the report is that of an uninterrupted run', async (_, flags) => {
  const child = spawn(process.execPath, [SCRIPT, ...SLIM, ...SMALL, ...flags], { stdio: 'pipe' });
  let said = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (data: Buffer) => {
      said += data.toString();
    });
  const code = await new Promise((resolve) => child.on('close', resolve));
  expect({ code, said }).toEqual({ code: 0, said: expect.stringMatching(/^\d kills over \d runs? .*byte for byte/) });
});
