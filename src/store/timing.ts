import type { Change, Contents, Totals } from './contents.js';
import type { CellTiming, Timing } from './record.js';

/** What was measured since times were last put down. */
export type TimingDelta = Partial<Omit<Timing, 'started'>>;

const areTimes = (values: readonly unknown[]): boolean =>
  values.every((value) => Number.isFinite(value) && (value as number) >= 0);

export function isTotals(value: unknown): value is Totals {
  const { started, seconds, baseRenders, images, inferenceMs } = (value ?? {}) as Partial<Totals>;
  return (
    (started === undefined || typeof started === 'string') && areTimes([seconds, baseRenders, images, inferenceMs])
  );
}

export function isCellTiming(value: unknown): value is CellTiming {
  const { dataset, setting, baseMs, bases, mixMs, outputs } = (value ?? {}) as Partial<CellTiming>;
  return typeof setting === 'string' && areTimes([dataset, baseMs, bases, mixMs, outputs]);
}

function sumOf(a: CellTiming, b: CellTiming | undefined): CellTiming {
  if (!b) return a;
  return {
    dataset: a.dataset,
    setting: a.setting,
    baseMs: a.baseMs + b.baseMs,
    bases: a.bases + b.bases,
    mixMs: a.mixMs + b.mixMs,
    outputs: a.outputs + b.outputs,
  };
}

/** The times of a run's contents with those of a delta added: totals, and those of the cells in it. */
export function added(contents: Contents, delta: TimingDelta): Change {
  const { seconds = 0, baseRenders = 0, images = 0, inferenceMs = 0, cells = [] } = delta;
  const { totals } = contents;
  const merged = new Map<string, CellTiming>();
  for (const cell of cells) {
    const key = `${cell.dataset} ${cell.setting}`;
    merged.set(key, sumOf(cell, merged.get(key) ?? contents.cellTiming(cell.dataset, cell.setting)));
  }
  return {
    totals: {
      ...totals,
      seconds: (totals?.seconds ?? 0) + seconds,
      baseRenders: (totals?.baseRenders ?? 0) + baseRenders,
      images: (totals?.images ?? 0) + images,
      inferenceMs: (totals?.inferenceMs ?? 0) + inferenceMs,
    },
    timing: [...merged.values()],
  };
}
