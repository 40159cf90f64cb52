import sharp, { type OverlayOptions } from 'sharp';
import { type BlockJob, renderBlock, widest } from '../blocks.js';
import { invalid } from '../core/errors.js';
import { openDataset } from '../dataset/spec.js';
import { parseSetting, settingKey } from '../mix/setting.js';
import { Renderer } from '../render/renderer.js';
import { plain } from '../report/terminal.js';
import { writeAtomically } from '../store/files.js';
import { backendOf, programTimeout, resolutionOf } from './open.js';
import { flag, integer, text, type Values } from './values.js';

const GAP = 2;
const BLOCK = 16;

/** A sheet of the first `count` outputs of one setting, as the paper's figures show 96. */
export async function runSamples(values: Values): Promise<void> {
  const out = text(values, 'output')!;
  if (!/\.(png|jpe?g|webp)$/i.test(out)) throw invalid('--output', out, 'a file name that ends in .png, .jpg or .webp');
  const spec = text(values, 'spec')!;
  const setting = parseSetting(text(values, 'mix') ?? 'none');
  const count = integer(values, 'count', 1, 10_000) ?? 96;
  const tile = integer(values, 'tile', 8, 1024) ?? 96;
  const columns = integer(values, 'columns', 1, 1000) ?? Math.min(count, 12);
  const resolution = resolutionOf(values);
  const seed = integer(values, 'seed', 0, Number.MAX_SAFE_INTEGER) ?? 0;
  const job: BlockJob = {
    dataset: openDataset(spec, spec),
    settings: [setting],
    resolution,
    seed,
    unusable: new Set(),
    skipCorrupt: flag(values, 'skip-corrupt'),
    onSetAside: (id, why) => process.stderr.write(`${plain(`Set aside: ${id}: ${why}`)}\n`),
  };
  const layers = BLOCK * widest(job.settings);
  const renderer = await Renderer.open({
    resolution,
    layers,
    backend: backendOf(values),
    programTimeout: programTimeout(values),
  });
  const tiles: OverlayOptions[] = [];
  try {
    for (let first = 0; first < count; first += BLOCK) {
      for await (const { pixels, count: made } of renderBlock(job, renderer, first, Math.min(BLOCK, count - first))) {
        const bytes = resolution * resolution * 3;
        for (let i = 0; i < made; i++) {
          const raw = { width: resolution, height: resolution, channels: 3 as const };
          const input = await sharp(pixels.subarray(i * bytes, (i + 1) * bytes), { raw })
            .resize(tile, tile)
            .png()
            .toBuffer();
          const place = first + i;
          tiles.push({
            input,
            left: GAP + (place % columns) * (tile + GAP),
            top: GAP + Math.floor(place / columns) * (tile + GAP),
          });
        }
      }
    }
  } finally {
    await renderer.dispose();
  }
  const width = GAP + columns * (tile + GAP);
  const height = GAP + Math.ceil(count / columns) * (tile + GAP);
  const sheet = sharp({ create: { width, height, channels: 3, background: '#ffffff' } }).composite(tiles);
  const format = /\.png$/i.test(out) ? sheet.png() : /\.webp$/i.test(out) ? sheet.webp() : sheet.jpeg({ quality: 88 });
  writeAtomically(out, await format.toBuffer());
  process.stdout.write(
    `${out}: ${count} images of ${settingKey(setting)} from ${plain(spec)}, seed ${seed}, ${width} × ${height} pixels\n`,
  );
}
