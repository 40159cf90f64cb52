import { basename } from 'node:path';
import { shareKey, widest } from '../blocks.js';
import { plain } from '../core/plain.js';
import { openPictures } from '../dataset/open-pictures.js';
import { leastImages } from '../estimates.js';
import { type Setting, settingKey } from '../mix/setting.js';
import { checkComparable } from '../reference.js';
import { gaussianOf } from '../score.js';
import { expectedImages } from '../search/budget.js';
import { looks } from '../search/looks.js';
import { isStatistics } from '../side.js';
import { decodeStatistics } from '../statistics/npz.js';
import { withinBudget, workOf } from './budget.js';
import { inferenceRate, openExtractor, readBytes } from './open.js';
import { featureBytes, largestResolution, megabytes, type Plan } from './plan.js';
import { duration } from './progress.js';
import { flag, type Values } from './values.js';

/** Base images that each group of settings of the same resolution, time and ψ needs for an output: it shares them. */
export function baseGroups(settings: readonly Setting[]): number[] {
  const groups = new Map<string, Setting[]>();
  for (const setting of settings) {
    const key = shareKey(setting);
    groups.set(key, [...(groups.get(key) ?? []), setting]);
  }
  return [...groups.values()].map(widest);
}

/** What the time of a sweep leaves out, as nothing of it is measured before. */
const untimedOf = (plan: Plan, measured: boolean): string[] => [
  ...(measured ? ['measuring the reference'] : []),
  ...(plan.confirm === undefined ? [] : ['--confirm']),
];

/**
 * What a sweep would do. The time is this machine's inference on blank pictures as large as the largest of the settings,
 * timed for two batches. A reference of images is not measured: what hangs on its statistics is left open, and said.
 */
export async function dryRun(asked: Plan, values: Values): Promise<void> {
  for (const dataset of asked.datasets) await dataset.dispose?.();
  const path = asked.reference;
  const statistics = isStatistics(path) ? await decodeStatistics(readBytes(path), basename(path)) : undefined;
  const made = statistics?.provenance;
  const extractor = await openExtractor(values, made && { name: basename(path), extractor: made.extractor });
  if (statistics) checkComparable(basename(path), statistics, extractor.identity);
  else await (await openPictures(path)).close();
  const rate = await inferenceRate(extractor, largestResolution(asked));
  await extractor.dispose();
  const least = statistics && asked.strategy.kind === 'race' ? await leastImages(gaussianOf(statistics)) : 0;
  const plan = withinBudget(asked, { least, rate });
  const { datasets, settings, images, resolution, seed, out, strategy, block } = plan;
  const most = datasets.length * settings.length * images;
  const race = strategy.kind === 'race' && !strategy.complete;
  const outputs = Math.min(expectedImages(workOf(plan, least)), strategy.budget ?? Number.POSITIVE_INFINITY);
  const groups = baseGroups(settings);
  const bases = groups.reduce((sum, width) => sum + width, 0);
  const baseRenders = datasets.length * images * bases;
  const bytes = featureBytes(plan, extractor.identity.dims);
  const seconds = outputs / rate;
  const untimed = untimedOf(plan, !statistics);
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
      untimed,
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
            ...(statistics
              ? []
              : [
                  `               These${budget === undefined ? '' : ' and the images'} hang on the reference, which is not measured yet: looks that are too early for it to decide anything are left out`,
                ]),
          ]
        : []),
      `Images         ${race ? 'at most ' : ''}${count(images)} a setting and data set at ${resolution} × ${resolution}, ${race ? 'at most ' : ''}${count(most)} in all${race ? `; about ${count(outputs)} if half of the losers go at every look` : ''}`,
      ...(budget === undefined
        ? []
        : [
            `Budget         ${count(budget)} images${strategy.seconds ? `, ${duration(strategy.seconds)}` : ''}${datasets.length > 1 ? `, shared equally by ${datasets.length} data sets` : ''}`,
          ]),
      `Base images    ${race ? 'at most ' : ''}${count(baseRenders)} (${bases} an output, ${groups.length > 1 ? `shared by settings of the same resolution, time and ψ: ${groups.join(' + ')}` : 'shared by all settings'})`,
      `Extractor      ${extractor.identity.id}: ${extractor.comparable}`,
      `Reference      ${plain(plan.reference)}`,
      `Disk           ${race ? 'at most ' : ''}${megabytes(bytes)} of features in ${plain(out)}`,
      `Time           ${race ? 'about' : 'at least'} ${duration(seconds)}: inference at ${rate.toFixed(1)} images/s, timed just now on blank pictures${untimed.length ? `; ${untimed.join(' and ')} not included` : ''}`,
      'Nothing was rendered or written.',
      '',
    ].join('\n'),
  );
}
