import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const MAIN = join(import.meta.dirname, '..', '..', 'dist', 'cli', 'main.js');

test('a reader that stops early ends the command quietly', () => {
  const script = `{ sleep 0.3; '${process.execPath}' '${MAIN}' models --json; echo "code $?" >&2; } | true`;
  const { stderr } = spawnSync('bash', ['-c', script], { encoding: 'utf8' });
  expect(stderr).toBe('code 0\n');
});
