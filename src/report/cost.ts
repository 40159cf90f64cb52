import type { RunRecord, Timing } from '../store/record.js';
import type { Cell } from './results.js';

/** What an image of a cell takes. */
export interface Cost {
  /** Milliseconds of the device: its base images and its mixing. */
  readonly deviceMs: number;
  /** Of that setting alone, end to end: device time and inference one after the other; absent where nothing was inferred. */
  readonly imagesPerSecond?: number;
}

/** Milliseconds to infer an image; undefined where none was. */
export const inferenceMsOf = ({ images, inferenceMs }: Timing): number | undefined =>
  images > 0 ? inferenceMs / images : undefined;

/** The cost of an image of a cell; undefined where it was not measured. */
export function costOf(
  { dataset, setting, bases }: Pick<Cell, 'dataset' | 'setting' | 'bases'>,
  { datasets }: Pick<RunRecord, 'datasets'>,
  timing: Timing,
): Cost | undefined {
  const place = datasets.findIndex(({ name }) => name === dataset);
  const measured = timing.cells.find((cell) => cell.dataset === place && cell.setting === setting);
  if (!measured?.bases || !measured.outputs) return undefined;
  const deviceMs = (bases * measured.baseMs) / measured.bases + measured.mixMs / measured.outputs;
  const inferenceMs = inferenceMsOf(timing);
  const total = deviceMs + (inferenceMs ?? 0);
  // What making a picture takes elsewhere than on the device is not measured: decoding, painting, a network.
  const whole = datasets[place]!.identity.kind === 'programs';
  return { deviceMs, ...(whole && inferenceMs !== undefined && total > 0 && { imagesPerSecond: 1000 / total }) };
}
