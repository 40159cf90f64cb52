import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { renderRaceSvg } from '../../src/report/picture.js';
import { plotsOf } from '../../src/report/plots.js';
import type { Cell, Results } from '../../src/report/results.js';
import type { RunRecord } from '../../src/store/record.js';
import { PLAIN_RECORD, plainResults, RECORD, RESULTS } from './made-up.js';
import { dotsOf, expectSound, linesOf, parsed, pathsOf, RACED, textsOf } from './plot-marks.js';

const plots = plotsOf(RECORD, RACED);
const named = (file: string, among = plots) => among.find((plot) => plot.file === file)!;

/** A run of one data set with these settings, FID∞ falling from one to the next. */
function runOf(settings: readonly string[], more: Partial<Cell> = {}): { record: RunRecord; results: Results } {
  const cells = settings.map((setting, i): Cell => {
    const value = 30 - i / 4;
    return {
      ...RESULTS.cells[1]!,
      setting,
      fid: value + 1,
      interval: [value + 0.5, value + 1.5],
      unbiased: { value, standardError: 0.2, interval: [value - 0.4, value + 0.4], trusted: true },
      rank: settings.length - i,
      bases: Number(/:(\d+)/.exec(setting)?.[1] ?? 1),
      ...more,
    };
  });
  const leader = settings.at(-1)!;
  const columns = [{ dataset: 'Programs', leader, tied: [leader], by: 'fid∞' as const, pareto: [leader] }];
  return { record: { ...RECORD, datasets: RECORD.datasets.slice(0, 1), settings }, results: { cells, columns } };
}

describe('plots of a run', () => {
  // To be looked at after a change that is meant: GOLDEN=write npx vitest run test/report.
  test.each(['n-0.svg', 'n-1.svg', 'n-2.svg', 'race-1.svg', 'pareto-1.svg', 'pareto-2.svg'])('%s', (file) => {
    const path = join(import.meta.dirname, 'golden', file);
    const { svg } = named(file);
    if (process.env.GOLDEN === 'write') writeFileSync(path, svg);
    expect(svg).toBe(readFileSync(path, 'utf8'));
  });

  test('are of each data set what there is something to draw of, and the same bytes again', () => {
    expect(plots.map(({ file, kind, dataset }) => [file, kind, dataset])).toEqual([
      ['n-0.svg', 'n', undefined],
      ['fid-1.svg', 'ranking', 'Programs'],
      ['n-1.svg', 'n', 'Programs'],
      ['race-1.svg', 'race', 'Programs'],
      ['pareto-1.svg', 'pareto', 'Programs'],
      ['fid-2.svg', 'ranking', 'Photos'],
      ['n-2.svg', 'n', 'Photos'],
      ['pareto-2.svg', 'pareto', 'Photos'],
    ]);
    expect(plotsOf(RECORD, RACED)).toEqual(plots);
    expect(named('fid-2.svg').svg).toBe(renderRaceSvg(RESULTS, 'Photos'));
  });

  test('without standings, errors and diversity there are no race and no Pareto front', () => {
    expect(plotsOf(RECORD, RESULTS).some(({ kind }) => kind === 'race')).toBe(false);
    const plain = plotsOf(PLAIN_RECORD, plainResults(10));
    expect(plain.map(({ file }) => file)).toEqual(['n-0.svg', 'fid-1.svg', 'n-1.svg', 'fid-2.svg', 'n-2.svg']);
    expect(named('n-1.svg', plain).svg).not.toMatch(/class="[^"]*band/);
  });

  test('of a data set without cells there are none, and files keep its number free', () => {
    const cells = RESULTS.cells.filter(({ dataset }) => dataset === 'Photos');
    expect(plotsOf(RECORD, { ...RESULTS, cells }).map(({ file }) => file)).toEqual([
      'fid-2.svg',
      'n-2.svg',
      'pareto-2.svg',
    ]);
  });

  test('are sound, and their ids are their own within a page', async () => {
    for (const { svg, title, description } of plots) {
      await expectSound(svg);
      expect(parsed(svg).querySelector('svg > title')!.textContent).toBe(title);
      expect(parsed(svg).querySelector('svg > desc')!.textContent).toBe(description);
    }
    const ids = plots.flatMap(({ svg }) => [...svg.matchAll(/ id="([^"]*)"/g)].map(([, id]) => id));
    expect(new Set(ids).size).toBe(2 * plots.length);
    // A rule of one would be a rule of the whole page.
    const style = parsed(plots[0]!.svg).querySelector('style')!.textContent!;
    const selectors = [...style.replace(/@media[^{]*\{/g, '').matchAll(/([^{}]+)\{/g)].map(([, selector]) => selector!);
    expect(selectors.length).toBeGreaterThan(20);
    for (const selector of selectors.flatMap((one) => one.split(','))) expect(selector).toContain('.fidsweep-plot');
  });

  test.each(['<script>alert(1)</script>]]>', `a\0b\u202ec\ud800\u2066"'&amp;</desc><b>`])(
    'a data set called %j is just a name',
    async (name) => {
      const record = { ...RECORD, datasets: RECORD.datasets.map((one, i) => (i ? one : { ...one, name })) };
      const rename = <T extends { readonly dataset: string }>(items: readonly T[]): T[] =>
        items.map((one) => (one.dataset === 'Programs' ? { ...one, dataset: name } : one));
      const renamed = plotsOf(record, { cells: rename(RACED.cells), columns: rename(RACED.columns) });
      const elements = (svg: string) => [...svg.matchAll(/<[/\w]+/g)].map(([tag]) => tag);
      expect(renamed).toHaveLength(plots.length);
      for (const [i, { svg, title }] of renamed.entries()) {
        await expectSound(svg);
        expect(elements(svg)).toEqual(elements(plots[i]!.svg));
        expect(svg + title).not.toMatch(/[\u202a-\u202e\u2066-\u2069\0]/);
      }
    },
  );
});

describe('FID against N', () => {
  const methods = ['none', ...[2, 4, 8].map((n) => `mixup:${n}`), ...[2, 4, 8].map((n) => `mixup:${n}?weights=equal`)];
  const { record, results } = runOf(methods);
  const { svg } = named('n-1.svg', [...plotsOf(record, results)]);

  test('has a line for each way of mixing, its dots in the order of N and in its band', () => {
    for (const colour of ['c0', 'c1']) {
      const dots = dotsOf(svg, `.${colour}.dot`);
      expect(dots).toHaveLength(3);
      const [a, b, c] = dots.map(({ x }) => x) as [number, number, number];
      expect((c - a) / (b - a)).toBeCloseTo(3, 1);
      const [band] = pathsOf(svg, `.${colour}.band`);
      for (const { x, y } of dots) {
        const [high, low] = band!.filter((place) => Math.abs(place[0] - x) < 0.15).map((place) => place[1]);
        expect(high).toBeLessThan(y);
        expect(low).toBeGreaterThan(y);
        expect(Math.abs(low! - y - (y - high!))).toBeLessThan(0.3);
      }
    }
    // FID falls from one setting to the next: so do the dots.
    const ys = ['c0', 'c1'].flatMap((colour) => dotsOf(svg, `.${colour}.dot`).map(({ y }) => y));
    expect(ys).toEqual([...ys].sort((a, b) => a - b));
    expect(textsOf(svg, '.end').map(({ text }) => text)).toEqual(['MixUp', 'MixUp (weights=equal)', 'None']);
  });

  test('has what mixes nothing as a level with its band', () => {
    const [[x1, y1, x2, y2]] = linesOf(svg, '.level') as [number[]];
    expect(y1).toBe(y2);
    expect(Math.abs(x2! - x1!)).toBeGreaterThan(300);
    expect(Math.min(...dotsOf(svg, '.dot').map(({ y }) => y))).toBeGreaterThan(y1!);
    expect(pathsOf(svg, '.soft.band')).toHaveLength(1);
  });

  test('has what was dropped hollow, with its images, and no line to it', () => {
    const programs = named('n-1.svg').svg;
    expect(dotsOf(programs, '.hollow').map(({ hover }) => hover)).toEqual([
      expect.stringMatching(/^CutMix 2 \(alpha=0.5\): .* at 1,024 images$/),
      expect.stringMatching(/^CutMix 3: .* at 256 images$/),
    ]);
    expect(textsOf(programs, '.end').map(({ text }) => text)).toContain('CutMix, ○ at 256');
  });

  test("is against ψ for a generator's truncation, and there is none where nothing varies", () => {
    const psi = runOf(['none', 'truncation?psi=0.5', 'truncation?psi=0.7', 'truncation?psi=1']);
    const plot = named('n-1.svg', [...plotsOf(psi.record, psi.results)]);
    expect(plot.title).toBe('FID∞ against ψ: Programs');
    const [a, b, c] = dotsOf(plot.svg, '.dot').map(({ x }) => x) as [number, number, number];
    expect((c - a) / (b - a)).toBeCloseTo(2.5, 1);
    for (const settings of [['none'], ['mixup:3'], ['none', 'mixup:3', 'cutmix:3']]) {
      const few = runOf(settings);
      expect(plotsOf(few.record, few.results).filter(({ kind }) => kind === 'n')).toEqual([]);
    }
  });

  test('of very many ways to mix names methods alone', async () => {
    const many = runOf(Array.from({ length: 90 }, (_, i) => `${i % 2 ? 'mixup' : 'cutmix'}:${2 + (i % 8)}?alpha=${i}`));
    const { svg } = named('n-1.svg', [...plotsOf(many.record, many.results)]);
    expect(dotsOf(svg, '.dot')).toHaveLength(90);
    expect(svg).toContain('MixUp, whatever its options');
    expect(parsed(svg).querySelectorAll('svg > text').length).toBeLessThan(10);
    await expectSound(svg);
  });

  test('is drawn of what names can be long and N up to 16', async () => {
    const settings = Array.from(
      { length: 15 },
      (_, i) => `cutmixup:${i + 2}?weights=dirichlet(0.123456)&alpha=0.654321&resolution=128&time=0.25-2.75`,
    );
    const long = runOf(settings);
    for (const { svg } of plotsOf(long.record, long.results)) await expectSound(svg);
  });
});

describe('the race', () => {
  const { svg } = named('race-1.svg');

  test('has a dot for each standing and a cross where a setting was dropped', () => {
    expect(dotsOf(svg, '.cross').map(({ hover }) => hover.split(':')[0])).toEqual([
      'None',
      'CutMix 2 (alpha=0.5)',
      'CutMix 3',
    ]);
    const looks = RACED.columns[0]!.race!.looks;
    const standings = looks.reduce((sum, { standings = [] }) => sum + standings.length, 0);
    expect(dotsOf(svg, '.dot').length + dotsOf(svg, '.cross').length).toBe(standings);
    expect(new Set([...dotsOf(svg, '.dot'), ...dotsOf(svg, '.cross')].map(({ x }) => x)).size).toBe(looks.length);
  });

  test('has leader and ties in one colour, named at their ends, and says that FIDₙ has its bias', () => {
    expect(
      textsOf(svg, '.tied.end')
        .map(({ text }) => text)
        .sort(),
    ).toEqual(['MixUp 2', 'MixUp 3', 'MixUp 4 (weights=equal) ★']);
    expect(svg).toContain('as the bias of FIDₙ does');
  });

  test('is of FID∞ where all can be trusted', () => {
    const columns = RACED.columns.map((column) => ({
      ...column,
      ...(column.race && {
        race: {
          ...column.race,
          looks: column.race.looks.map((look) => ({
            ...look,
            standings: look.standings!.map((one) => ({
              ...one,
              unbiased: {
                value: one.fid - 1,
                standardError: 0.1,
                interval: [one.fid - 1.2, one.fid - 0.8] as const,
                trusted: true,
              },
            })),
          })),
        },
      }),
    }));
    const trusted = named('race-1.svg', [...plotsOf(RECORD, { ...RACED, columns })]);
    expect(trusted.description).toContain('FID∞ of each setting');
    expect(trusted.svg).not.toContain('as the bias of FIDₙ does');
  });
});

describe('the Pareto front', () => {
  const { svg } = named('pareto-1.svg');

  test('has dots in the order of diversity, of an area as their base images, and the front joined', () => {
    const dots = [...dotsOf(svg, '.dot'), ...dotsOf(svg, '.hollow')];
    expect(dots).toHaveLength(6);
    const vendi = ({ hover }: { hover: string }) => Number(/Vendi ([\d.]+)/.exec(hover)![1]);
    const fid = ({ hover }: { hover: string }) => Number(/: ([\d.]+)/.exec(hover)![1]);
    for (const [i, a] of dots.entries())
      for (const b of dots.slice(i + 1)) {
        expect(Math.sign(a.x - b.x)).toBe(Math.sign(vendi(a) - vendi(b)) + 0);
        expect(Math.sign(a.y - b.y)).toBe(Math.sign(fid(b) - fid(a)) + 0);
      }
    const bases = ({ hover }: { hover: string }) => Number(/base images (\d+)/.exec(hover)![1]);
    for (const dot of dots) expect(dot.r ** 2 / bases(dot)).toBeCloseTo(9, 0);
    const front = dotsOf(svg, '.tied.dot').sort((a, b) => a.x - b.x);
    expect(front.map(({ hover }) => hover.split(':')[0])).toEqual(['MixUp 2', 'MixUp 4 (weights=equal)']);
    // The cheaper of the two is beaten in what the plot shows: nothing is joined.
    expect(pathsOf(svg, '.front')).toEqual([]);
    const pareto = ['mixup:2', 'mixup:3', 'mixup:4?weights=equal'];
    const columns = RACED.columns.map((column) => ({ ...column, pareto }));
    const more = named('pareto-1.svg', [...plotsOf(RECORD, { ...RACED, columns })]).svg;
    const joined = dotsOf(more, '.tied.dot').filter(({ hover }) => !hover.startsWith('MixUp 2'));
    expect(pathsOf(more, '.front')).toEqual([joined.sort((a, b) => a.x - b.x).map(({ x, y }) => [x, y])]);
  });

  test('marks the recommended one', () => {
    const [ring] = dotsOf(svg, '.ring');
    const [dot] = dotsOf(svg, '.dot').filter(({ hover }) => hover.startsWith('MixUp 4'));
    expect([ring!.x, ring!.y]).toEqual([dot!.x, dot!.y]);
    expect(textsOf(svg, '.bold').map(({ text }) => text)).toEqual(['MixUp 4 (weights=equal)']);
  });
});
