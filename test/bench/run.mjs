// npm run bench [-- PART [PHOTOS], or -- races [COUNT] [RUN]]: ratios against a baseline of the same run. Absolute times
// are this machine's and this hour's; only the ratios are worth quoting.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { MAIN, median, peakMemory, print, scratch } from './common.mjs';
import { algebra, fidMemory, fidRate, torch } from './fid.mjs';
import { intervals } from './intervals.mjs';
import { programMemory, programs } from './programs.mjs';
import { races } from './races.mjs';
import { sweepRate } from './sweep.mjs';
import { training } from './training.mjs';

function startup() {
  const time = (args) => {
    const began = performance.now();
    spawnSync(process.execPath, args, { stdio: 'ignore' });
    return performance.now() - began;
  };
  const pairs = Array.from({ length: 15 }, () => [time([MAIN, '--help']), time(['-e', '0'])]);
  const ratio = median(pairs.map(([help, bare]) => help / bare));
  const [help, bare] = [0, 1].map((i) => median(pairs.map((pair) => pair[i])).toFixed(0));
  print('fidsweep --help ÷ node -e 0', ratio.toFixed(2), '≤ 4', `median of 15 pairs; ${help} ms and ${bare} ms`);
}

async function memory() {
  const common = ['sweep', '--dataset', 'p=programs', '--methods', 'none,mixup', '--n', '2'];
  const peak = (images) =>
    peakMemory([...common, '--images', String(images), '--out', join(scratch, `memory-${images}`)]);
  const few = await peak(256);
  const many = await peak(4096);
  print(
    'peak memory, two settings: 4,096 ÷ 256 images a setting',
    (many / few).toFixed(2),
    '0.8 … 1.2',
    `${many.toFixed(0)} MiB and ${few.toFixed(0)} MiB, render child included`,
  );
}

const parts = {
  startup,
  sweep: () => sweepRate(),
  'sweep-s21k': () => {
    process.env.MESA_SHADER_CACHE_DIR = join(scratch, 'cache-sweep');
    return sweepRate({ spec: 'programs:s21k', target: 0.6, again: true });
  },
  programs,
  'program-memory': programMemory,
  memory,
  fid: fidRate,
  algebra,
  'fid-memory': fidMemory,
  torch,
  intervals,
  races,
  training,
};
const [chosen, photos] = process.argv.slice(2);
if (chosen && !parts[chosen]) {
  process.stderr.write(`bench: got "${chosen}", expected ${Object.keys(parts).join(', ')} or nothing.\n`);
  process.exit(2);
}
for (const [name, part] of Object.entries(parts)) if (!chosen || chosen === name) await part(photos);
