import { invalid } from '../core/errors.js';
import { looks } from './looks.js';

/** What may be spent: time, or images over all settings and data sets. */
export type Budget = { readonly seconds: number } | { readonly images: number };

const SECONDS = { s: 1, m: 60, h: 3600 } as const;
const IMAGES = { '': 1, k: 1e3, M: 1e6 } as const;

/** Reads `90s`, `30m`, `2h`, `200k-images`, `200000-images`. */
export function parseBudget(text: string): Budget {
  const match = /^(\d+(?:\.\d+)?)(?:([smh])|([kM]?)-images)$/.exec(text.trim());
  const amount = Number(match?.[1]);
  const unit = match?.[2] as keyof typeof SECONDS | undefined;
  const budget = unit
    ? { seconds: amount * SECONDS[unit] }
    : { images: Math.floor(amount * IMAGES[(match?.[3] ?? '') as keyof typeof IMAGES]) };
  const [value] = Object.values(budget);
  if (!match || !(value! >= 1 && value! <= Number.MAX_SAFE_INTEGER))
    throw invalid('--budget', text, 'a time such as 30m, 2h or 90s, or images such as 200k-images');
  return budget;
}

/** What a sweep would measure. */
export interface Work {
  readonly strategy: 'grid' | 'random' | 'race';
  readonly settings: number;
  readonly datasets: number;
  /** Outputs a block. */
  readonly block: number;
  /** Images a setting at most. */
  readonly images: number;
  /** Images a setting below which a race decides nothing; 0 where that is not known. */
  readonly least: number;
  /** Whether what a race drops is measured to the end after it, as by a grid. */
  readonly complete?: boolean;
}

/**
 * Images over all settings and data sets that a sweep makes. For a race it is what is expected, not a bound: at every look
 * half of the settings behind the leader are dropped, rounded down, so that the leader and one rival reach the last look.
 */
export function expectedImages({ strategy, settings, datasets, block, images, least, complete = false }: Work): number {
  if (strategy !== 'race' || complete) return datasets * settings * images;
  let [alive, before, total] = [settings, 0, 0];
  for (const look of looks(images, block, { least })) {
    total += alive * (look - before);
    before = look;
    alive = 1 + Math.ceil((alive - 1) / 2);
  }
  return datasets * total;
}

/** Blocks a setting below which a sweep tells nothing: two, and of a race those of its first possible decision. */
const leastBlocks = ({ strategy, block, least }: Work): number =>
  strategy === 'race' ? Math.max(2, Math.ceil(least / block)) : 2;

/**
 * The best use of a budget of images: the most images a setting, in whole blocks, whose expected total (`expectedImages`)
 * is within it; two blocks at least, and of a race as many as its first decision takes. A race of a budget of B so spends
 * about B, and its first look of all settings always fits.
 *
 * @param work `images` is the most that a setting is given
 * @returns the images a setting; or, when not even the least fits, the budget that this needs
 */
export function affordable(work: Work, budget: number): { readonly images: number } | { readonly needed: number } {
  const { block, images: most } = work;
  const imagesOf = (blocks: number): number => Math.min(most, blocks * block);
  const fits = (blocks: number): boolean => expectedImages({ ...work, images: imagesOf(blocks) }) <= budget;
  const fewest = leastBlocks(work);
  if (!fits(fewest)) return { needed: expectedImages({ ...work, images: imagesOf(fewest) }) };
  let [low, high] = [fewest, Math.max(fewest, Math.ceil(most / block)) + 1];
  if (fits(high)) return { images: imagesOf(high) };
  // What fits is kept at every step: where looks fall together the total is not quite monotone.
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (fits(middle)) low = middle;
    else high = middle;
  }
  return { images: imagesOf(low) };
}
