import { describe, expect, test } from 'vitest';
import { literal, markdownTable, renderMarkdown } from '../../src/report/markdown.js';
import type { Results } from '../../src/report/results.js';
import type { RunRecord } from '../../src/store/record.js';
import { REPORT, STRIPS } from './golden-report.js';
import { PLAIN_RECORD, plainResults, RECORD, RESULTS, TIMING } from './made-up.js';
import { BEST, CELLS, COLUMNS, GAIN, ROWS } from './paper.js';

/** The cells of a markdown row, its escapes undone; a `|` that is escaped ends no cell. */
const split = (line: string) =>
  line
    .replace(/^\| | \|$/g, '')
    .split(/(?<!\\) \| /)
    .map((cell) => cell.replace(/\\(.)/g, '$1'));

describe("the paper's Table 1", () => {
  const [head, rule, ...rows] = markdownTable(CELLS, COLUMNS).split('\n');

  test('with the best of each column bold and Maximum gain last', () => {
    expect(split(head!)).toEqual(['Method', 'N', ...COLUMNS]);
    expect(split(rule!)).toEqual(['---', ...Array.from({ length: 7 }, () => '---:')]);
    const bold = ROWS.map(([method, n, ...fid]) => [
      method,
      n,
      ...fid.map((text, i) => (text === BEST[i] ? `**${text}**` : text)),
    ]);
    expect(rows.slice(0, -1).map(split)).toEqual(bold);
    expect(split(rows.at(-1)!)).toEqual(['Maximum gain', '', ...GAIN]);
  });

  test('as text', () => {
    expect(rows[0]).toBe('| None | 1 | 33.92 | **0.00** | 37.74 | 52.85 | 46.09 | 41.00 |');
    expect(rows.at(-1)).toBe('| Maximum gain |  | 1.22 | -5.44 | 0.77 | 8.08 | 2.01 | 5.97 |');
  });
});

describe('a hostile name is literal text', () => {
  test.each([
    ['<script>alert(1)</script>', '&lt;script&gt;alert\\(1\\)&lt;/script&gt;'],
    ['a|b', 'a\\|b'],
    ['a\\|b', 'a\\\\\\|b'],
    ['*bold* _it_ ~~s~~ `code`', '\\*bold\\* \\_it\\_ \\~\\~s\\~\\~ \\`code\\`'],
    ['![x](https://e.example)', '\\!\\[x\\]\\(https\\://e.example\\)'],
    ['https://e.example', 'https\\://e.example'],
    ['www.e.example', 'www\\.e.example'],
    ['&lt;', '&amp;lt;'],
    ['$x^2$', '\\$x^2\\$'],
    ['\u001b[31mred\u001b[0m', ' \\[31mred \\[0m'],
    ['two\r\nlines\0\u009b', 'two  lines  '],
    ['Éclair 画像', 'Éclair 画像'],
  ])('%j', (name, expected) => {
    expect(literal(name)).toBe(expected);
  });

  test('in a table it makes no column and no line', () => {
    const name = 'a | b\n| c | <b>';
    const cells = CELLS.filter(({ dataset }) => dataset === 's21k').map((cell) => ({ ...cell, dataset: name }));
    const lines = markdownTable(cells, [name]).split('\n');
    expect(lines).toHaveLength(2 + ROWS.length + 1);
    for (const line of lines) expect(split(line)).toHaveLength(3);
    expect(lines[0]).not.toContain('<b>');
  });
});

const md = (record: RunRecord, results: Results) =>
  renderMarkdown({ record, results, setAside: [], plots: [], strips: [] });

describe('the report of a run without errors', () => {
  const text = renderMarkdown({
    record: PLAIN_RECORD,
    results: plainResults(10),
    timing: TIMING,
    setAside: [],
    plots: [],
    strips: [],
  });

  test('has table, ranking and how it was made', () => {
    expect(text).toContain(markdownTable(plainResults(10).cells, ['Programs', 'Photos']));
    expect(text).toContain('| 1 | None | 0.00 | 10 |\n| 2 | MixUp 2 | 1.00 | 10 |');
    expect(text).toContain('| 5 | CutMix 2 \\(alpha=0.5\\) | 14.00 | 10 |');
    const { extractor, reference } = RECORD;
    const made = [
      extractor.sha256,
      reference.sha256,
      'slim, tap mixed7, 3 dimensions',
      'photos.npz, 2389 images, native',
      'llvmpipe (vulkan)',
    ];
    const facts = [
      '| Strategy | grid, α = 0.05 |',
      '| Seed | 7 |',
      '| Images a setting | 10 |',
      '| Resolution | 64 × 64 |',
      '| Kept | features |',
      '| Started | 2026-01-02T03:04:05.000Z |',
      '| Time | 61 s |',
      '| Base images made | 9090 |',
    ];
    for (const part of [...made, ...facts, 'programs (60 programs', './photos (9 images', 'fidsweep 0.3.0'])
      expect(text).toContain(part);
    expect(text).toContain('> These numbers are comparable only with each other.');
  });

  test('calls nothing tied or separated, and has no section of what was not done', () => {
    expect(text).toContain('> There are no standard errors: ranks are in the order of the values, and settings');
    expect(text).toContain('without errors it is not known which settings are separated from it');
    expect(text).toContain('Ranks are in the order of FIDₙ: without errors it is not known which settings are apart.');
    expect(text).not.toMatch(
      /race|folder of|paired|interval|Confirmation|Vendi|95%|ended early|biased|Set aside|Reference:|parentheses/,
    );
  });

  test('says nothing of time where none is known', () => {
    expect(md(PLAIN_RECORD, plainResults(10))).not.toMatch(/Started|Time|Base images made|Diversity/);
  });

  test('says when the sweep was ended early, when images are few, and what the reference’s maker wants said', () => {
    const reference = { ...RECORD.reference, warnings: ['odd <reference>'], note: 'a stand-in' };
    const few = md({ ...PLAIN_RECORD, reference }, plainResults(4));
    expect(few).toContain('The sweep was ended early: 4 of 10 images a setting.');
    expect(few).toContain('biased upwards when images are few, here 4 for features of 3 dimensions');
    expect(few).toContain('> odd &lt;reference&gt;');
    expect(few).toContain('> Reference: a stand-in');
    const strategy = { ...PLAIN_RECORD.strategy, budget: 1234, seconds: 1800 };
    expect(md({ ...PLAIN_RECORD, strategy }, plainResults(4))).toContain(
      'ended early: 4 of 10 images a setting; its budget was 1,234 images and 1,800 s.',
    );
  });

  test('says why there are no errors where only moments are kept', () => {
    expect(md({ ...PLAIN_RECORD, keep: 'moments' }, plainResults(10))).toContain(
      '> Only the moments of the features were kept: there are no standard errors',
    );
  });
});

describe('the report of a race', () => {
  const text = renderMarkdown(REPORT);
  const lines = text.split('\n');

  test('puts what was dropped in parentheses, and says why it is not to be compared', () => {
    expect(lines).toContain('| None | 1 | (5.31 at 256) | **2.00** |');
    expect(lines).toContain('| CutMix \\(alpha=0.5\\) | 2 | (3.90 at 1,024) | 2.80 |');
    expect(text).toContain('FID at fewer images is biased upwards: it is not to be compared with its neighbours.');
    expect(text).toContain('The columns are not of as many images (Programs 1,024, Photos 2,048)');
    expect(text).not.toContain('ended early');
  });

  test('names the ties, what the race saved and the recommended setting', () => {
    expect(text).toContain('It shares rank 1 with MixUp 2 and MixUp 4 \\(weights=equal\\).');
    expect(text).toContain(
      "The race made 4,608 of the grid's 12,288 images, which saved 63%, and ended when all that were left were within 1% of the best, by the 95% interval of each.",
    );
    expect(text).toContain('**Recommended: MixUp 4 \\(weights=equal\\).** Of the 3 tied');
    expect(text).toContain('- Photos: None leads alone at 2,048 images');
  });

  test('says what the probability is of and over what', () => {
    expect(text).toContain('is to be at most 5%, over all settings, looks and data sets of the run;');
    const other = { ...RECORD, strategy: { ...RECORD.strategy, alpha: 0.005 } };
    expect(md(other, RESULTS)).toContain('is to be at most 0.5%, over all settings');
  });

  test('has the race look by look, and the evidence of each drop', () => {
    expect(lines).toContain('| 256 | 6 | MixUp 2 | 2 |');
    expect(lines).toContain('| 1,024 | 4 | MixUp 3 | 1 |');
    expect(lines).toContain('| 256 | None | MixUp 2 | FIDₙ | +1.400 | 0.040 | 0.276 (6.90 errors) |');
  });

  test('marks the Pareto set and has diversity and cost', () => {
    const row =
      '| 1 | MixUp 4 \\(weights=equal\\) | 3.30 | 24.00 | 0.740 | 256 | 4 | 10.5 | 24.7 | Pareto, **recommended** |';
    expect(lines).toContain(row);
  });

  test('says when the second feature space does not bear the leader out', () => {
    expect(text).toContain('Here MixUp 3 has rank 2, behind MixUp 2');
    expect(lines).toContain('| 1 | MixUp 2 | 40.20 | 0.31 |');
    const [first, ...rest] = RESULTS.columns;
    const agreeing = { ...first!, leader: 'mixup:2' };
    expect(md(RECORD, { ...RESULTS, columns: [agreeing, ...rest] })).toContain(
      'MixUp 2 leads alone here: the others, not separated from it before, are so now.',
    );
  });

  test.each<[string, readonly [string, number, number?][], string]>([
    ['one finalist', [['mixup:3', 1, 0.3]], 'MixUp 3 was measured alone: here it is compared with nothing.'],
    [
      'all alike',
      [
        ['mixup:2', 1, 0.3],
        ['mixup:3', 1, 0.3],
      ],
      'MixUp 3 could not be separated from MixUp 2 here either.',
    ],
    [
      'some alike',
      [
        ['mixup:2', 1, 0.3],
        ['mixup:3', 1, 0.3],
        ['mixup:4', 3, 0.3],
      ],
      'MixUp 3 shares rank 1 here with MixUp 2; the others are separated from the best of them.',
    ],
    [
      'behind two ranks',
      [
        ['mixup:2', 1, 0.3],
        ['mixup:3', 3, 0.3],
        ['mixup:4', 2, 0.3],
      ],
      'Here MixUp 3 has rank 3, behind MixUp 2 and MixUp 4:',
    ],
    [
      'no errors, first',
      [
        ['mixup:2', 2],
        ['mixup:3', 1],
      ],
      'Here MixUp 3 has the lowest FID; without errors it is not known',
    ],
    [
      'no errors, second',
      [
        ['mixup:2', 1],
        ['mixup:3', 2],
      ],
      'Here MixUp 3 comes after MixUp 2; without errors it is not known',
    ],
  ])('confirmed by %s', (_, found, text) => {
    const [first, ...rest] = RESULTS.columns;
    const cells = found.map(([setting, rank, standardError]) => ({
      setting,
      rank,
      fid: 40 + rank,
      ...(standardError !== undefined && { standardError }),
    }));
    const confirmed = { ...first!, confirmation: { ...first!.confirmation!, cells } };
    expect(md(RECORD, { ...RESULTS, columns: [confirmed, ...rest] })).toContain(text);
  });

  test('says how what was dropped ranks, what intervals are of, and how differences are paired', () => {
    const dropped = ['by when it was dropped (later is better)', 'at the level that it was dropped at'];
    for (const part of [...dropped, 'are joint', 'group by group']) expect(text).toContain(part);
    const cells = RESULTS.cells.map((cell) => ({ ...cell, status: 'measured' as const }));
    for (const part of dropped) expect(md(RECORD, { ...RESULTS, cells })).not.toContain(part);
    const columns = RESULTS.columns.map((column) => ({ ...column, by: 'fid' as const }));
    expect(md(RECORD, { ...RESULTS, columns })).toContain(
      'Settings are ordered by FIDₙ, as FID∞ cannot be trusted at so few images; two are told apart only where FIDₙ and FID∞ both say so',
    );
    expect(md(RECORD, { ...RESULTS, columns })).toContain('| 1 | MixUp 2 | 3.52 | 22.00 |');
  });

  test('says below how many images nothing is told apart, of which data set, and nowhere else', () => {
    const [first, second] = RESULTS.columns as [Results['columns'][0], Results['columns'][0]];
    const note = 'Below 1,500 images no two settings are told apart, whatever their difference';
    const some = md(RECORD, {
      ...RESULTS,
      columns: [
        { ...first, least: 1500 },
        { ...second, least: 1500 },
      ],
    });
    expect(some).toContain(`> Programs: ${note}`);
    expect(some).not.toContain('Photos: Below');
    expect(some).toContain('Below 1,500 images nothing is dropped.');
    const all = md(RECORD, { ...RESULTS, columns: [{ ...first, least: 1500 }] });
    expect(all).toContain(`> ${note}`);
    expect(text).not.toContain('whatever their difference');
  });

  test('says of a folder what its unmixed rows are, and of what is no folder nothing', () => {
    expect(text).toContain('> Photos is a folder of 9 images, each of which comes once before one comes again');
    expect(text.match(/is a folder of/g)).toHaveLength(1);
    const raced = RECORD.datasets.map((one) => ({ ...one, identity: { kind: 'folder', images: 1 } }));
    const folder = md({ ...RECORD, datasets: raced }, RESULTS);
    expect(folder).toContain('> Programs is a folder of 1 image, each');
    expect(folder).toContain('what may be left of bias, which is not in the table');
  });

  test('says where the lowest FIDₙ, in bold, is not that of the leader', () => {
    const [first, ...rest] = RESULTS.columns;
    const other = md(RECORD, { ...RESULTS, columns: [{ ...first!, leader: 'mixup:2' }, ...rest] });
    expect(other).toContain('the lowest of each column is bold, which need not be the leader.');
    expect(other).toContain('The lowest FIDₙ in the table is that of MixUp 3; MixUp 2 leads by FID∞');
    expect(text).toContain('the lowest of each column is bold. Maximum');
  });

  test('says which half of the reference chose and which is reported', () => {
    const selection = { source: 'photos.npz', count: 1195, sha256: '9a'.repeat(32), warnings: [] };
    const split = md({ ...RECORD, selection }, RESULTS);
    expect(split).toContain('One half chose (1,195 images, SHA-256 9a9a9a9a9a9a…)');
    expect(split).toContain('are to the other half (2,389 images, SHA-256 787878787878…)');
    expect(split).toContain('lowest FID∞ at 1,024 images, by the half of the reference that chooses.');
    expect(split).toContain('| Half that chooses | photos.npz, 1195 images |');
    expect(text).not.toMatch(/half/i);
  });

  test('says that a race was stopped, and that what it dropped was completed', () => {
    const [{ race, ...first }, ...rest] = RESULTS.columns as [Results['columns'][0], ...Results['columns']];
    const { ended: _, ...stopped } = race!;
    const cut = md(RECORD, { ...RESULTS, columns: [{ ...first, race: stopped }, ...rest] });
    expect(cut).toContain('12,288 images; it was stopped before its end.');
    expect(cut).toContain('The sweep was ended early: 1,024 of 2,048 images a setting.');
    const cells = RESULTS.cells.map((cell) => ({ ...cell, images: 2048, status: 'measured' as const }));
    expect(md(RECORD, { ...RESULTS, cells })).toContain(
      '12,288 images and ended when all that were left were within 1% of the best, by the 95% interval of each. All settings were measured on 2,048 images after it.',
    );
  });

  test('links the picture of each data set', () => {
    const links = [
      '![The n plot. Dots, and bars over \\[95%\\] intervals.](n.svg)',
      '![The n plot of Programs. Dots, and bars over \\[95%\\] intervals.](n-1.svg)',
      '![FID of each setting of Programs, with its interval](fid-1.svg)',
      '![FID of each setting of Photos, with its interval](fid-2.svg)',
      '![The pareto plot of Programs. Dots, and bars over \\[95%\\] intervals.](pareto-1.svg)',
      '![The pareto plot of Photos. Dots, and bars over \\[95%\\] intervals.](pareto-2.svg)',
      '![The race plot of Programs. Dots, and bars over \\[95%\\] intervals.](race-1.svg)',
    ];
    expect(lines.filter((line) => line.startsWith('!['))).toEqual(links);
    const without = renderMarkdown({ ...REPORT, plots: [], strips: [] });
    expect(without).not.toMatch(/!\[|## (FID against N|Samples)/);
    // Nothing else depends on them.
    expect(text.split('\n').filter((line) => !without.includes(line) && !links.includes(line))).toEqual([
      '## FID against N',
      '## Samples',
      expect.stringContaining('influence ψ'),
      ...Array.from({ length: 2 + STRIPS.length }, () => expect.stringMatching(/^\| (Setting|---|MixUp 3|None) \|/)),
    ]);
  });

  test('has strips in the order of the ranking, the first outputs before those that pull the FID', () => {
    const rows = lines.filter((line) => line.includes('pictures/'));
    expect(rows).toEqual([
      '| MixUp 3 | the first | ![The first 3 outputs of MixUp 3 on Programs](pictures/1-0123456789abcdef-first.webp) | 0, 7, 1,023 |',
      '| MixUp 3 | pull the FID up most | ![The 3 outputs of MixUp 3 on Programs that pull the FID up most](pictures/1-0123456789abcdef-raising.webp) | 0 (+12.35), 7 (+6.00), 1,023 (+0.50) |',
      '| MixUp 3 | pull the FID down most | ![The 3 outputs of MixUp 3 on Programs that pull the FID down most](pictures/1-0123456789abcdef-lowering.webp) | 0 (-3.21), 7 (-2.00), 1,023 (-1.50) |',
      '| None | the first | ![The first 3 outputs of None on Programs](pictures/1-0123456789abcdef-first.webp) | 0, 7, 1,023 |',
    ]);
  });

  test('marks the ties of the best rank, and says what the mark is', () => {
    expect(lines).toContain('| MixUp | 2 | 3.52† | 2.20 |');
    expect(lines).toContain('| MixUp | 3 | **3.48**† | 2.40 |');
    expect(text.match(/\d\**†/g)).toHaveLength(3);
    expect(text).toContain('† shares rank 1: the leader of its column, or not separated from it.');
    const columns = RESULTS.columns.map((column) => ({ ...column, tied: [column.leader] }));
    expect(md(RECORD, { ...RESULTS, columns })).not.toContain('†');
  });

  test('has the interval of every FID in the table where it is asked for, and only there', () => {
    const ci = renderMarkdown(REPORT, { ci: true }).split('\n');
    expect(ci).toContain('| None | 1 | (5.31 at 256 [5.190 … 5.430]) | **2.00** [1.880 … 2.120] |');
    expect(ci).toContain('| MixUp | 3 | **3.48**† [3.360 … 3.600] | 2.40 [2.280 … 2.520] |');
    expect(ci.filter((line) => !lines.includes(line))).toHaveLength(7);
    expect(text).not.toMatch(/In brackets|\[3\.360/);
    const plain = { record: PLAIN_RECORD, results: plainResults(10), setAside: [], plots: [], strips: [] };
    expect(renderMarkdown(plain, { ci: true })).toBe(renderMarkdown(plain));
  });

  test('tells nothing of the flags', () => {
    expect(text).not.toMatch(/somebody|secret/);
  });
});

test('names what was set aside, as literal text', () => {
  const setAside = [{ dataset: 'Programs', id: '<img>', why: "loop:3: 'x' : undeclared | identifier\n# heading" }];
  const report = { record: PLAIN_RECORD, results: plainResults(10), setAside, plots: [], strips: [] };
  const lines = renderMarkdown(report).split('\n');
  expect(lines).toContain('## Set aside');
  expect(lines).toContain('1 program or image could not be used, and another took its place:');
  expect(lines).toContain("- Programs, &lt;img&gt;: loop:3: 'x' : undeclared \\| identifier \\# heading");
});
