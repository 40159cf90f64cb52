import { blockSize, renderBlock, type Source, type Unusable, widest } from '../blocks.js';
import { writeAtomically } from '../core/files.js';
import { plain } from '../core/plain.js';
import { openDataset } from '../dataset/spec.js';
import { parseSetting, settingKey } from '../mix/setting.js';
import { Renderer } from '../render/renderer.js';
import { backendOf, prepareOutput, programTimeout, resolutionOf } from './open.js';
import { checkTakes } from './plan.js';
import { processesFor } from './renderers.js';
import { formatOf, Sheet } from './sheet.js';
import { flag, integer, text, type Values } from './values.js';

/** A sheet of the first `count` outputs of one setting, as the paper's figures show 96. */
export async function runSamples(values: Values): Promise<void> {
  const out = text(values, 'output')!;
  const format = formatOf(out);
  const spec = text(values, 'spec')!;
  const setting = parseSetting(text(values, 'mix') ?? 'none');
  const count = integer(values, 'count', 1, 10_000) ?? 96;
  const tile = integer(values, 'tile', 8, 1024) ?? 96;
  const columns = integer(values, 'columns', 1, 1000) ?? Math.min(count, 12);
  const sheet = new Sheet({ count, tile, columns, format });
  const resolution = setting.resolution ?? resolutionOf(values);
  const seed = integer(values, 'seed', 0, Number.MAX_SAFE_INTEGER) ?? 0;
  const skipCorrupt = flag(values, 'skip-corrupt');
  const dataset = await openDataset(spec, spec);
  checkTakes(setting, [dataset]);
  const source: Source = {
    dataset,
    resolution,
    seed,
    unusable: new Set(),
    skipCorrupt,
    ...(setting.time && { time: setting.time }),
    ...(setting.psi !== undefined && { psi: setting.psi }),
  };
  const tell = ({ id, why }: Unusable) => process.stderr.write(`${plain(`Set aside: ${id}: ${why}`)}\n`);
  prepareOutput(out);
  const block = blockSize([setting], resolution, 16);
  const layers = block * widest([setting]);
  const renderer = await Renderer.open({
    resolution,
    layers,
    backend: backendOf(values),
    programTimeout: programTimeout(values),
    processes: processesFor(values, [dataset]),
  });
  try {
    dataset.failures?.forEach(tell);
    for (let first = 0; first < count; first += block) {
      const made = Math.min(block, count - first);
      const task = { source, first, count: made, settings: [setting] };
      for await (const { pixels, unusable } of renderBlock(task, renderer)) {
        unusable.forEach(tell);
        const bytes = resolution * resolution * 3;
        for (let i = 0; i < made; i++) {
          const data = pixels.subarray(i * bytes, (i + 1) * bytes);
          await sheet.put(first + i, { data, width: resolution, height: resolution });
        }
      }
    }
  } finally {
    await renderer.dispose();
    await dataset.dispose?.();
  }
  writeAtomically(out, await sheet.encode());
  process.stdout.write(
    `${out}: ${count} images of ${settingKey(setting)} from ${plain(spec)}, seed ${seed}, ${sheet.width} × ${sheet.height} pixels\n`,
  );
}
