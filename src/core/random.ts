/**
 * Counter-based random numbers: draw = f(seed, stream, index). Philox4x32-10 (Salmon et al., "Parallel Random Numbers:
 * As Easy as 1, 2, 3", SC 2011). Nothing is carried from one index to the next, so image j is the same on any machine,
 * in any order, in any shard.
 */

const M0 = 0xd2511f53;
const M1 = 0xcd9e8d57;
const W0 = 0x9e3779b9;
const W1 = 0xbb67ae85;

/** The upper 32 bits of the 64-bit product of two unsigned 32-bit numbers. */
function multiplyHigh(a: number, b: number): number {
  const a0 = a & 0xffff;
  const a1 = a >>> 16;
  const b0 = b & 0xffff;
  const b1 = b >>> 16;
  const middle = a1 * b0 + ((a0 * b0) >>> 16); // < 2^32, exact
  const low = a0 * b1 + (middle & 0xffff);
  return (a1 * b1 + (middle >>> 16) + (low >>> 16)) >>> 0;
}

/** One Philox4x32-10 block: four 32-bit words from a four-word counter and a two-word key. */
export function philox(
  counter: readonly [number, number, number, number],
  key: readonly [number, number],
): [number, number, number, number] {
  let [c0, c1, c2, c3] = counter;
  let [k0, k1] = key;
  for (let round = 0; round < 10; round++) {
    const high0 = multiplyHigh(M0, c0);
    const low0 = Math.imul(M0, c0) >>> 0;
    const high1 = multiplyHigh(M1, c2);
    const low1 = Math.imul(M1, c2) >>> 0;
    c0 = (high1 ^ c1 ^ k0) >>> 0;
    c1 = low1;
    c2 = (high0 ^ c3 ^ k1) >>> 0;
    c3 = low0;
    k0 = (k0 + W0) >>> 0;
    k1 = (k1 + W1) >>> 0;
  }
  return [c0, c1, c2, c3];
}

/** What a draw is for. The numbers are part of every published result: never reuse or renumber one. */
export const STREAM = {
  choice: 1,
  genes: 2,
  weight: 3,
  box: 4,
  order: 5,
  sample: 6,
  subsets: 7,
  trials: 8,
  intervals: 9,
  leaves: 10,
  fractal: 11,
  grammar: 12,
  latent: 13,
  network: 14,
  texture: 15,
  check: 16,
  errors: 17,
} as const;
export type Stream = (typeof STREAM)[keyof typeof STREAM];

/** Two random words as a number in the open interval (0, 1), with 52 random bits: a 53rd would round the largest up to 1. */
export function uniformOf(high: number, low: number): number {
  return ((high >>> 5) * 2 ** 25 + (low >>> 7) + 0.5) / 2 ** 52;
}

/**
 * The numbers of one index: a function whose calls give independent uniform draws in the open interval (0, 1). Two calls
 * of `draws` with the same arguments give the same numbers.
 *
 * @param seed 0 … 2^53 − 1
 * @param index output image j, 0 … 2^32 − 1
 * @param slot base image k of that output, or any second index, 0 … 2^32 − 1
 */
export function draws(seed: number, stream: Stream, index: number, slot = 0): () => number {
  const key = [seed >>> 0, Math.floor(seed / 2 ** 32)] as const;
  let block = 0;
  let words: readonly number[] = [];
  let next = 0;
  return () => {
    if (next === words.length) {
      words = philox([block++, index, slot, stream], key);
      next = 0;
    }
    next += 2;
    return uniformOf(words[next - 2]!, words[next - 1]!);
  };
}

/**
 * The position of element i under a pseudo-random permutation of 0 … count − 1: a four-round Feistel network with
 * Philox as its round function, walked until it lands inside (Black and Rogaway, "Ciphers with Arbitrary Finite
 * Domains", 2002). No table is kept, so it is as good for a million images as for ten.
 *
 * @param epoch another number, another permutation
 * @param stream what the order is for: two purposes must not share one
 */
export function permuted(i: number, count: number, seed: number, epoch = 0, stream: Stream = STREAM.order): number {
  if (count < 2) return 0;
  const bits = Math.ceil(Math.log2(count) / 2) || 1;
  const half = 2 ** bits;
  const key = [seed >>> 0, Math.floor(seed / 2 ** 32)] as const;
  let x = i;
  do {
    let left = Math.floor(x / half);
    let right = x % half;
    for (let round = 0; round < 4; round++) {
      const f = philox([right, round, epoch, stream], key)[0] % half;
      [left, right] = [right, left ^ f];
    }
    x = left * half + right;
  } while (x >= count);
  return x;
}

/**
 * A number in [0, 1) for each output, by which sets of them are divided: the golden ratio spreads the numbers of outputs
 * evenly, so halves and groups hold the same ones in all sets.
 */
export const markOfOutput = (output: number): number => ((output + 1) * 0.6180339887498949) % 1;
