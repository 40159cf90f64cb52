import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import { cacheFolder } from '../../src/core/paths.js';
import { temporaryFolder } from '../temporary.js';

afterEach(() => vi.unstubAllEnvs());

test('a cache is found again under XDG_CACHE_HOME', () => {
  const cache = join(temporaryFolder(), 'not', 'there');
  vi.stubEnv('XDG_CACHE_HOME', cache);
  expect(cacheFolder('x')).toBe(join(cache, 'fidsweep', 'x'));
  expect(existsSync(join(cache, 'fidsweep', 'x'))).toBe(true);
  expect(cacheFolder('x')).toBe(join(cache, 'fidsweep', 'x'));
});

test.skipIf(process.platform !== 'linux')('a cache where no folder can be made is a temporary one', () => {
  vi.stubEnv('XDG_CACHE_HOME', '/proc/zzz');
  const folder = cacheFolder('x');
  expect(folder.startsWith(join(tmpdir(), 'fidsweep-x-'))).toBe(true);
  expect(existsSync(folder)).toBe(true);
});
