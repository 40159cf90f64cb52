// npm run bench [-- PART [PHOTOS], or -- races [COUNT] [RUN]]: ratios against a baseline of the same run. Absolute times
// are this machine's and this hour's; only the ratios are worth quoting.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { MAIN, median, peakMemory, print, ROOT, scratch } from './common.mjs';
import { algebra, fidMemory, fidRate, torch } from './fid.mjs';
import { intervals } from './intervals.mjs';
import { races } from './races.mjs';

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

/** Every setting of Table 1 through the real sweep, between two timings of the bare session. */
async function sweepRate() {
  const { sweep } = await import(join(ROOT, 'dist', 'sweep.js'));
  const { blockSize, widest } = await import(join(ROOT, 'dist', 'blocks.js'));
  const { openDataset } = await import(join(ROOT, 'dist', 'dataset', 'spec.js'));
  const { settingKey } = await import(join(ROOT, 'dist', 'mix', 'setting.js'));
  const { readSettings } = await import(join(ROOT, 'dist', 'cli', 'axes.js'));
  const { Extractor } = await import(join(ROOT, 'dist', 'extract', 'session.js'));
  const { bundled } = await import(join(ROOT, 'dist', 'extract', 'registry.js'));
  const { Renderer } = await import(join(ROOT, 'dist', 'render', 'renderer.js'));
  const { sha256 } = await import(join(ROOT, 'dist', 'store', 'canonical.js'));
  const { Run } = await import(join(ROOT, 'dist', 'store', 'run.js'));

  const [resolution, images, seed] = [256, 160, 0];
  const settings = readSettings({}, { resolution, seed });
  const block = blockSize(settings, resolution);
  const dataset = openDataset('p', 'programs');
  const extractor = await Extractor.open(bundled());
  const renderer = await Renderer.open({ resolution, layers: block * widest(settings) });

  const blank = new Uint8Array(block * resolution * resolution * 3).fill(127);
  const bareRate = async () => {
    const rounds = 16;
    const began = performance.now();
    for (let i = 0; i < rounds; i++) await extractor.features(blank, block, resolution, resolution);
    return (rounds * block) / ((performance.now() - began) / 1000);
  };
  await extractor.features(blank, block, resolution, resolution);

  const before = await bareRate();
  const rates = [];
  let baseRenders = 0;
  let between = before;
  const ratios = [];
  for (let round = 0; round < 2; round++) {
    const record = {
      tool: 'bench',
      datasets: [{ name: 'p', spec: 'programs', identity: {}, fit: '' }],
      settings: settings.map(settingKey),
      images,
      resolution,
      seed: seed + round,
      recipeVersion: 1,
      extractor: extractor.identity,
      comparable: '',
      // Nothing is compared with it.
      reference: { source: '', sha256: sha256(new Uint8Array()), warnings: [] },
      block,
      strategy: { kind: 'grid', alpha: 0.05, tolerance: 0.01, complete: false },
      keep: 'features',
      versions: {},
      device: renderer.device,
      flags: {},
    };
    const run = Run.create(join(scratch, `sweep-${round}`), record, { reference: new Uint8Array() });
    const renderedBefore = renderer.rendered;
    const began = performance.now();
    await sweep(run, [dataset], { rendererOf: () => Promise.resolve(renderer), extractor }, {});
    run.close();
    rates.push((images * settings.length) / ((performance.now() - began) / 1000));
    baseRenders = renderer.rendered - renderedBefore;
    const after = await bareRate();
    ratios.push(rates.at(-1) / ((between + after) / 2));
    between = after;
  }
  await renderer.dispose();
  await extractor.dispose();
  print(
    'sweep images/s ÷ bare ONNX session on constant input',
    (ratios.reduce((sum, ratio) => sum + ratio, 0) / ratios.length).toFixed(2),
    '≥ 0.8',
    `17 settings × ${images} images; mean of rounds ${ratios.map((r) => r.toFixed(2)).join(', ')} (the first compiles the programs); sweep ${rates.map((r) => r.toFixed(1)).join(', ')} images/s`,
  );
  const naive = settings.reduce((sum, { n }) => sum + n, 0);
  print(
    'base renders per output index over the full grid',
    (baseRenders / images).toFixed(2),
    '9',
    `${naive} if every setting rendered its own`,
  );
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
  sweep: sweepRate,
  memory,
  fid: fidRate,
  algebra,
  'fid-memory': fidMemory,
  torch,
  intervals,
  races,
};
const [chosen, photos] = process.argv.slice(2);
if (chosen && !parts[chosen]) {
  process.stderr.write(`bench: got "${chosen}", expected ${Object.keys(parts).join(', ')} or nothing.\n`);
  process.exit(2);
}
for (const [name, part] of Object.entries(parts)) if (!chosen || chosen === name) await part(photos);
