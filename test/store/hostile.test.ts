import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect, test } from 'vitest';
import { UserError } from '../../src/core/errors.js';
import { canonical } from '../../src/store/canonical.js';
import { faultOfOldRecord, faultOfRecord } from '../../src/store/record-fault.js';
import { openRun, Run } from '../../src/store/run.js';
import { runIdentity } from '../../src/store/run-json.js';
import { type Row, rowWriter, type TableName } from '../../src/store/tables.js';
import { temporaryFolder } from '../temporary.js';
import { RECORD, REFERENCE, sha256 } from './records.js';
import { closing, copied, expectTrue, filled, NONE } from './runs.js';

const WHOLE = { schema: 2, ...RECORD };
const { strategy, extractor, reference, datasets, device } = RECORD;
const OLD = JSON.parse(readFileSync(join(import.meta.dirname, '..', 'fixtures', 'run-0.2', 'run.json'), 'utf8'));

/** JSON of a record with the hash that proves it whole. */
const proven = (record: object): string => JSON.stringify({ ...record, sha256: sha256(canonical(record)) });

/** Fields of a record, each as it cannot be. */
const BAD: readonly (readonly [field: string, value: unknown])[] = [
  ['tool', 3],
  ['datasets', []],
  ['datasets', {}],
  ['datasets', [null]],
  ['datasets', [{ name: 'p' }]],
  ['datasets', [{ ...datasets[0], identity: null }]],
  ['datasets', [{ ...datasets[0], identity: { kind: ['programs'] } }]],
  ['datasets', [{ ...datasets[0], fit: undefined }]],
  ['datasets', [datasets[0], datasets[0]]],
  ['settings', []],
  ['settings', ['none', 2]],
  ['settings', ['none', 'none']],
  ['settings', 'none'],
  ['images', 0],
  ['images', 2.5],
  ['images', '10'],
  ['images', 2 ** 53],
  ['resolution', -64],
  ['resolution', 2 ** 20],
  ['seed', -1],
  ['seed', 0.5],
  ['recipeVersion', 'one'],
  ['extractor', undefined],
  ['extractor', { ...extractor, dims: 0 }],
  ['extractor', { ...extractor, preprocessing: 1 }],
  ['comparable', undefined],
  ['reference', { ...reference, warnings: 'none' }],
  ['reference', { ...reference, warnings: undefined }],
  ['reference', { ...reference, count: -3 }],
  ['selection', { sha256: 'half' }],
  ['selection', null],
  ['block', 0],
  ['strategy', undefined],
  ['strategy', { ...strategy, kind: 'best' }],
  ['strategy', { ...strategy, alpha: 1 }],
  ['strategy', { ...strategy, tolerance: -0.1 }],
  ['strategy', { ...strategy, complete: 'no' }],
  ['strategy', { ...strategy, budget: 'all' }],
  ['strategy', { ...strategy, seconds: 0 }],
  ['strategy', { ...strategy, trials: 1.5 }],
  ['keep', 'everything'],
  ['versions', { gl: 9 }],
  ['versions', undefined],
  ['device', undefined],
  ['device', { ...device, renderer: null }],
  ['flags', undefined],
  ['flags', []],
];

describe('a record', () => {
  test('is one as it is written, with every field that may be there', () => {
    expect(faultOfRecord(WHOLE)).toBeUndefined();
    const more = { trials: 5, budget: 1000, seconds: 1.5 };
    expect(faultOfRecord({ ...WHOLE, selection: reference, strategy: { ...strategy, ...more } })).toBeUndefined();
    expect(faultOfOldRecord(OLD)).toBeUndefined();
    for (const value of [null, 3, [], 'x']) expect(faultOfRecord(value)).toBe('it is no object');
  });

  test.each(BAD)('%s: not %j', (field, value) => {
    expect(faultOfRecord({ ...WHOLE, [field]: value })).toContain(`"${field}"`);
    const old = ['strategy', 'keep', 'flags'].includes(field) ? WHOLE : { ...WHOLE, ...OLD };
    if (old !== WHOLE) expect(faultOfOldRecord({ ...OLD, [field]: value })).toContain(`"${field}"`);
  });

  test('of 0.2 has nothing that there was not', () => {
    for (const [field, value] of [
      ['strategy', strategy],
      ['selection', reference],
      ['setAside', [{ id: 'x' }]],
      ['seconds', 'long'],
      ['started', 5],
    ] as const)
      expect(faultOfOldRecord({ ...OLD, [field]: value })).toContain(`"${field}"`);
  });

  test('nested deeper than the stack is none', () => {
    const text = JSON.stringify(WHOLE).replace('"flags":{', `"flags":{"x":${'['.repeat(20_000)}${']'.repeat(20_000)},`);
    expect(faultOfRecord(JSON.parse(text))).toBe('it has no JSON');
    const folder = copied();
    writeFileSync(join(folder, 'run.json'), text.replace('{', `{"sha256":"${sha256('')}",`));
    expect(openRun(folder).record).toEqual(WHOLE);
  });

  test('that is none is not written: a mistake', () => {
    const folder = join(temporaryFolder(), 'run');
    expect(() => Run.create(folder, { ...RECORD, images: 0 }, { reference: REFERENCE })).toThrow(/record .*"images"/);
    const run = filled(folder);
    expect(() => run.extend({ settings: [NONE, NONE] })).toThrow(/record .*"settings"/);
    expect(run.record).toEqual(WHOLE);
  });

  test('of another device or selection is that of another run', () => {
    const record = { ...WHOLE, schema: 2 as const };
    const ids = [
      record,
      { ...record, device: { ...device, renderer: 'other' } },
      { ...record, selection: reference },
      { ...record, seed: 8 },
    ].map(runIdentity);
    expect(new Set(ids).size).toBe(4);
    const grown = { ...record, images: 20, settings: [NONE], strategy: { ...strategy, alpha: 0.1 }, flags: {} };
    expect(runIdentity(grown)).toBe(ids[0]);
  });
});

describe('a run.json that proves to be whole and is no record', () => {
  test('is read from its copy in the database, as a damaged one is', () => {
    const folder = copied();
    const path = join(folder, 'run.json');
    for (const field of ['strategy', 'flags', 'device', 'datasets'] as const) {
      const { [field]: _, ...rest } = WHOLE;
      writeFileSync(path, proven(rest));
      const reader = openRun(folder);
      expect(reader.record).toEqual(WHOLE);
      expect(reader.notes?.join()).toContain(`run.json: its field "${field}" is missing`);
      expect(Run.check(folder)).toBe('run');
      const run = Run.open(folder);
      expect([run.record, run.notes.length]).toEqual([WHOLE, 1]);
      run.close();
    }
  });

  test('with no copy, or one that is none either: refused, and the file is named', () => {
    for (const other of [false, true]) {
      const folder = copied();
      const { device: _, ...rest } = WHOLE;
      writeFileSync(join(folder, 'run.json'), proven(rest));
      if (other) put(folder, 'meta', { key: 'record', value: JSON.stringify(rest) });
      else rmSync(join(folder, 'run.sqlite'));
      for (const open of [() => openRun(folder), () => Run.open(folder), () => Run.check(folder)]) {
        expect(open).toThrow(UserError);
        expect(open).toThrow(/run\.json: its field "device" is missing.*run\.sqlite holds no copy/);
      }
    }
  });

  test('of schema 1: refused, and the file is named', () => {
    const folder = temporaryFolder();
    const { device: _, ...rest } = OLD;
    writeFileSync(join(folder, 'run.json'), JSON.stringify(rest));
    expect(() => openRun(folder)).toThrow(UserError);
    expect(() => openRun(folder)).toThrow(/run\.json: its field "device" is missing/);
  });
});

/** Puts a row down with the hash that proves it whole. */
function put(folder: string, table: TableName, row: Row): void {
  const database = new Database(join(folder, 'run.sqlite'));
  rowWriter(database, table).put(row);
  database.close();
}

describe('a row of the database that proves to be whole and is not what it must be', () => {
  const slice = { dataset: 0, setting: NONE, block: 0, outputs: 4, file: 'features/0/block-00000.npy', start: 128 };
  const moments = { dataset: 1, setting: NONE, blocks: 2, images: 8, file: `moments/1/${'0'.repeat(16)}-00002.npz` };
  const place = { dataset: 0, block: 0, part: 0, position: 0 };
  const cell = { baseMs: 1, bases: 1, mixMs: 1, outputs: 1 };

  test.each<readonly [TableName, Row]>([
    ['set_aside', { ...place, entry: '{"dataset":"Programs","id":3,"why":"x"}' }],
    ['set_aside', { ...place, entry: 'null' }],
    ['set_aside', { ...place, entry: '{' }],
    ['set_aside', { ...place, part: -1, entry: '{"dataset":"Programs","id":"x","why":"x"}' }],
    ['timing', { dataset: -1, setting: '', value: '{"seconds":"long"}' }],
    ['timing', { dataset: -1, setting: '', value: 'null' }],
    ['timing', { dataset: 0, setting: NONE, value: '{}' }],
    ['timing', { dataset: 0, setting: NONE, value: JSON.stringify({ ...cell, dataset: 1, setting: NONE }) }],
    [
      'timing',
      { dataset: 0, setting: NONE, value: JSON.stringify({ ...cell, dataset: 0, setting: NONE, bases: null }) },
    ],
    ['results', { key: 'scores', value: '{"fid":' }],
    ['slices', { ...slice, outputs: 5, sha256: 'x' }],
    ['slices', { ...slice, start: -4, sha256: 'x' }],
    ['slices', { ...slice, block: -1, sha256: 'x' }],
    ['moments', { ...moments, images: 0, sha256: 'x' }],
    ['moments', { ...moments, blocks: -2, sha256: 'x' }],
    ['meta', { key: 'record', value: '{"schema":2}' }],
  ])('of %s: %j', async (table, row) => {
    const folder = copied();
    put(folder, table, row);
    const reader = openRun(folder);
    expect(reader.notes?.join()).toMatch(/run\.sqlite cannot be relied on/);
    expect(expectTrue(reader)).toBe(60);
    const run = closing(Run.open(folder));
    expect(run.notes).toEqual([expect.stringMatching(/^run\.sqlite was damaged: /)]);
    expect([expectTrue(run), await run.verify(), run.setAside.length]).toEqual([60, 0, 4]);
  });
});
