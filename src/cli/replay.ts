import CliTable from 'cli-table3';
import { UserError } from '../core/errors.js';
import { plain } from '../core/plain.js';
import { type Replay, type ReplaySource, replay } from '../replay.js';
import { nameOf } from '../report/setting-name.js';
import { cellsOf, gaussianOf } from '../score.js';
import { decodeStatistics } from '../statistics/npz.js';
import type { RunRecord } from '../store/record.js';
import { openRun } from '../store/run.js';
import { alphaOf, toleranceOf } from './plan.js';
import { startProgress } from './progress.js';
import { flag, integer, text, type Values } from './values.js';

/**
 * Takes the decisions of a race again from the features that a run has kept. Nothing is rendered or written. The race is
 * the run's own where it was one and no `--images` are given, else one over its images; alpha and tolerance are the run's
 * unless given. With `--shuffles K` it takes K races, each over the blocks in another order (`--seed` chooses the orders);
 * with `--dims D` in the first D principal axes of the reference alone, where an estimate costs less and as many images are
 * more for each dimension: the decisions are then those of a narrower space, not the run's.
 */
export async function runReplay(values: Values): Promise<void> {
  const folder = text(values, 'from');
  if (folder === undefined)
    throw new UserError('--strategy replay needs a run whose features are kept: --from FOLDER.');
  const run = openRun(folder);
  try {
    const { record } = run;
    const { strategy, datasets } = record;
    if (record.keep === 'moments') throw new UserError(`"${folder}" keeps moments only, no features to replay.`);
    const asked = integer(values, 'images', 2, 100_000_000);
    const reference = gaussianOf(await decodeStatistics(run.selection() ?? run.reference(), 'reference.npz'));
    const dims = integer(values, 'dims', 2, reference.mean.length);
    const out: { dataset: string; replay: Replay }[] = [];
    for (const [dataset, { name }] of datasets.entries()) {
      const kept = record.settings.map((setting) => run.images(dataset, setting));
      // Settings that a race dropped have fewer images: all are replayed up to what everyone has.
      const images = Math.min(asked ?? Number.POSITIVE_INFINITY, ...kept);
      if (images < 2 * record.block)
        throw new UserError(
          `"${folder}": ${images} images of every setting are kept, a race needs at least ${2 * record.block}. Finish the run with --complete.`,
        );
      const progress = startProgress(`replay of ${plain(name)}`, 'races');
      const source = {
        cells: cellsOf(run),
        dataset,
        settings: record.settings,
        datasets: datasets.length,
        reference,
        images,
        block: record.block,
        ...(asked === undefined && ownRace(record)),
      };
      const result = await replay(source, {
        alpha: alphaOf(values, strategy.alpha),
        tolerance: toleranceOf(values, strategy.tolerance),
        shuffles: integer(values, 'shuffles', 0, 100_000) ?? 0,
        seed: integer(values, 'seed', 0, Number.MAX_SAFE_INTEGER) ?? 0,
        dims,
        onRace: (done, total) => progress.update(done, total),
      });
      progress.end();
      out.push({ dataset: name, replay: result });
    }
    process.stdout.write(
      flag(values, 'json')
        ? `${JSON.stringify(out, null, 2)}\n`
        : out.map((of) => shown(of, record.extractor.dims)).join('\n'),
    );
  } finally {
    run.close();
  }
}

/** The race that a run was, of each of its data sets; nothing of another. */
function ownRace({ strategy: { kind, budget }, images, datasets }: RunRecord): Pick<ReplaySource, 'race'> {
  if (kind !== 'race') return {};
  return { race: { images, ...(budget !== undefined && { budget: Math.floor(budget / datasets.length) }) } };
}

const quantile = (sorted: readonly number[], share: number): number => sorted[Math.round(share * (sorted.length - 1))]!;

function shown(
  { dataset, replay: { grid, races, dims } }: { dataset: string; replay: Replay },
  ofExtractor: number,
): string {
  const name = plain(dataset);
  const all = races[0]!.looks[0]!.alive.length * grid.images;
  const lines = [
    `${name}: of all ${grid.images} images the best is ${nameOf(grid.winner)}${
      grid.tied.length > 1
        ? `, not separated from ${grid.tied
            .filter((key) => key !== grid.winner)
            .map(nameOf)
            .join(', ')}`
        : ''
    }.`,
  ];
  if (dims < ofExtractor)
    lines.unshift(
      `In the first ${dims} of the reference's ${ofExtractor} principal axes: a narrower space than the run's.`,
    );
  if (races.length > 1) {
    const shares = races.map(({ spent }) => spent / all).sort((a, b) => a - b);
    const found = races.filter((race) => race.found).length;
    lines.push(
      `${found} of ${races.length} races over shuffled blocks found it or one of these.`,
      `Images spent ÷ the grid's: median ${quantile(shares, 0.5).toFixed(2)}, from ${shares[0]!.toFixed(2)} to ${shares.at(-1)!.toFixed(2)}.`,
    );
    return `${lines.join('\n')}\n`;
  }
  const [race] = races;
  const table = new CliTable({
    head: ['Images', 'Settings', 'Leader', 'Dropped'],
    colAligns: ['right', 'right', 'left', 'left'],
    style: { head: [], border: [], compact: true },
  });
  for (const { images, alive, leader, dropped } of race!.looks)
    table.push([
      String(images),
      String(alive.length),
      nameOf(leader),
      dropped.map(({ setting }) => nameOf(setting)).join(', '),
    ]);
  lines.push(
    table.toString(),
    `The race ends because ${race!.ended}; left: ${race!.alive.map(nameOf).join(', ')}. It takes ${race!.spent} of the grid's ${all} images (${Math.round((100 * race!.spent) / all)}%).`,
  );
  return `${lines.join('\n')}\n`;
}
