// How much of the machine's inference a whole sweep reaches.
import { join } from 'node:path';
import { print, ROOT, scratch } from './common.mjs';

/**
 * Every setting of Table 1 through the real sweep, between two timings of the bare session.
 *
 * @param spec the data set
 * @param again whether every round makes the same images, in fresh drawing processes: the driver's cache has them then
 */
export async function sweepRate({ spec = 'programs', target = 0.8, again = false } = {}) {
  const { sweep } = await import(join(ROOT, 'dist', 'sweep.js'));
  const { blockSize, usualProcesses, widest } = await import(join(ROOT, 'dist', 'blocks.js'));
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
  const dataset = await openDataset('p', spec);
  const extractor = await Extractor.open(bundled());
  const open = () =>
    Renderer.open({ resolution, layers: block * widest(settings), processes: usualProcesses([dataset]) });
  let renderer = await open();

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
      datasets: [{ name: 'p', spec, identity: {}, fit: '' }],
      settings: settings.map(settingKey),
      images,
      resolution,
      seed: again ? seed : seed + round,
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
    const run = Run.create(join(scratch, `sweep-${spec.replace(/\W/g, '-')}-${round}`), record, {
      reference: new Uint8Array(),
    });
    const renderedBefore = renderer.rendered;
    const began = performance.now();
    await sweep(run, [dataset], { rendererOf: () => Promise.resolve(renderer), extractor }, {});
    run.close();
    rates.push((images * settings.length) / ((performance.now() - began) / 1000));
    baseRenders = renderer.rendered - renderedBefore;
    const after = await bareRate();
    ratios.push(rates.at(-1) / ((between + after) / 2));
    between = after;
    if (again && round === 0) {
      await renderer.dispose();
      renderer = await open();
    }
  }
  await renderer.dispose();
  await extractor.dispose();
  const shown = ratios.map((ratio) => ratio.toFixed(2)).join(', ');
  const made = rates.map((rate) => rate.toFixed(1)).join(', ');
  if (again) {
    print(
      `sweep of ${spec} ÷ bare ONNX session, driver cache warm`,
      ratios.at(-1).toFixed(2),
      `≥ ${target}`,
      `17 settings × ${images} images, the same twice: ${shown} (the first with an empty cache); sweep ${made} images/s`,
    );
    return;
  }
  print(
    'sweep images/s ÷ bare ONNX session on constant input',
    (ratios.reduce((sum, ratio) => sum + ratio, 0) / ratios.length).toFixed(2),
    `≥ ${target}`,
    `17 settings × ${images} images; mean of rounds ${shown} (the first compiles the programs); sweep ${made} images/s`,
  );
  const naive = settings.reduce((sum, { n }) => sum + n, 0);
  print(
    'base renders per output index over the full grid',
    (baseRenders / images).toFixed(2),
    '9',
    `${naive} if every setting rendered its own`,
  );
}
