import { describe, expect, test } from 'vitest';
import { normalQuantile, studentQuantile } from '../../src/core/quantile.js';

const relative = (value: number, expected: number) => Math.abs(value / expected - 1);

/** SciPy 1.17: norm.ppf. */
const NORMAL = [
  [1e-100, -21.273453560965322],
  [1e-20, -9.262340089798409],
  [1e-7, -5.1993375821928165],
  [4.2e-4, -3.339266288950924],
  [0.025, -1.9599639845400545],
  [0.074, -1.4466320671589785],
  [0.076, -1.4325027208258116],
  [0.3, -0.5244005127080409],
  [0.500000001, 2.5066282037387115e-9],
  [0.75, 0.6744897501960817],
  [0.9996, 3.3527947805048592],
] as const;

/** By p: SciPy 1.17's t.ppf for 1, 2, 3, 4.5, 9, 19, 29, 100, 999, 1001 and 10⁶ degrees of freedom. */
const DEGREES = [1, 2, 3, 4.5, 9, 19, 29, 100, 999, 1001, 1e6];
const STUDENT: Readonly<Record<string, readonly number[]>> = {
  '1e-7': [
    -3183098.8618378025, -2236.0676420895793, -222.5715909471987, -51.91221867941791, -14.040718740070066,
    -7.905112633688786, -6.76516019327697, -5.586900474586902, -5.236035390813631, -5.235961621988876,
    -5.199374020816577,
  ],
  '0.00042': [
    -757.8802415669552, -34.481537096893284, -13.70811573476978, -7.8994958564795015, -4.906572632427374,
    -3.95973874622498, -3.7247809304952844, -3.443554984137116, -3.349448097448194, -3.3494276981267874,
    -3.33927643258404,
  ],
  '0.025': [
    -12.706204736174705, -4.302652729749464, -3.1824463052837086, -2.658912347204404, -2.2621571627982053,
    -2.09302405440831, -2.045229642132704, -1.983971518523552, -1.9623414611334498, -1.96233670528088,
    -1.9599663568141072,
  ],
  '0.1': [
    -3.0776835371752536, -1.8856180831641267, -1.6377443536962089, -1.5008853175085575, -1.3830287383966327,
    -1.3277282090267983, -1.3114336473015509, -1.290074761346516, -1.2823995700373971, -1.2823978745810511,
    -1.2815524121299389,
  ],
  '0.3': [
    -0.7265425280053609, -0.6172133998483678, -0.5843897274398188, -0.5635058039393779, -0.5434802414542969,
    -0.5333138816422048, -0.530214395709161, -0.5260762706003465, -0.5245678747137387, -0.5245675402392747,
    -0.5244006798602092,
  ],
  '0.45': [
    -0.15838444032453633, -0.14213381090374025, -0.1365981993536989, -0.1329100721020202, -0.129252932151831,
    -0.12735198289187435, -0.12676660562027484, -0.12598088204153962, -0.12569329447058575, -0.12569323063069537,
    -0.1256613787664875,
  ],
  '0.75': [
    1.0000000000000002, 0.8164965809277261, 0.7648923284043444, 0.7328666862359944, 0.7027221467513264,
    0.6876214602039602, 0.6830438608216131, 0.6769510430114717, 0.6747354103467192, 0.6747349193584472,
    0.6744899955310875,
  ],
  '0.9996': [
    795.7742965804997, 35.334122319369555, 13.93571974559372, 7.990791836701668, 4.942035306958824, 3.9810976037852184,
    3.7430237386806415, 3.458306561233151, 3.363094206601514, 3.363073571239487, 3.3528050411187054,
  ],
};

test.each(NORMAL)('Φ⁻¹(%d) = %d', (p, expected) => {
  expect(relative(normalQuantile(p), expected)).toBeLessThan(1e-14);
});

describe.each(Object.entries(STUDENT))("Student's t at %s", (p, values) => {
  test.each(DEGREES.map((degrees, i) => [degrees, values[i]!] as const))('%d degrees: %d', (degrees, expected) => {
    expect(relative(studentQuantile(Number(p), degrees), expected)).toBeLessThan(1e-10);
  });
});

test('closed forms: t₁(p) = −1/tan(πp), t₂(p) = (2p − 1)/√(2p(1 − p))', () => {
  for (const p of [1e-7, 0.001, 0.2, 0.24999, 0.25001, 0.4, 0.4999]) {
    expect(relative(studentQuantile(p, 1), -1 / Math.tan(Math.PI * p))).toBeLessThan(1e-11);
    expect(relative(studentQuantile(p, 2), (2 * p - 1) / Math.sqrt(2 * p * (1 - p)))).toBeLessThan(1e-11);
  }
});

describe.each([1, 2.5, 9, 999, 5000, Number.POSITIVE_INFINITY])('with %d degrees', (degrees) => {
  test('odd about ½, rising, and 0 there', () => {
    const ps = [1e-7, 1e-3, 0.0625, 0.125, 0.25, 0.375, 0.4375];
    const values = ps.map((p) => studentQuantile(p, degrees));
    expect(studentQuantile(0.5, degrees)).toBe(0);
    expect(values).toEqual([...values].sort((a, b) => a - b));
    for (const [i, p] of ps.entries())
      expect(relative(studentQuantile(1 - p, degrees), -values[i]!)).toBeLessThan(2e-9);
  });
});

test('with endless degrees it is the normal quantile, and nears it', () => {
  for (const p of [1e-5, 0.2, 0.975]) {
    expect(studentQuantile(p, Number.POSITIVE_INFINITY)).toBe(normalQuantile(p));
    expect(relative(studentQuantile(p, 1e12), normalQuantile(p))).toBeLessThan(1e-10);
  }
});

test('no jump where the series takes over', () => {
  for (const p of [1e-7, 1e-4, 0.025, 0.3]) {
    expect(relative(studentQuantile(p, 1000), studentQuantile(p, 1000.000001))).toBeLessThan(1e-10);
  }
});

test('probabilities and degrees that there are none of', () => {
  for (const p of [0, 1, -0.1, 1.1, Number.NaN]) {
    expect(() => normalQuantile(p)).toThrow('between 0 and 1');
    expect(() => studentQuantile(p, 5)).toThrow('between 0 and 1');
  }
  for (const degrees of [0, -1, 0.5, Number.NaN])
    expect(() => studentQuantile(0.9, degrees)).toThrow('degrees of freedom');
});
