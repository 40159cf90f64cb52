/** Denser at first: what is far behind is seen early, and every image saved there is saved for good. */
const SHARES = [0.1, 0.15, 0.2, 0.3, 0.4, 0.6, 0.8, 1];

/** An FID of one block says nothing of how blocks scatter. */
const LEAST_BLOCKS = 2;

/**
 * The numbers of images at which a race looks, ascending: 10, 15, 20, 30, 40, 60, 80 and 100% of `images`, rounded up to
 * whole blocks, of at least two; what falls together is one look. The last is `images` itself.
 *
 * @param block outputs a block
 * @param count looks at most, 1 … 8, spread over those shares
 * @param least images below which nothing could be decided: looking there would only cost
 */
export function looks(
  images: number,
  block: number,
  { count = SHARES.length, least = 0 }: { count?: number; least?: number } = {},
): number[] {
  if (!Number.isInteger(count) || count < 1 || count > SHARES.length) throw new RangeError(`${count} looks`);
  const shares = Array.from({ length: count }, (_, i) => SHARES[Math.round(((i + 1) * SHARES.length) / count) - 1]!);
  const at = (share: number) =>
    Math.min(images, block * Math.max(LEAST_BLOCKS, Math.ceil(Math.max(least, share * images) / block)));
  return [...new Set(shares.map(at))];
}
