import sharp from 'sharp';
import { describe, expect, test } from 'vitest';
import { pictureName, renderRaceSvg } from '../../src/report/picture.js';
import type { Cell, Results } from '../../src/report/results.js';
import { plainResults, RESULTS } from './made-up.js';
import { COLUMNS, PAPER } from './paper.js';
import { dotsOf, expectSound, linesOf, parsed, textsOf } from './plot-marks.js';

const svg = renderRaceSvg(RESULTS, 'Programs');

/** The rows of a picture from the top: their texts from the left, their group, where the dot and the bar are. */
function rowsOf(text: string) {
  const groups = ['tied', 'ink', 'rest'];
  const dots = groups.flatMap((group) =>
    dotsOf(text, `.${group}${group === 'rest' ? '.hollow' : '.dot'}`).map((dot) => ({ ...dot, group })),
  );
  const bars = groups.flatMap((group) => linesOf(text, `.${group}.interval`));
  // Numbers stand where each mark's group is moved to.
  const texts = [...parsed(text).querySelectorAll('g.name > text')].flatMap((one) => {
    const [, y] = one
      .getAttribute('transform')!
      .match(/-?[\d.]+/g)!
      .map(Number);
    const [dx] = (one.parentElement!.getAttribute('transform') ?? '0').match(/-?[\d.]+/g)!.map(Number);
    const [x] = one
      .getAttribute('transform')!
      .match(/-?[\d.]+/g)!
      .map(Number);
    return [{ x: x! + dx!, y: y!, text: one.textContent!, bold: one.parentElement!.classList.contains('bold') }];
  });
  const ys = [...new Set(texts.filter((one) => one.x < 45).map(({ y }) => y))].sort((a, b) => a - b).slice(1);
  return ys.map((y) => {
    const here = texts.filter((one) => one.y === y).sort((a, b) => a.x - b.x);
    const dot = dots.find((one) => one.y === y);
    return {
      group: dot?.group,
      texts: here.map((one) => one.text),
      bold: here.some(({ bold }) => bold),
      dot: dot?.x,
      bar: bars.filter((bar) => bar[1] === y).flatMap(([from, , to]) => [from!, to!].sort((a, b) => a - b)),
    };
  });
}

describe('the picture of a ranking', () => {
  const rows = rowsOf(svg);

  test('has a row for each setting in the order of the ranking, by what it is', () => {
    expect(rows.map(({ group, texts }) => [group, ...texts])).toEqual([
      ['tied', '1', 'MixUp 2', '3.325'],
      ['tied', '1', 'MixUp 3', '3.285'],
      ['tied', '1', 'MixUp 4 (weights=equal)', '3.305'],
      ['rest', '4', 'CutMix 2 (alpha=0.5)', '3.705', 'at 1,024'],
      ['rest', '5', 'None', '4.529', 'at 256'],
      ['rest', '5', 'CutMix 3', '4.819', 'at 256'],
    ]);
    expect(rows.map(({ bold }) => bold)).toEqual([false, false, true, false, false, false]);
  });

  test('has dots and bars to one scale', () => {
    // Where a FID stands, from two of the axis' marks.
    const marks = textsOf(svg, '[font-variant]').map((mark) => [mark.x, Number(mark.text)] as const);
    const [[x1, v1], [x2, v2]] = [marks[0]!, marks.at(-1)!];
    const x = (value: number) => x1 + ((value - v1) / (v2 - v1)) * (x2 - x1);
    const cells = ['mixup:2', 'mixup:3', 'mixup:4?weights=equal', 'cutmix:2?alpha=0.5', 'none', 'cutmix:3'].map(
      (setting) => RESULTS.cells.find((cell) => cell.setting === setting)!,
    );
    expect(v2).toBeGreaterThan(v1);
    for (const [i, { unbiased }] of cells.entries()) {
      expect(Math.abs(rows[i]!.dot! - x(unbiased!.value))).toBeLessThan(0.3);
      expect(Math.abs(rows[i]!.bar[0]! - x(unbiased!.interval![0]))).toBeLessThan(0.3);
      expect(Math.abs(rows[i]!.bar[1]! - x(unbiased!.interval![1]))).toBeLessThan(0.3);
    }
  });

  test('has a title and a description, and loads and runs nothing', async () => {
    expect(svg).toContain('<title id="fid-1-title">FID∞ of each setting: Programs</title>');
    expect(svg).toContain('MixUp 3 leads; 3 settings share its rank.</desc>');
    await expectSound(svg);
  });

  test('is drawn', async () => {
    const { data, info } = await sharp(Buffer.from(svg)).removeAlpha().raw().toBuffer({ resolveWithObject: true });
    const colours = new Set<string>();
    for (let i = 0; i < data.length; i += 3) colours.add(`${data[i]},${data[i + 1]},${data[i + 2]}`);
    expect(info.width).toBeGreaterThan(500);
    // The page, and the tie group's and the dropped settings' colour.
    for (const colour of ['255,255,255', '9,105,218', '110,119,129']) expect(colours).toContain(colour);
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
    expect(row.dot).toBeUndefined();
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
  const [[from, , to]] = linesOf(text, '.beyond') as [number[]];
  const row = rowsOf(text)[0]!;
  const [left, right] = [Math.min(from!, to!), Math.max(from!, to!)];
  expect(row.dot).toBe(left);
  expect(row.bar[0]).toBe(right);
  expect(left).toBeLessThan(right);
  expect(text).toContain('where that does not reach it (no FID is below 0)');
  expect(svg).not.toMatch(/class="[^"]*beyond|Dotted/);
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
