import { csvLines } from './csv.js';

/** A picture and how much it pulls the FID: ψ, above 0 where it raises it. */
export interface Influence {
  readonly id: string;
  readonly psi: number;
}

/** The pictures that raise an FID most (ψ > 0) and those that lower it most (ψ < 0), at most `count` of each. */
export function mostInfluential(
  ids: readonly string[],
  psi: Float64Array,
  count: number,
): { readonly raising: readonly Influence[]; readonly lowering: readonly Influence[] } {
  const order = Array.from(psi.keys()).sort((a, b) => psi[b]! - psi[a]! || a - b);
  const influence = (i: number): Influence => ({ id: ids[i]!, psi: psi[i]! });
  const raising = order.filter((i) => psi[i]! > 0).slice(0, count);
  const lowering = order
    .filter((i) => psi[i]! < 0)
    .reverse()
    .slice(0, count);
  return { raising: raising.map(influence), lowering: lowering.map(influence) };
}

/**
 * A line a picture: what it does to the FID, its rank, its name, ψ, and −ψ/(n − 1), by which the FID would change without it.
 *
 * @param n images of the set
 */
export function influenceCsv(raising: readonly Influence[], lowering: readonly Influence[], n: number): string {
  const lines = (effect: string, items: readonly Influence[]) =>
    items.map(({ id, psi }, i) => [effect, i + 1, id, psi, -psi / (n - 1)]);
  return csvLines([
    ['effect', 'rank', 'picture', 'psi', 'fid_change_without'],
    ...lines('raises', raising),
    ...lines('lowers', lowering),
  ]);
}
