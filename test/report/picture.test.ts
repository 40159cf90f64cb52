import sharp from 'sharp';
import { describe, expect, test } from 'vitest';
import { pictureName, renderRaceSvg } from '../../src/report/picture.js';
import type { Cell, Results } from '../../src/report/results.js';
import { plainResults, RESULTS } from './made-up.js';
import { COLUMNS, PAPER } from './paper.js';

const svg = renderRaceSvg(RESULTS, 'Programs');

/** The rows of a picture: their group, their texts, where the dot and the bar are. */
const rowsOf = (text: string) =>
  [...text.matchAll(/<g class="(\w+)">\n([\s\S]*?)<\/g>/g)].map(([, group, inner]) => ({
    group,
    texts: [...inner!.matchAll(/<text[^>]*>([^<]*)</g)].map(([, content]) => content),
    dot: Number(/cx="([\d.]+)"/.exec(inner!)?.[1]),
    bar: [...(/x1="([\d.]+)" y1="[\d.]+" x2="([\d.]+)"/.exec(inner!)?.slice(1) ?? [])].map(Number),
    bold: inner!.includes('class="chosen"'),
  }));

describe('the picture of a race', () => {
  const rows = rowsOf(svg);

  test('has a row for each setting in the order of the ranking, by what it is', () => {
    expect(rows.map(({ group, texts }) => [group, ...texts])).toEqual([
      ['tied', '1', 'MixUp 2', '3.325'],
      ['tied', '1', 'MixUp 3', '3.285'],
      ['tied', '1', 'MixUp 4 (weights=equal)', '3.305'],
      ['dropped', '4', 'CutMix 2 (alpha=0.5)', '3.705', 'at 1,024'],
      ['dropped', '5', 'None', '4.529', 'at 256'],
      ['dropped', '5', 'CutMix 3', '4.819', 'at 256'],
    ]);
    expect(rows.map(({ bold }) => bold)).toEqual([false, false, true, false, false, false]);
  });

  test('has dots and bars to one scale', () => {
    // Where a FID stands, from two of its marks.
    const marks = [...svg.matchAll(/<text class="small soft" x="([\d.]+)"[^>]*middle">([\d.]+)</g)];
    const [[x1, v1], [x2, v2]] = [marks[0]!, marks.at(-1)!].map(
      ([, x, value]) => [Number(x), Number(value)] as const,
    ) as [readonly [number, number], readonly [number, number]];
    const x = (value: number) => x1 + ((value - v1) / (v2 - v1)) * (x2 - x1);
    const cells = ['mixup:2', 'mixup:3', 'mixup:4?weights=equal', 'cutmix:2?alpha=0.5', 'none', 'cutmix:3'].map(
      (setting) => RESULTS.cells.find((cell) => cell.setting === setting)!,
    );
    for (const [i, { unbiased }] of cells.entries()) {
      expect(Math.abs(rows[i]!.dot - x(unbiased!.value))).toBeLessThan(0.3);
      expect(Math.abs(rows[i]!.bar[0]! - x(unbiased!.interval![0]))).toBeLessThan(0.3);
      expect(Math.abs(rows[i]!.bar[1]! - x(unbiased!.interval![1]))).toBeLessThan(0.3);
    }
  });

  test('has a title and a description, and loads and runs nothing', () => {
    expect(svg).toContain('<title id="title">FID∞ of each setting: Programs</title>');
    expect(svg).toContain('MixUp 3 leads; 3 settings share its rank.</desc>');
    expect(svg.replace('http://www.w3.org/2000/svg', '')).not.toMatch(
      /script|href|url\(|https?:|@import|<image|\son\w+=/i,
    );
  });

  test('is drawn', async () => {
    const { data, info } = await sharp(Buffer.from(svg)).removeAlpha().raw().toBuffer({ resolveWithObject: true });
    const colours = new Set<string>();
    for (let i = 0; i < data.length; i += 3) colours.add(`${data[i]},${data[i + 1]},${data[i + 2]}`);
    expect(info.width).toBeGreaterThan(500);
    // The page, and the tie group's and the dropped settings' colour.
    for (const colour of ['255,255,255', '9,105,218', '129,139,152']) expect(colours).toContain(colour);
  });
});

describe('without a FID∞', () => {
  test('shows FIDₙ where ties are judged by it, without bars where there are no errors', () => {
    const text = renderRaceSvg(plainResults(4), 'Photos');
    expect(text).toContain('>FID at 4 images of each setting: Photos<');
    expect(rowsOf(text).map(({ texts, bar }) => [texts.at(-1), bar.length])).toEqual(
      ['10.00', '11.00', '12.00', '13.00', '14.00', '15.00'].map((value) => [value, 0]),
    );
    expect(text).not.toContain('paired differences');
  });

  test('says so of a setting that was dropped too early to have one', () => {
    const cells = RESULTS.cells.map((cell): Cell => {
      const { unbiased: _, ...rest } = cell;
      return cell.setting === 'none' ? rest : cell;
    });
    const row = rowsOf(renderRaceSvg({ ...RESULTS, cells }, 'Programs')).find(({ texts }) => texts[1] === 'None')!;
    expect(row.texts).toEqual(['5', 'None', 'no FID∞', 'at 256']);
    expect(row.dot).toBeNaN();
  });

  test("draws the paper's columns, and one setting alone", () => {
    for (const name of COLUMNS) expect(rowsOf(renderRaceSvg(PAPER, name))).toHaveLength(17);
    const single: Results = { cells: RESULTS.cells.slice(1, 2), columns: [] };
    const [row] = rowsOf(renderRaceSvg(single, 'Programs'));
    expect(row!.dot).toBeGreaterThan(0);
  });
});

test('an estimate outside its interval is joined to it, and it is said why', () => {
  const cells = RESULTS.cells.map((cell): Cell => {
    const unbiased = { value: -0.5, standardError: 0.3, interval: [0, 0.2] as const, trusted: true };
    return cell.setting === 'mixup:2' ? { ...cell, unbiased } : cell;
  });
  const text = renderRaceSvg({ ...RESULTS, cells }, 'Programs');
  const [, from, to] = /class="beyond" x1="([\d.]+)" y1="[\d.]+" x2="([\d.]+)"/.exec(text)!.map(Number);
  const row = rowsOf(text)[0]!;
  expect(row.dot).toBe(from);
  expect(row.bar[0]).toBe(to);
  expect(from).toBeLessThan(to!);
  expect(text).toContain('where that does not reach it (no FID is below 0)');
  expect(svg).not.toMatch(/beyond|Dotted/);
});

test('of images that are too few to tell settings apart nothing is said to be tied', () => {
  const columns = [{ ...RESULTS.columns[0]!, least: 2000 }];
  const text = renderRaceSvg({ ...RESULTS, columns }, 'Programs');
  expect(text).toContain('not told apart: too few images');
  expect(text).toContain('MixUp 3 leads; the images are too few to tell it from any other.</desc>');
  expect(text).not.toMatch(/separated|share its rank|paired/);
});

test('of thousands of settings it draws the first, and says how many more there are', () => {
  const cells = Array.from(
    { length: 1000 },
    (_, i): Cell => ({ ...RESULTS.cells[1]!, setting: `mixup:${i + 2}`, rank: i + 1 }),
  );
  const text = renderRaceSvg({ cells, columns: RESULTS.columns }, 'Programs');
  expect(rowsOf(text)).toHaveLength(80);
  expect(text).toContain('920 more settings stand in the report');
});

test('of an unknown data set it is refused', () => {
  expect(() => renderRaceSvg(RESULTS, 'x')).toThrow('no cell of the data set "x"');
});

test('its file is named after the place of the data set', () => {
  expect([0, 1].map(pictureName)).toEqual(['fid-1.svg', 'fid-2.svg']);
});
