/** Coefficients of numerator and denominator, the constant first. */
type Rational = readonly [readonly number[], readonly number[]];

/** Wichura's PPND16: about the middle in r = 0.425² − q², further out and far out in r = √(−ln p) less 1.6 and 5. */
const MIDDLE: Rational = [
  [
    3.3871328727963665, 133.14166789178438, 1971.5909503065513, 13731.69376550946, 45921.95393154987, 67265.7709270087,
    33430.57558358813, 2509.0809287301227,
  ],
  [
    1, 42.31333070160091, 687.1870074920579, 5394.196021424751, 21213.794301586597, 39307.89580009271,
    28729.085735721943, 5226.495278852854,
  ],
];
const OUTER: Rational = [
  [
    1.4234371107496835, 4.630337846156546, 5.769497221460691, 3.6478483247632045, 1.2704582524523684,
    0.2417807251774506, 0.022723844989269184, 0.0007745450142783414,
  ],
  [
    1, 2.053191626637759, 1.6763848301838038, 0.6897673349851, 0.14810397642748008, 0.015198666563616457,
    0.0005475938084995345, 1.0507500716444169e-9,
  ],
];
const FAR: Rational = [
  [
    6.657904643501103, 5.463784911164114, 1.7848265399172913, 0.29656057182850487, 0.026532189526576124,
    0.0012426609473880784, 2.7115555687434876e-5, 2.0103343992922881e-7,
  ],
  [
    1, 0.599832206555888, 0.1369298809227358, 0.014875361290850615, 0.0007868691311456133, 1.8463183175100548e-5,
    1.421511758316446e-7, 2.0442631033899397e-15,
  ],
];

/** Above this many degrees a series about the normal quantile is good to 1e-10, and shorter than a fraction. */
const MANY_DEGREES = 1000;

const polynomial = (coefficients: readonly number[], x: number): number =>
  coefficients.reduceRight((sum, coefficient) => sum * x + coefficient, 0);

const ratio = ([above, below]: Rational, x: number): number => polynomial(above, x) / polynomial(below, x);

function checkProbability(p: number): void {
  if (!(p > 0 && p < 1)) throw new Error(`a quantile at ${p}: a probability lies between 0 and 1`);
}

/**
 * Φ⁻¹(p), to 1e-15 of its size (Wichura 1988, "Algorithm AS 241", Applied Statistics 37(3), PPND16). Throws unless
 * 0 < p < 1.
 */
export function normalQuantile(p: number): number {
  checkProbability(p);
  const q = p - 0.5;
  if (Math.abs(q) <= 0.425) return q * ratio(MIDDLE, 0.180625 - q * q);
  const r = Math.sqrt(-Math.log(Math.min(p, 1 - p)));
  return Math.sign(q) * (r <= 5 ? ratio(OUTER, r - 1.6) : ratio(FAR, r - 5));
}

/** ln Γ(x) for x ≥ ½, to some 1e-15: Stirling's series (Abramowitz and Stegun 6.1.41) where x is large, reached by x·Γ(x) = Γ(x + 1). */
function lnGamma(x: number): number {
  let [shifted, product] = [x, 1];
  for (; shifted < 10; shifted++) product *= shifted;
  const inverse = 1 / (shifted * shifted);
  const series =
    polynomial([1 / 12, -1 / 360, 1 / 1260, -1 / 1680, 1 / 1188, -691 / 360360, 1 / 156], inverse) / shifted;
  return (shifted - 0.5) * Math.log(shifted) - shifted + Math.log(2 * Math.PI) / 2 + series - Math.log(product);
}

/** The continued fraction of the incomplete beta function (DLMF 8.17.22) by Lentz's method; for x < (a + 1)/(a + b + 2). */
function betaFraction(x: number, a: number, b: number): number {
  let c = 1;
  let d = 1 / (1 - ((a + b) * x) / (a + 1));
  let value = d;
  for (let m = 1; m < 10_000; m++) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
    d = 1 / (1 + even * d);
    c = 1 + even / c;
    value *= c * d;
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / (1 + odd * d);
    c = 1 + odd / c;
    value *= c * d;
    if (Math.abs(c * d - 1) < Number.EPSILON) return value;
  }
  throw new Error(`the incomplete beta function of ${x}, ${a}, ${b} did not converge`);
}

/** Student's t at t > 0: its density, and P(T > t) or P(0 < T < t), whichever is asked for. */
function student(t: number, degrees: number, lnBeta: number) {
  const [a, b] = [degrees / 2, 0.5];
  // P(T > t) = ½·I(x; ν/2, ½) with x = ν/(ν + t²), and P(0 < T < t) = ½·I(y; ½, ν/2) with y = 1 − x.
  const [x, y] = [degrees / (degrees + t * t), (t * t) / (degrees + t * t)];
  const front = Math.exp(a * Math.log(x) + b * Math.log(y) - lnBeta) / 2;
  const direct = x < (a + 1) / (a + b + 2);
  const part = direct ? (front * betaFraction(x, a, b)) / a : (front * betaFraction(y, b, a)) / b;
  return {
    density: (2 * front) / t,
    beyond: direct ? part : 0.5 - part,
    within: direct ? 0.5 - part : part,
  };
}

/** Newton's iteration to the last digits. */
function solve(start: number, step: (t: number) => number): number {
  let t = start;
  for (let round = 0; round < 100; round++) {
    const next = step(t);
    if (Math.abs(next - t) <= 4 * Number.EPSILON * t) return next;
    t = next;
  }
  return t;
}

/**
 * The quantile of Student's t distribution, to 1e-10 of its size: Newton's iteration on the incomplete beta function
 * (Abramowitz and Stegun 26.5.27); above a thousand degrees the series of 26.7.5 in 1/degrees about the normal quantile.
 *
 * @param degrees of freedom, at least 1, not necessarily whole; infinite for the normal distribution
 * @throws Error unless 0 < p < 1 and degrees ≥ 1
 */
export function studentQuantile(p: number, degrees: number): number {
  checkProbability(p);
  if (!(degrees >= 1)) throw new Error(`Student's t with ${degrees} degrees of freedom`);
  const z = normalQuantile(p);
  if (z === 0 || degrees === Number.POSITIVE_INFINITY) return z;
  if (degrees > MANY_DEGREES) {
    const w = z * z;
    const terms = [
      1,
      (w + 1) / 4,
      polynomial([3, 16, 5], w) / 96,
      polynomial([-15, 17, 19, 3], w) / 384,
      polynomial([-945, -1920, 1482, 776, 79], w) / 92160,
    ];
    return z * polynomial(terms, 1 / degrees);
  }
  const lnBeta = lnGamma(degrees / 2) + Math.log(Math.PI) / 2 - lnGamma((degrees + 1) / 2);
  const tail = Math.min(p, 1 - p);
  const at = (t: number) => student(t, degrees, lnBeta);
  // Both start below the quantile and cannot run away: t·density/P(T > t) grows with t, so that in ln t the first step
  // passes the quantile and the others come back to it; P(0 < T < t) is concave.
  const size =
    tail < 0.25
      ? solve(Math.abs(z), (t) => {
          const { beyond, density } = at(t);
          return t * Math.exp((Math.log(beyond / tail) * beyond) / (t * density));
        })
      : solve(Math.abs(z), (t) => {
          const { within, density } = at(t);
          return t + (Math.abs(p - 0.5) - within) / density;
        });
  return Math.sign(z) * size;
}
