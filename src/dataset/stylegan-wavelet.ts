/** Length over which neighbouring values of a feature map are alike, in pixels, and the part of its variance that is. */
const REACH = 1.7;
const ALIKE = 0.85;

/** What is expected of feature maps: the correlations of the places under a filter, side² × side². */
function correlations(side: number): Float64Array {
  const area = side * side;
  return new Float64Array(area * area).map((_, i) => {
    const [a, b] = [Math.floor(i / area), i % area];
    const [dx, dy] = [(a % side) - (b % side), Math.floor(a / side) - Math.floor(b / side)];
    return a === b ? 1 : ALIKE * Math.exp(-(dx * dx + dy * dy) / (REACH * REACH));
  });
}

const known = new Map<number, Float64Array>();

/** Variance of a filter's response to a map of unit variance. */
function responseVariance(filter: Float64Array, side: number): number {
  const table = known.get(side) ?? correlations(side);
  known.set(side, table);
  const area = filter.length;
  let sum = 0;
  for (let a = 0; a < area; a++) for (let b = 0; b < area; b++) sum += filter[a]! * filter[b]! * table[a * area + b]!;
  return sum;
}

const total = (values: Float64Array): number => values.reduce((sum, value) => sum + value, 0);

/**
 * An oriented wavelet of random direction, phase and frequency: a Gabor function (Daugman 1985), longer along its stripes
 * than across. One that does not smooth has no mean: it finds edges and bars. Scaled to a response of unit variance to
 * what feature maps are like, not to white noise: edges are not lost on the way through the layers.
 *
 * @param side odd: 3, 5…
 * @param smoothing the probability that it smooths
 * @returns side × side, rows from the top
 */
export function wavelet(side: number, smoothing: number, uniform: () => number): Float64Array {
  const angle = Math.PI * uniform();
  const smooths = uniform() < smoothing;
  const phase = 2 * Math.PI * uniform();
  const frequency = ((smooths ? 0.4 : 1) * (0.3 + 0.7 * uniform())) / side;
  const across = 0.2 * side;
  const along = across * (1 + 1.5 * uniform());
  const centre = (side - 1) / 2;
  const envelope = new Float64Array(side * side);
  const values = envelope.map((_, i) => {
    const [x, y] = [(i % side) - centre, Math.floor(i / side) - centre];
    const u = x * Math.cos(angle) + y * Math.sin(angle);
    const v = y * Math.cos(angle) - x * Math.sin(angle);
    envelope[i] = Math.exp(-(u * u) / (2 * across * across) - (v * v) / (2 * along * along));
    return envelope[i]! * Math.cos(2 * Math.PI * frequency * u + phase);
  });
  const mean = smooths ? 0 : total(values) / total(envelope);
  const free = values.map((value, i) => value - mean * envelope[i]!);
  const deviation = Math.sqrt(responseVariance(free, side)) || 1;
  return free.map((value) => value / deviation);
}

/**
 * What a filter of `kernel` places does to a row that was doubled with [1, 3, 3, 1], as weights of the places of the row
 * before it was: one row of `kernel` × `kernel` for the even places of the doubled row, one for the odd ones.
 */
function doubling(kernel: number): readonly [Float64Array, Float64Array] {
  const reach = (kernel - 1) / 2;
  const of = (phase: number) => {
    const weights = new Float64Array(kernel * kernel);
    for (let tap = 0; tap < kernel; tap++) {
      const at = phase + tap - reach;
      const near = Math.floor(at / 2);
      const far = at % 2 === 0 ? near - 1 : near + 1;
      weights[(near + reach) * kernel + tap]! += 0.75;
      weights[(far + reach) * kernel + tap]! += 0.25;
    }
    return weights;
  };
  return [of(0), of(1)];
}

/**
 * A filter for a doubled map as four filters of the map itself (the polyphase form of upsampling and convolution): for the
 * places (even, even), (even, odd), (odd, even), (odd, odd) of rows and columns.
 *
 * @returns 4 × kernel × kernel
 */
export function doubled(filter: Float64Array, kernel: number): Float64Array {
  const phases = doubling(kernel);
  const area = kernel * kernel;
  const result = new Float64Array(4 * area);
  for (const [p, rows] of phases.entries())
    for (const [q, columns] of phases.entries())
      for (let y = 0; y < kernel; y++)
        for (let x = 0; x < kernel; x++) {
          let sum = 0;
          for (let a = 0; a < kernel; a++)
            for (let b = 0; b < kernel; b++)
              sum += rows[y * kernel + a]! * columns[x * kernel + b]! * filter[a * kernel + b]!;
          result[(2 * p + q) * area + y * kernel + x] = sum;
        }
  return result;
}
