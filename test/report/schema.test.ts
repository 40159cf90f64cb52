import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, test } from 'vitest';
import { type ReportDocument, renderJson, reportDocument } from '../../src/report/document.js';
import { plainResults, RECORD, RESULTS, SET_ASIDE } from './made-up.js';

const ROOT = join(import.meta.dirname, '..', '..');
const read = (path: string) => JSON.parse(readFileSync(path, 'utf8'));

const schema = read(join(ROOT, 'docs', 'report.schema.json'));
const validate = new Ajv2020({ strict: true, allowUnionTypes: true, allErrors: true }).compile(schema);

/** What a document is refused for; nothing when it is valid. */
function faults(document: unknown): string[] {
  validate(document);
  return (validate.errors ?? []).map(({ instancePath, keyword, params }) =>
    [instancePath, keyword, params.additionalProperty ?? params.missingProperty ?? ''].join(' ').trim(),
  );
}

/** As it is read from a file, to be changed. */
const copy = (document: object) => JSON.parse(renderJson(document));

const FULL: ReportDocument = reportDocument(RECORD, RESULTS, SET_ASIDE);

/** The run with everything that a document may hold. */
function whole(): ReportDocument {
  const { reference, strategy } = RECORD;
  const record = {
    ...RECORD,
    selection: { ...reference, note: 'a stand-in', warnings: ['odd'] },
    strategy: { ...strategy, trials: 5, budget: 1000, seconds: 60 },
  };
  const columns = RESULTS.columns.map((column) => ({
    ...column,
    least: 12.5,
    ...(column.race && {
      race: {
        ...column.race,
        looks: column.race.looks.map((look) => ({
          ...look,
          standings: look.alive.map((setting) => ({
            setting,
            fid: 3,
            standardError: 0.1,
            interval: [2.8, 3.2] as const,
            unbiased: { value: 2.5, trusted: false },
          })),
        })),
      },
    }),
  }));
  return reportDocument(record, { ...RESULTS, columns }, SET_ASIDE);
}

describe('the published schema takes', () => {
  test.each<[string, object]>([
    ['a race with all that can be known', FULL],
    ['every field there is', whole()],
    ['a run of nothing but FIDs', reportDocument(RECORD, plainResults(10), [])],
    ['a run without any cell', reportDocument(RECORD, { cells: [], columns: [] }, [])],
  ])('%s', (_, document) => {
    expect(faults(copy(document))).toEqual([]);
  });

  const reports = readdirSync(join(ROOT, 'reports'), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('report.json'))
    .map((path) => join('reports', path));

  test('reports of this repository, of which there are some', () => {
    expect(reports.length).toBeGreaterThan(2);
  });

  test.each(reports)('%s', (path) => {
    expect(faults(read(join(ROOT, path)))).toEqual([]);
  });

  test('the golden report', () => {
    expect(faults(read(join(import.meta.dirname, 'golden', 'report.json.txt')))).toEqual([]);
  });
});

describe('the published schema refuses', () => {
  // biome-ignore lint/suspicious/noExplicitAny: what is written into is a document that is to be wrong.
  test.each<[string, (document: any) => void, string]>([
    ['another version', (one) => (one.schema = 3), '/schema const'],
    ['an unknown field', (one) => (one.date = 'today'), 'additionalProperties date'],
    ['an unknown field of a cell', (one) => (one.cells[0].Fid = 1), '/cells/0 additionalProperties Fid'],
    ['a cell without FID', (one) => delete one.cells[2].fid, '/cells/2 required fid'],
    ['a FID as text', (one) => (one.cells[0].fid = '3.5'), '/cells/0/fid type'],
    ['a FID that is null', (one) => (one.cells[0].fid = null), '/cells/0/fid type'],
    ['half an interval', (one) => one.cells[0].interval.pop(), '/cells/0/interval minItems'],
    ['an interval of three', (one) => one.cells[0].interval.push(1), '/cells/0/interval items'],
    ['an unknown status', (one) => (one.cells[0].status = 'lost'), '/cells/0/status enum'],
    ['a rank of 0', (one) => (one.cells[0].rank = 0), '/cells/0/rank minimum'],
    ['a negative error', (one) => (one.cells[0].standardError = -1), '/cells/0/standardError minimum'],
    ['a setting that is none', (one) => (one.cells[0].setting = 'mixup:0'), '/cells/0/setting pattern'],
    ['a race that ended otherwise', (one) => (one.columns[0].race.ended = 'x'), '/columns/0/race/ended enum'],
    ['the flags, which may hold paths', (one) => (one.made.flags = {}), '/made additionalProperties flags'],
    ['a hash that is none', (one) => (one.made.extractor.sha256 = 'x'), '/made/extractor/sha256 pattern'],
    ['a number of images that is none', (one) => (one.made.images = 1.5), '/made/images type'],
  ])('%s', (_, change, fault) => {
    const document = copy(FULL);
    change(document);
    expect(faults(document)).toContain(fault);
  });

  test('a field that is not known, wherever it stands', () => {
    const document = copy(whole());
    let objects = 0;
    const visit = (value: unknown, path: string) => {
      if (Array.isArray(value)) for (const [i, one] of value.entries()) visit(one, `${path}/${i}`);
      else if (typeof value === 'object' && value !== null) {
        objects++;
        const own = value as Record<string, unknown>;
        if (!/(identity|versions)$/.test(path)) {
          own.surplus = 1;
          expect(faults(document)).toContain(`${path} additionalProperties surplus`.trim());
          delete own.surplus;
        }
        for (const key of Object.keys(own)) visit(own[key], `${path}/${key}`);
      }
    };
    visit(document, '');
    expect(objects).toBeGreaterThan(30);
  });
});

test('the package gives the schema out', () => {
  const { exports, files } = read(join(ROOT, 'package.json'));
  expect(existsSync(join(ROOT, exports['./report.schema.json']))).toBe(true);
  expect(files).toContain('docs');
});
