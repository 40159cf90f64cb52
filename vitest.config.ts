import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { defineConfig } from 'vitest/config';

// Which network is the default depends on the models that are here: the tests begin with none of the user's.
const noModels = mkdtempSync(join(tmpdir(), 'fidsweep-no-models-'));
process.once('exit', () => rmSync(noModels, { recursive: true, force: true }));

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // Renders and inference share the cores: one file at a time keeps watchdogs honest.
    fileParallelism: false,
    testTimeout: 120_000,
    hookTimeout: 120_000,
    env: { XDG_DATA_HOME: noModels },
  },
});
