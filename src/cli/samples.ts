import sharp, { type OverlayOptions } from 'sharp';
import { type BlockJob, blockSize, renderBlock, reportFailures, widest } from '../blocks.js';
import { invalid, UserError } from '../core/errors.js';
import { writeAtomically } from '../core/files.js';
import { openDataset } from '../dataset/spec.js';
import { parseSetting, settingKey } from '../mix/setting.js';
import { Renderer } from '../render/renderer.js';
import { plain } from '../report/terminal.js';
import { backendOf, prepareOutput, programTimeout, resolutionOf } from './open.js';
import { flag, integer, text, type Values } from './values.js';

const GAP = 2;

/** The longest side that a format's encoder takes; PNG's is beyond the pixels below. */
const LONGEST = { png: Number.POSITIVE_INFINITY, webp: 16_383, jpeg: 65_500 } as const;

/** sharp makes no larger picture. */
const MOST_PIXELS = 16_383 ** 2;

type Format = keyof typeof LONGEST;

function formatOf(out: string): Format {
  const ending = /\.(png|jpe?g|webp)$/i.exec(out)?.[1]?.toLowerCase();
  if (ending === undefined) throw invalid('--output', out, 'a file name that ends in .png, .jpg or .webp');
  return ending === 'png' || ending === 'webp' ? ending : 'jpeg';
}

/** Refuses a sheet that could not be written in the end. */
export function checkSheet(width: number, height: number, format: Format): void {
  const count = (value: number) => value.toLocaleString('en');
  const limit =
    Math.max(width, height) > LONGEST[format]
      ? `${format} takes at most ${count(LONGEST[format])} a side`
      : width * height > MOST_PIXELS
        ? `at most ${count(MOST_PIXELS)} in all can be written`
        : undefined;
  if (limit === undefined) return;
  throw new UserError(
    `The sheet would have ${count(width)} × ${count(height)} pixels, ${limit}. Choose a smaller --count or --tile, or other --columns.`,
  );
}

/** A sheet of the first `count` outputs of one setting, as the paper's figures show 96. */
export async function runSamples(values: Values): Promise<void> {
  const out = text(values, 'output')!;
  const format = formatOf(out);
  const spec = text(values, 'spec')!;
  const setting = parseSetting(text(values, 'mix') ?? 'none');
  const count = integer(values, 'count', 1, 10_000) ?? 96;
  const tile = integer(values, 'tile', 8, 1024) ?? 96;
  const columns = integer(values, 'columns', 1, 1000) ?? Math.min(count, 12);
  const width = GAP + columns * (tile + GAP);
  const height = GAP + Math.ceil(count / columns) * (tile + GAP);
  checkSheet(width, height, format);
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
  prepareOutput(out);
  const block = blockSize(job.settings, resolution, 16);
  const layers = block * widest(job.settings);
  const renderer = await Renderer.open({
    resolution,
    layers,
    backend: backendOf(values),
    programTimeout: programTimeout(values),
  });
  const tiles: OverlayOptions[] = [];
  try {
    reportFailures(job);
    for (let first = 0; first < count; first += block) {
      for await (const { pixels, count: made } of renderBlock(job, renderer, first, Math.min(block, count - first))) {
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
  const sheet = sharp({ create: { width, height, channels: 3, background: '#ffffff' } }).composite(tiles);
  writeAtomically(out, await sheet.toFormat(format, format === 'jpeg' ? { quality: 88 } : {}).toBuffer());
  process.stdout.write(
    `${out}: ${count} images of ${settingKey(setting)} from ${plain(spec)}, seed ${seed}, ${width} × ${height} pixels\n`,
  );
}
