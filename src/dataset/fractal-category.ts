import { draws, STREAM } from '../core/random.js';
import { densityOf, placeOf } from './fractal-density.js';
import { piecesOf } from './fractal-pieces.js';
import { type FunctionSystem, randomSystem } from './fractal-system.js';
import { viewOf } from './fractal-view.js';

/** Category c is the same in every sweep: its candidates are drawn with a seed of their own. */
export const CATEGORY_SEED = 210108515;

/** Second index of the first candidate's draws: far from every slot of a base image. */
const CANDIDATES = 2 ** 31;

/** Side of the grid on which the filling rate is taken, and points for it: two a cell. */
const GRID = 64;
const PIECES = Math.ceil(Math.sqrt(2 * GRID * GRID));

/**
 * The least filling rate of a category. FractalDB's is 0.2 of 512 × 512 pixels by 100,000 points, of which that is more
 * than half; on this coarse grid the same demand is a larger part.
 */
export const FILLING = 0.4;

/** The part of the cells of a grid of 64 × 64 over the attractor that hold one of 8,192 points. */
export function fillingRate(system: FunctionSystem): number {
  const density = densityOf(piecesOf(system, PIECES), viewOf(system), GRID);
  let met = 0;
  for (let cell = 0; cell < GRID * GRID; cell++)
    if (density.sums[placeOf(density, Math.floor(cell / GRID), cell % GRID)]) met++;
  return met / (GRID * GRID);
}

const found = new Map<number, FunctionSystem>();

/** The system of a category: the first of its candidates that fills enough of the picture. Kept once it is found. */
export function systemOfCategory(category: number): FunctionSystem {
  let system = found.get(category);
  for (let attempt = 0; !system; attempt++) {
    const candidate = randomSystem(draws(CATEGORY_SEED, STREAM.fractal, category, CANDIDATES + attempt));
    if (fillingRate(candidate) >= FILLING) system = candidate;
  }
  found.set(category, system);
  return system;
}
