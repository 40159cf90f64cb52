// What writing images for training costs beside drawing them.
import { spawn } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { MAIN, median, print, ROOT, scratch } from './common.mjs';

const SETTING = 'mixup:6';
const [FEW, MANY, ROUNDS] = [32, 384, 4];

/** Draws outputs and does nothing with them, in a process of its own as the commands are. */
async function bare(images) {
  const dist = (...parts) => import(join(ROOT, 'dist', ...parts));
  const { openDataset } = await dist('dataset', 'spec.js');
  const { parseSetting } = await dist('mix', 'setting.js');
  const { layersFor, outputsOf } = await dist('outputs.js');
  const { usualProcesses } = await dist('blocks.js');
  const { prefetch } = await dist('prefetch.js');
  const { Renderer } = await dist('render', 'renderer.js');
  const [dataset, setting, resolution] = [await openDataset('p', 'programs'), parseSetting(SETTING), 256];
  const source = { dataset, resolution, seed: 0, unusable: new Set(), skipCorrupt: false };
  const processes = usualProcesses([dataset]);
  const renderer = await Renderer.open({ resolution, layers: layersFor(setting, resolution), processes });
  for await (const _ of prefetch(outputsOf(source, setting, [{ first: 0, count: images }], renderer), 2));
  await renderer.dispose();
}

/** Seconds that a process takes; what it says on standard output is read and dropped. */
function seconds(args) {
  const began = performance.now();
  return new Promise((settle, reject) => {
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'ignore'] });
    child.stdout.resume();
    child.on('close', (code) =>
      code === 0 ? settle((performance.now() - began) / 1000) : reject(new Error(`${args.join(' ')}: exit ${code}`)),
    );
  });
}

/** Images a second beyond the first few: without the start of the process and the compiling of programs. */
async function rate(argsFor) {
  const few = await seconds(argsFor(FEW));
  return (MANY - FEW) / ((await seconds(argsFor(MANY))) - few);
}

const common = ['programs', '--mix', SETTING];
const WAYS = {
  bare: (images) => [import.meta.filename, 'bare', String(images)],
  ...Object.fromEntries(
    ['folder', 'webdataset', 'zip'].map((format) => [
      `render ${format}`,
      (images) => {
        const out = join(scratch, 'training');
        rmSync(out, { recursive: true, force: true });
        return [MAIN, 'render', ...common, '--images', String(images), '--format', format, '-o', out];
      },
    ]),
  ),
  stream: (images) => [MAIN, 'stream', ...common, '--images', String(images)],
};

/** Rates of `render` and `stream` by those of drawing alone, and of `stream` by that of `render`, ways taking turns. */
export async function training() {
  const rates = Object.fromEntries(Object.keys(WAYS).map((way) => [way, []]));
  // The driver's cache is filled: nobody is to pay for compiling.
  await seconds(WAYS.bare(MANY));
  const ways = Object.entries(WAYS);
  // Forwards and back, so that a machine that grows faster or slower favours none.
  for (let round = 0; round < ROUNDS; round++)
    for (const [way, argsFor] of round % 2 ? ways.toReversed() : ways) rates[way].push(await rate(argsFor));
  const report = (way, by, target) => {
    const ratios = rates[way].map((value, round) => value / rates[by][round]);
    const shown = rates[way].map((value) => value.toFixed(1)).join(', ');
    const detail = `rounds ${ratios.map((ratio) => ratio.toFixed(2)).join(', ')}; ${shown} images/s of ${SETTING}, 256 × 256`;
    print(`${way} ÷ ${by === 'bare' ? 'drawing alone' : by}`, median(ratios).toFixed(2), target, detail);
  };
  for (const way of Object.keys(WAYS).slice(1)) report(way, 'bare', '≥ 0.8');
  report('stream', 'render folder', '≥ 0.9');
}

if (process.argv[1] === import.meta.filename) {
  if (process.argv[2] === 'bare') await bare(Number(process.argv[3]));
  else await training();
}
