import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { CLI } from '../built.js';
import { renderChildren, until } from '../processes.js';

const WORKER = pathToFileURL(join(CLI, '..', '..', 'render', 'worker.js')).href;

// Mesa's software devices stop a program after 65,535 rounds of its loops, so that each takes long.
const ENDLESS = `#version 300 es
precision highp float;
uniform float time;
out vec4 color;
void main() {
  vec3 v = vec3(time);
  for (int j = 0; j < 64; j++) for (int i = 0; i < 65000; i++) {
${'    v = fract(sin(v * 12.9898) * 43758.5453 + cos(v.yzx * 78.233));\n'.repeat(50)}  }
  color = vec4(v, 1.0);
}`;

/** A process that waits until its render child is two seconds old, then lets it draw a program without end. */
const PARENT = `
const { RenderWorker } = await import(${JSON.stringify(WORKER)});
const worker = await RenderWorker.open({ resolution: 512, layers: 1, programTimeout: 600_000 });
await new Promise((resolve) => setTimeout(resolve, 2000));
console.log('drawing');
await worker.load([{ kind: 'program', program: { id: 'endless', source: ${JSON.stringify(ENDLESS)} }, time: 1, seed: 1, genes: Array(32).fill(0.5) }]);
console.log('drawn');
`;

const lives = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

test('a parent that is killed takes a child along that does not return', async () => {
  const parent = spawn(process.execPath, ['--input-type=module', '-e', PARENT], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let said = '';
  parent.stdout!.on('data', (data: Buffer) => {
    said += data.toString();
  });
  await until(() => said || undefined, 'an open device');
  const child = renderChildren(parent.pid!)[0]!;
  onTestFinished(() => {
    for (const pid of [parent.pid!, child]) if (lives(pid)) process.kill(pid, 'SIGKILL');
  });
  // It takes the request, and is in the program.
  await new Promise((resolve) => setTimeout(resolve, 1000));
  expect(said).toBe('drawing\n');
  parent.kill('SIGKILL');
  await until(() => !lives(child) || undefined, 'the end of the child');
});
