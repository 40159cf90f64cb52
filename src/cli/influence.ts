import { join } from 'node:path';
import { type Comparison, gaussianOfSide, isEstimate } from '../compare.js';
import { UserError } from '../core/errors.js';
import { writeAtomically } from '../core/files.js';
import { decodePicture } from '../dataset/decode.js';
import { openPictures } from '../dataset/open-pictures.js';
import { influences } from '../metrics/frechet-error.js';
import { influenceCsv, mostInfluential } from '../report/influence.js';
import { Sheet } from './sheet.js';

const TILE = 128;
const COLUMNS = 10;

/** Colours of a sheet's frames that people with any colour vision tell apart. */
const RAISES = '#d55e00';
const LOWERS = '#0072b2';

/**
 * Writes `influence.csv` and `influence.jpg`: the pictures that raise the FID most, then those that lower it most.
 *
 * @returns what was written, in words
 */
export async function writeInfluence(
  comparison: Comparison,
  source: string,
  count: number,
  folder: string,
): Promise<string> {
  const { fid, sampled } = comparison;
  const [own, other] = sampled === 'b' ? [comparison.b, comparison.a] : [comparison.a, comparison.b];
  if (!own.features || !own.ids)
    throw new UserError(`--influence needs a folder, an archive or a list of pictures; ${own.name} is none.`);
  const psi =
    (isEstimate(fid) && fid.influences) ||
    (await influences(own.features, await gaussianOfSide(own), await gaussianOfSide(other)));
  const { raising, lowering } = mostInfluential(own.ids, psi, count);
  if (!raising.length)
    throw new UserError(`--influence: all pictures of ${own.name} pull the FID alike; none stands out.`);
  const set = await openPictures(source);
  try {
    const index = new Map(set.ids.map((id, i) => [id, i]));
    const columns = Math.min(COLUMNS, Math.max(raising.length, lowering.length));
    const rows = Math.ceil(raising.length / columns);
    const sheet = new Sheet({ count: rows * columns + lowering.length, tile: TILE, columns, format: 'jpeg' });
    const places = [
      ...raising.map(({ id }, i) => ({ id, place: i, frame: RAISES })),
      ...lowering.map(({ id }, i) => ({ id, place: rows * columns + i, frame: LOWERS })),
    ];
    // In the set's own order, in which a compressed array is read once.
    places.sort((x, y) => index.get(x.id)! - index.get(y.id)!);
    for (const { id, place, frame } of places)
      await sheet.put(place, await decodePicture(await set.read(index.get(id)!), id), frame);
    writeAtomically(join(folder, 'influence.csv'), influenceCsv(raising, lowering, psi.length));
    writeAtomically(join(folder, 'influence.jpg'), await sheet.encode());
  } finally {
    await set.close();
  }
  return `${join(folder, 'influence.jpg')}: the ${raising.length} pictures that raise the FID most (orange), then the ${lowering.length} that lower it most (blue); influence.csv beside it has their ψ.`;
}
