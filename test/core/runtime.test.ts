import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { loadRuntime } from '../../src/core/runtime.js';

test('usage data is switched off before the runtime loads, by the variable that the shipped library reads', async () => {
  delete process.env.ORT_DISABLE_TELEMETRY;
  const { InferenceSession } = await loadRuntime();
  expect(InferenceSession).toBeDefined();
  expect(process.env.ORT_DISABLE_TELEMETRY).toBe('1');
  const home = dirname(dirname(createRequire(import.meta.url).resolve('onnxruntime-node')));
  const library = readFileSync(join(home, 'bin', 'napi-v6', 'linux', process.arch, 'libonnxruntime.so.1'), 'latin1');
  expect(library).toContain('ORT_DISABLE_TELEMETRY');
});
