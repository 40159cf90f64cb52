import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

/**
 * The built tool. Whatever renders is imported from dist: the renderer forks `child.js` beside itself, and under src
 * there is only `child.ts`. Run `npx tsc` before these tests, and again after every change of src.
 */
const DIST = join(import.meta.dirname, '..', 'dist');

/** What a user runs: `node CLI …`. */
export const CLI = join(DIST, 'cli', 'main.js');

const RENDERER = join(DIST, 'render', 'renderer.js');

for (const file of [CLI, RENDERER, join(DIST, 'render', 'child.js')]) {
  if (!existsSync(file)) {
    throw new Error(`${file} is not there. These tests run the built tool: build it with "npx tsc" first.`);
  }
}

export const { Renderer } = (await import(pathToFileURL(RENDERER).href)) as typeof import('../src/render/renderer.js');
export const { RenderWorker } = (await import(
  pathToFileURL(join(DIST, 'render', 'worker.js')).href
)) as typeof import('../src/render/worker.js');
