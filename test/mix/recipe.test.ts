import { describe, expect, test } from 'vitest';
import { type Box, type Recipe, recipe } from '../../src/mix/recipe.js';
import { MAX_N, parseSetting } from '../../src/mix/setting.js';
import {
  chiSquare,
  chiSquareBound,
  correlation,
  KS_BOUND,
  kolmogorovSmirnov,
  mean,
  variance,
} from '../core/goodness.js';

const OUTPUTS = 20_000;
/** Side of a picture so large that pixels do not show in its boxes' law. */
const FINE = 2 ** 20;

const recipes = (text: string, { seed = 0, outputs = OUTPUTS, resolution = 256 } = {}): Recipe[] =>
  Array.from({ length: outputs }, (_, j) => recipe(parseSetting(text), seed, j, resolution));

describe('every recipe', () => {
  const texts = ['mixup', 'cutmix', 'cutmixup'].flatMap((method) => [2, 3, 9, MAX_N].map((n) => `${method}:${n}`));
  const options = [
    'mixup:4?weights=equal',
    'mixup:4?weights=normalized-uniform',
    'cutmixup:4?weights=dirichlet(0.05)&alpha=0.05',
  ];

  test.each(['none', ...texts, ...options])(
    '%s: N weights and boxes, convex if blended, boxes inside the picture',
    (text) => {
      const { method, n } = parseSetting(text);
      for (const { blend, weights, boxes } of recipes(text, { outputs: 300, resolution: 52 })) {
        expect(blend).toBe(method === 'mixup' || method === 'cutmixup');
        expect([weights.length, boxes.length]).toEqual([n, n]);
        expect(weights.every((w) => w >= 0 && w <= 1)).toBe(true);
        if (blend) expect(weights.reduce((sum, w) => sum + w, 0)).toBe(1);
        else expect(weights.every((w) => w === 1)).toBe(true);
        expect(weights.every((w) => Number.isInteger(w * 2 ** 16))).toBe(true);
        expect(boxes[0]).toEqual([0, 0, 52, 52]);
        for (const [x0, y0, x1, y1] of boxes) {
          expect([x0, y0, x1, y1].every(Number.isInteger)).toBe(true);
          expect(0 <= x0 && x0 <= x1 && x1 <= 52 && 0 <= y0 && y0 <= y1 && y1 <= 52).toBe(true);
        }
      }
    },
  );

  test('none is the whole first image', () => {
    expect(recipe(parseSetting('none'), 3, 9, 64)).toEqual({ blend: false, weights: [1], boxes: [[0, 0, 64, 64]] });
    expect(recipe(parseSetting('truncation?psi=0.5'), 3, 9, 64)).toEqual(recipe(parseSetting('none'), 3, 9, 64));
  });

  test('MixUp keeps whole images, and equal weights are equal', () => {
    const { weights, boxes } = recipe(parseSetting('mixup:3?weights=equal'), 0, 0, 64);
    expect(weights).toEqual([21846, 21845, 21845].map((units) => units / 2 ** 16));
    expect(new Set(boxes.map(String))).toEqual(new Set(['0,0,64,64']));
  });

  test('even for a minute α: one whole image', () => {
    for (const { weights } of recipes('mixup:3?weights=dirichlet(1e-6)', { outputs: 50 })) {
      expect(Math.max(...weights)).toBeCloseTo(1, 9);
    }
  });
});

describe('nesting: N = 3 uses the first three of N = 9 under the same output', () => {
  test.each(['dirichlet', 'dirichlet(0.3)', 'normalized-uniform'])('shares, %s', (law) => {
    const [three, nine] = [3, 9].map((n) => recipes(`mixup:${n}?weights=${law}`, { outputs: 100 }));
    for (const [j, { weights }] of three!.entries()) {
      const first = nine![j]!.weights.slice(0, 3);
      const total = first.reduce((sum, w) => sum + w, 0);
      // Both are rounded to units of 2^-16.
      for (const [k, weight] of weights.entries())
        expect(Math.abs(weight * total - first[k]!)).toBeLessThan(3 * 2 ** -16);
    }
  });

  test('boxes', () => {
    for (const options of ['', '?alpha=0.3']) {
      const [three, nine] = [3, 9].map((n) => recipes(`cutmix:${n}${options}`, { outputs: 100 }));
      for (const [j, { boxes }] of three!.entries()) expect(boxes).toEqual(nine![j]!.boxes.slice(0, 3));
    }
  });

  test('CutMixUp has the shares of MixUp and the boxes of CutMix', () => {
    const both = recipes('cutmixup:4', { outputs: 50 });
    expect(both.map(({ weights }) => weights)).toEqual(
      recipes('mixup:4', { outputs: 50 }).map(({ weights }) => weights),
    );
    expect(both.map(({ boxes }) => boxes)).toEqual(recipes('cutmix:4', { outputs: 50 }).map(({ boxes }) => boxes));
  });
});

describe('an output is a function of seed and index alone', () => {
  const settings = ['none', 'mixup:3', 'cutmix:5', 'cutmixup:9?alpha=0.5'].map(parseSetting);
  const all = (order: readonly number[]) => {
    const made = new Map<string, Recipe>();
    for (const j of order)
      for (const [s, setting] of settings.entries()) made.set(`${s}:${j}`, recipe(setting, 8, j, 64));
    return made;
  };
  const forward = Array.from({ length: 96 }, (_, j) => j);

  test('whatever the order, and in blocks of any size', () => {
    const expected = all(forward);
    for (const block of [1, 7, 32, 96]) {
      const blocks = Math.ceil(96 / block);
      // The last block first, as another shard would.
      const order = Array.from({ length: blocks }, (_, b) =>
        forward.slice((blocks - 1 - b) * block, (blocks - b) * block),
      );
      const made = all(order.flat());
      for (const [key, value] of expected) expect(made.get(key)).toEqual(value);
    }
  });

  test('another index or seed is another recipe', () => {
    const made = forward.flatMap((j) =>
      [8, 9, 8 + 2 ** 32].map((seed) => JSON.stringify(recipe(settings[3]!, seed, j, 64))),
    );
    expect(new Set(made).size).toBe(made.length);
  });
});

describe('the law of the weights', () => {
  describe.each([1, 0.3, 5])('Dirichlet(%d, …)', (alpha) => {
    test.each([2, 3, 9])('N = %i: means 1/N, variances (1/N)(1 − 1/N)/(Nα + 1), covariances −1/N²/(Nα + 1)', (n) => {
      const all = recipes(`mixup:${n}?weights=dirichlet(${alpha})`, { seed: 5 });
      const places = Array.from({ length: n }, (_, k) => all.map(({ weights }) => weights[k]!));
      const expected = ((1 / n) * (1 - 1 / n)) / (n * alpha + 1);
      for (const values of places) {
        expect(Math.abs(mean(values) - 1 / n)).toBeLessThan(4 * Math.sqrt(expected / OUTPUTS));
        const fourth = mean(values.map((w) => (w - 1 / n) ** 4));
        expect(Math.abs(variance(values) - expected)).toBeLessThan(4 * Math.sqrt((fourth - expected ** 2) / OUTPUTS));
      }
      // Weights of sum 1 and one law are correlated by −1/(N − 1).
      expect(Math.abs(correlation(places[0]!, places[n - 1]!) + 1 / (n - 1))).toBeLessThan(5 / Math.sqrt(OUTPUTS));
    });
  });

  test('α = 1 is uniform on the simplex: a weight of N has the distribution 1 − (1 − w)^(N−1)', () => {
    for (const n of [2, 6]) {
      const values = recipes(`mixup:${n}`, { seed: 6 }).map(({ weights }) => weights[n - 1]!);
      expect(kolmogorovSmirnov(values, (w) => 1 - (1 - w) ** (n - 1))).toBeLessThan(KS_BOUND);
    }
  });

  test('normalized-uniform of two: u/(u + v) has the distribution w/(2(1 − w)) below ½', () => {
    const values = recipes('mixup:2?weights=normalized-uniform', { seed: 7 }).map(({ weights }) => weights[0]!);
    const below = (w: number) => w / (2 * (1 - w));
    expect(kolmogorovSmirnov(values, (w) => (w <= 0.5 ? below(w) : 1 - below(1 - w)))).toBeLessThan(KS_BOUND);
  });
});

describe("CutMix's box: λ ~ Beta(α, α), sides √(1 − λ) about a uniform centre, clipped", () => {
  const cut = (options = '', k = 1): Box[] =>
    recipes(`cutmix:3${options}`, { seed: 2, resolution: FINE }).map(({ boxes }) => boxes[k]!);
  const unit = (boxes: readonly Box[]) =>
    boxes.map((box) => box.map((v) => v / FINE) as [number, number, number, number]);

  test('boxes that meet no border are square and have sides of density 12 s (1 − s)²', () => {
    // The side s = √(1 − λ) has density 2s for uniform λ, and a box of side s lies inside with probability (1 − s)².
    for (const k of [1, 2]) {
      const inner = unit(cut('', k)).filter(([x0, y0, x1, y1]) => x0 > 0 && y0 > 0 && x1 < 1 && y1 < 1);
      expect(Math.abs(inner.length / OUTPUTS - 1 / 6)).toBeLessThan(4 * Math.sqrt(5 / 36 / OUTPUTS));
      for (const [x0, y0, x1, y1] of inner) expect(x1 - x0).toBeCloseTo(y1 - y0, 9);
      const sides = inner.map(([x0, , x1]) => x1 - x0);
      expect(kolmogorovSmirnov(sides, (s) => 6 * s ** 2 - 8 * s ** 3 + 3 * s ** 4)).toBeLessThan(KS_BOUND);
    }
  });

  test('the area before clipping is 1 − λ: of mean ½, weighted back by the chance to be seen whole', () => {
    // A box of side s shows its full width with probability 1 − s; sides above 0.9 are left out of both sums, as their
    // weight has no variance: ∫ s²·2s ds to 0.9 = 0.9⁴/2, and ∫ s⁴/(1 − s)·2s ds = 0.945.
    const seen = unit(cut()).filter(([x0, , x1]) => x0 > 0 && x1 < 1 && x1 - x0 < 0.9);
    const sum = seen.reduce((total, [x0, , x1]) => total + (x1 - x0) ** 2 / (1 - (x1 - x0)), 0);
    expect(Math.abs(sum / OUTPUTS - 0.9 ** 4 / 2)).toBeLessThan(4 * Math.sqrt((0.945 - 0.1076) / OUTPUTS));
  });

  // u = 1 − λ ~ Beta(α, α); a side s keeps s − s²/4 after clipping, so the area's mean is E[u] − E[u^1.5]/2 + E[u²]/16
  // with E[u^p] = Γ(α + p)Γ(2α)/(Γ(α)Γ(2α + p)).
  test.each([
    [1, 0.5 - 0.2 + 1 / 48],
    [2, 0.5 - 0.5 * (6 / (4.5 * 3.5)) + 0.3 / 16],
    [0.25, 0.5 - 0.5 * 0.449302 + (0.25 + 1 / 6) / 16],
  ])('α = %d: the area after clipping has the mean %d', (alpha, expected) => {
    const areas = unit(cut(`?alpha=${alpha}`)).map(([x0, y0, x1, y1]) => (x1 - x0) * (y1 - y0));
    expect(Math.abs(mean(areas) - expected)).toBeLessThan(4 * Math.sqrt(variance(areas) / OUTPUTS));
  });

  test('the centre is uniform, across and down, independently', () => {
    const whole = unit(cut()).filter(([x0, y0, x1, y1]) => x0 > 0 && y0 > 0 && x1 < 1 && y1 < 1);
    // Given its side s, a box that meets no border has its corner uniform in [0, 1 − s].
    const across = whole.map(([x0, , x1]) => x0 / (1 - (x1 - x0)));
    const down = whole.map(([, y0, , y1]) => y0 / (1 - (y1 - y0)));
    expect(kolmogorovSmirnov(across, (x) => x)).toBeLessThan(KS_BOUND);
    expect(kolmogorovSmirnov(down, (y) => y)).toBeLessThan(KS_BOUND);
    expect(Math.abs(correlation(across, down))).toBeLessThan(4 / Math.sqrt(whole.length));
  });

  test('each border is met by E[s]/2 = 1/3 of the boxes', () => {
    const boxes = unit(cut());
    const meets = [0, 1].flatMap((axis) => [
      boxes.filter((box) => box[axis] === 0),
      boxes.filter((box) => box[axis + 2] === 1),
    ]);
    for (const { length } of meets)
      expect(Math.abs(length / OUTPUTS - 1 / 3)).toBeLessThan(4 * Math.sqrt(2 / 9 / OUTPUTS));
  });

  test('boxes of one output are independent, and independent of its weights', () => {
    const all = recipes('cutmixup:3', { seed: 2, resolution: FINE });
    const area = (k: number) => all.map(({ boxes }) => (boxes[k]![2] - boxes[k]![0]) * (boxes[k]![3] - boxes[k]![1]));
    expect(Math.abs(correlation(area(1), area(2)))).toBeLessThan(4 / Math.sqrt(OUTPUTS));
    expect(
      Math.abs(
        correlation(
          area(1),
          all.map(({ weights }) => weights[1]!),
        ),
      ),
    ).toBeLessThan(4 / Math.sqrt(OUTPUTS));
  });

  test('at 8 × 8 pixels every box is as frequent as the released code would make it', () => {
    // cut_w = int(W √(1 − λ)), centre = randint(W), corners clip(centre ± cut_w // 2): all of it counted out. For uniform
    // λ, P(cut_w < m) = m²/64.
    const chance = new Map<string, number>();
    for (let cutW = 0; cutW < 8; cutW++) {
      const half = Math.floor(cutW / 2);
      const p = ((cutW + 1) ** 2 - cutW ** 2) / 64 / 64;
      const [low, high] = [(c: number) => Math.max(c - half, 0), (c: number) => Math.min(c + half, 8)];
      for (let cx = 0; cx < 8; cx++) {
        for (let cy = 0; cy < 8; cy++) {
          const key = `${low(cx)},${low(cy)},${high(cx)},${high(cy)}`;
          chance.set(key, (chance.get(key) ?? 0) + p);
        }
      }
    }
    const counts = new Map([...chance.keys()].map((key) => [key, 0]));
    for (const { boxes } of recipes('cutmix:2', { seed: 4, resolution: 8 })) {
      expect(counts.has(String(boxes[1]))).toBe(true);
      counts.set(String(boxes[1]), counts.get(String(boxes[1]))! + 1);
    }
    const expected = [...chance.values()].map((p) => p * OUTPUTS);
    expect(Math.min(...expected)).toBeGreaterThan(10);
    expect(chiSquare([...counts.values()], expected)).toBeLessThan(chiSquareBound(expected.length - 1));
  });
});
