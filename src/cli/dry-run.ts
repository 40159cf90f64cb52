import { basename } from 'node:path';
import { widest } from '../blocks.js';
import { plain } from '../core/plain.js';
import { openPictures } from '../dataset/open-pictures.js';
import { leastImages } from '../estimates.js';
import { settingKey } from '../mix/setting.js';
import { checkComparable } from '../reference.js';
import { gaussianOf } from '../score.js';
import { expectedImages } from '../search/budget.js';
import { looks } from '../search/looks.js';
import { isStatistics } from '../side.js';
import { decodeStatistics } from '../statistics/npz.js';
import { inferenceRate, openExtractor, readBytes } from './open.js';
import { featureBytes, megabytes, type Plan } from './plan.js';
import { duration } from './progress.js';
import { withinTime } from './time-budget.js';
import { flag, type Values } from './values.js';

/** What a sweep would do. The time is this machine's inference on blank pictures, timed for two batches. */
export async function dryRun(asked: Plan, values: Values): Promise<void> {
  const path = asked.reference;
  const statistics = isStatistics(path) ? await decodeStatistics(readBytes(path), basename(path)) : undefined;
  const made = statistics?.provenance;
  const extractor = await openExtractor(values, made && { name: basename(path), extractor: made.extractor });
  if (statistics) checkComparable(basename(path), statistics, extractor.identity);
  else await (await openPictures(path)).close();
  const rate = await inferenceRate(extractor, asked.resolution);
  await extractor.dispose();
  const plan = withinTime(asked, rate);
  const { datasets, settings, images, resolution, seed, out, strategy, block } = plan;
  const most = datasets.length * settings.length * images;
  const race = strategy.kind === 'race' && !strategy.complete;
  const work = {
    strategy: strategy.kind,
    settings: settings.length,
    datasets: datasets.length,
    block,
    images,
    complete: strategy.complete,
  };
  const outputs = Math.min(expectedImages(work), strategy.budget ?? Number.POSITIVE_INFINITY);
  const baseRenders = datasets.length * images * widest(settings);
  const bytes = featureBytes(plan, extractor.identity.dims);
  const seconds = outputs / rate;
  const least = statistics ? await leastImages(gaussianOf(statistics)) : 0;
  const plannedLooks = strategy.kind === 'race' ? looks(images, block, { least }) : undefined;
  if (flag(values, 'json')) {
    const summary = {
      datasets: datasets.map(({ name }) => name),
      settings: settings.map(settingKey),
      strategy,
      ...(plannedLooks && { looks: plannedLooks }),
      images,
      resolution,
      seed,
      outputs,
      most,
      baseRenders,
      bytes,
      seconds,
      out,
    };
    process.stdout.write(`${JSON.stringify(summary, null, 2)}\n`);
    return;
  }
  const count = (value: number) => value.toLocaleString('en');
  const { alpha, tolerance, budget } = strategy;
  process.stdout.write(
    [
      `Data sets      ${datasets.map(({ name, spec }) => `${plain(name)} (${plain(spec)})`).join(', ')}`,
      `Settings       ${settings.length}: ${settings.map(settingKey).join(' ')}`,
      `Strategy       ${strategy.kind}${strategy.trials ? `, ${strategy.trials} drawn by seed ${seed}` : ''}`,
      ...(plannedLooks
        ? [
            `Looks          at ${plannedLooks.join(', ')} images a setting; losers are dropped, wrongly with probability ${alpha} at most; it ends when all that are left are within ${100 * tolerance}%`,
          ]
        : []),
      `Images         ${race ? 'at most ' : ''}${count(images)} a setting and data set at ${resolution} × ${resolution}, ${race ? 'at most ' : ''}${count(most)} in all${race ? `; about ${count(outputs)} if half of the losers go at every look` : ''}`,
      ...(budget === undefined
        ? []
        : [`Budget         ${count(budget)} images${strategy.seconds ? `, ${duration(strategy.seconds)}` : ''}`]),
      `Base images    ${race ? 'at most ' : ''}${count(baseRenders)} (${widest(settings)} an output, shared by all settings)`,
      `Extractor      ${extractor.identity.id}: ${extractor.comparable}`,
      `Reference      ${plain(plan.reference)}`,
      `Disk           ${race ? 'at most ' : ''}${megabytes(bytes)} of features in ${plain(out)}`,
      `Time           ${race ? 'about' : 'at least'} ${duration(seconds)}: inference at ${rate.toFixed(1)} images/s, timed just now on blank pictures`,
      'Nothing was rendered or written.',
      '',
    ].join('\n'),
  );
}
