import { basename } from 'node:path';
import { widest } from '../blocks.js';
import { plain } from '../core/plain.js';
import { openPictures } from '../dataset/open-pictures.js';
import { settingKey } from '../mix/setting.js';
import { checkComparable } from '../reference.js';
import { isStatistics } from '../side.js';
import { decodeStatistics } from '../statistics/npz.js';
import { openExtractor, readBytes } from './open.js';
import { featureBytes, megabytes, type Plan } from './plan.js';
import { duration } from './progress.js';
import { flag, type Values } from './values.js';

/** What a sweep would do. The time is this machine's inference on blank pictures, timed for two batches. */
export async function dryRun(plan: Plan, values: Values): Promise<void> {
  const { datasets, settings, images, resolution, seed, out } = plan;
  const path = plan.reference;
  const statistics = isStatistics(path) ? await decodeStatistics(readBytes(path), basename(path)) : undefined;
  const made = statistics?.provenance;
  const extractor = await openExtractor(values, made && { name: basename(path), extractor: made.extractor });
  if (statistics) checkComparable(basename(path), statistics, extractor.identity);
  else await (await openPictures(path)).close();
  const blank = new Uint8Array(16 * resolution * resolution * 3);
  await extractor.features(blank, 16, resolution, resolution);
  const began = performance.now();
  await extractor.features(blank, 16, resolution, resolution);
  const rate = 16 / ((performance.now() - began) / 1000);
  await extractor.dispose();
  const outputs = datasets.length * settings.length * images;
  const baseRenders = datasets.length * images * widest(settings);
  const bytes = featureBytes(plan, extractor.identity.dims);
  const seconds = outputs / rate;
  if (flag(values, 'json')) {
    const summary = {
      datasets: datasets.map(({ name }) => name),
      settings: settings.map(settingKey),
      images,
      resolution,
      seed,
      outputs,
      baseRenders,
      bytes,
      seconds,
      out,
    };
    process.stdout.write(`${JSON.stringify(summary, null, 2)}\n`);
    return;
  }
  process.stdout.write(
    [
      `Data sets      ${datasets.map(({ name, spec }) => `${plain(name)} (${plain(spec)})`).join(', ')}`,
      `Settings       ${settings.length}: ${settings.map(settingKey).join(' ')}`,
      `Images         ${images} a setting and data set at ${resolution} × ${resolution}, ${outputs} in all`,
      `Base images    ${baseRenders} (${widest(settings)} an output, shared by all settings)`,
      `Extractor      ${extractor.identity.id}: ${extractor.comparable}`,
      `Reference      ${plain(plan.reference)}`,
      `Disk           ${megabytes(bytes)} of features in ${plain(out)}`,
      `Time           at least ${duration(seconds)}: inference at ${rate.toFixed(1)} images/s, timed just now on blank pictures`,
      'Nothing was rendered or written.',
      '',
    ].join('\n'),
  );
}
