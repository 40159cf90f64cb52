import {
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect, onTestFinished, test } from 'vitest';
import { UserError } from '../../src/core/errors.js';
import { openRun, Run } from '../../src/store/run.js';
import { temporaryFolder } from '../temporary.js';
import { RECORD, turned } from './records.js';
import { CUTMIX, closing, copied, expectTrue, filled, MIXUP, NONE, started, writeBlock } from './runs.js';

/** Images of all cells of a filled run. */
const ALL = 60;
const SET_ASIDE = ['Programs: loop', 'Programs: slow', 'Photos: loop', 'Photos: slow'];

/** A folder in memory where there is one: hundreds of runs are opened in it, and each waits for the disk. */
function quickFolder(): string {
  if (!existsSync('/dev/shm')) return temporaryFolder();
  const folder = mkdtempSync('/dev/shm/fidsweep ');
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** One whose process was killed: the database's log lies beside it. */
function killed(folder: string): string {
  const first = join(temporaryFolder(), 'run');
  filled(first);
  cpSync(first, folder, { recursive: true });
  rmSync(join(folder, 'run.sqlite-shm'));
  return folder;
}

/** Makes what a run has not: the whole of it is there then. */
async function complete(run: Run): Promise<void> {
  for (const dataset of [0, 1]) {
    for (const block of [0, 1, 2]) {
      const settings = RECORD.settings.filter((setting) => !run.has(dataset, setting, block));
      if (settings.length) writeBlock(run, dataset, block, { settings, setAside: block === 1 ? ['loop', 'slow'] : [] });
    }
  }
  expect(expectTrue(run)).toBe(ALL);
  expect(run.setAside.map(({ dataset, id }) => `${dataset}: ${id}`)).toEqual(SET_ASIDE);
  expect(await run.verify()).toBe(0);
}

/** Opens a run, verifies it and makes what was forgotten again; gives what it said and forgot. */
async function resume(folder: string): Promise<{ readonly notes: readonly string[]; readonly forgotten: number }> {
  const run = Run.open(folder);
  try {
    expect(run.record).toEqual({ schema: 2, ...RECORD });
    const forgotten = await run.verify();
    expectTrue(run);
    await complete(run);
    return { notes: run.notes, forgotten };
  } finally {
    run.close();
  }
}

const shardsOf = (folder: string, dataset: number) => readdirSync(join(folder, 'features', String(dataset))).sort();

describe('a bit turned', () => {
  test('in the database: nothing is wrong, nothing of the features is lost, and what is lost is told', () => {
    const folder = copied(join(quickFolder(), 'run'));
    const path = join(folder, 'run.sqlite');
    const whole = readFileSync(path);
    let repaired = 0;
    // The header, of which every byte means something else, and places in every page.
    const places = Array.from({ length: whole.length }, (_, at) => at).filter((at) => at < 108 || at % 257 === 0);
    for (const at of places) {
      for (const name of readdirSync(folder)) if (name.startsWith('run.sqlite')) rmSync(join(folder, name));
      writeFileSync(path, turned(whole, at));
      const reader = openRun(folder);
      expect(expectTrue(reader), `byte ${at}`).toBe(ALL);
      const run = Run.open(folder);
      try {
        expect(run.record).toEqual({ schema: 2, ...RECORD });
        expect(expectTrue(run), `byte ${at}`).toBe(ALL);
        expect(run.setAside.map(({ dataset, id }) => `${dataset}: ${id}`)).toEqual(SET_ASIDE);
        const kept = [run.result('scores'), run.timing()?.seconds, run.timing()?.cells[0]?.baseMs];
        expect(kept).toEqual(run.notes.length ? [undefined, undefined, undefined] : [{ fid: 0.1 + 0.2 }, 0.1, 0.3]);
        if (run.notes.length) repaired++;
      } finally {
        run.close();
      }
    }
    expect(repaired).toBeGreaterThan(50);
  });

  test('in the log of a killed process: what was put down last may be lost, nothing is wrong', async () => {
    const folder = killed(join(quickFolder(), 'run'));
    const source = copied();
    const files = ['run.sqlite', 'run.sqlite-wal'].map((name) => [name, readFileSync(join(folder, name))] as const);
    const [, log] = files[1]!;
    const kept = new Set<number>();
    for (let at = 7; at < log.length; at += 1499) {
      for (const name of readdirSync(folder)) if (name.startsWith('run.sqlite')) rmSync(join(folder, name));
      for (const [name, bytes] of files) writeFileSync(join(folder, name), bytes);
      writeFileSync(join(folder, 'run.sqlite-wal'), turned(log, at));
      // Those that the one before had no row for, and removed.
      for (const name of ['features', 'moments']) cpSync(join(source, name), join(folder, name), { recursive: true });
      const run = Run.open(folder);
      try {
        await run.verify();
        kept.add(expectTrue(run));
        expect([undefined, 0.1 + 0.2]).toContain((run.result('scores') as { fid: number } | undefined)?.fid);
      } finally {
        run.close();
      }
    }
    expect(kept.size).toBeGreaterThan(2);
  });

  test('in a shard: the slice is made again, or all of it, and nothing else', async () => {
    const folder = copied(join(quickFolder(), 'run'));
    const path = join(folder, 'features', '0', 'block-00001.npy');
    const whole = readFileSync(path);
    const counts = new Set<number>();
    for (let at = 0; at < whole.length; at += 13) {
      writeFileSync(path, turned(whole, at));
      const { notes, forgotten } = await resume(folder);
      expect(notes).toEqual([]);
      expect(forgotten, `byte ${at}`).toBeGreaterThan(0);
      counts.add(forgotten);
      rmSync(folder, { recursive: true });
      copied(folder);
    }
    expect([...counts].sort()).toEqual([1, 3]);
  });

  test('in the moments of a cell: they are forgotten, and the features behind them are made again', async () => {
    const folder = copied();
    const [name] = readdirSync(join(folder, 'moments', '1'));
    const path = join(folder, 'moments', '1', name!);
    const whole = readFileSync(path);
    for (const at of [0, 2, 3, 40, whole.length - 1]) {
      writeFileSync(path, turned(whole, at));
      const reader = openRun(folder);
      expect(() => reader.moments(1, MIXUP)).toThrow(UserError);
      expect(() => reader.moments(1, MIXUP)).toThrow(/moments\/1\/.* "fidsweep resume .*" makes it again/);
    }
    const run = closing(Run.open(folder));
    expect(await run.verify()).toBe(1);
    expect([0, 1, 2].map((block) => run.has(1, MIXUP, block))).toEqual([false, false, true]);
    expect(run.moments(1, MIXUP)).toBeUndefined();
    await complete(run);
  });

  test('in run.json: it is written again from its copy', () => {
    const folder = copied();
    const path = join(folder, 'run.json');
    const whole = readFileSync(path);
    let noted = 0;
    for (let at = 0; at < whole.length; at += 61) {
      writeFileSync(path, turned(whole, at));
      expect(openRun(folder).record).toEqual({ schema: 2, ...RECORD });
      expect(Run.check(folder)).toBe('run');
      const run = Run.open(folder);
      expect(run.record).toEqual({ schema: 2, ...RECORD });
      noted += run.notes.length;
      run.close();
      if (run.notes.length) expect(run.notes[0]).toMatch(/run\.json.*written again from its copy in run\.sqlite/);
      if (run.notes.length) expect(readFileSync(path).equals(whole)).toBe(true);
    }
    expect(noted).toBeGreaterThan(20);
  });

  test('in run.json, with no database: refused, and the file is named', () => {
    const folder = copied();
    const path = join(folder, 'run.json');
    const whole = readFileSync(path, 'utf8');
    rmSync(join(folder, 'run.sqlite'));
    for (const text of [whole.replace('"seed": 7', '"seed": 6'), whole.replace('{', '('), whole.slice(0, 90)]) {
      writeFileSync(path, text);
      for (const open of [() => openRun(folder), () => Run.open(folder), () => Run.check(folder)]) {
        expect(open).toThrow(UserError);
        expect(open).toThrow(`${path}: `);
      }
    }
    writeFileSync(path, whole.replace('"seed": 7', '"seed": 6'));
    expect(() => Run.open(folder)).toThrow(/does not match its SHA-256/);
  });

  test('in the reference: refused, and the file is named', () => {
    const folder = copied();
    const path = join(folder, 'reference.npz');
    writeFileSync(path, turned(readFileSync(path), 2));
    expect(() => openRun(folder).reference()).toThrow(UserError);
    expect(() => openRun(folder).reference()).toThrow(/reference\.npz is damaged: it does not match its SHA-256/);
    rmSync(path);
    expect(() => openRun(folder).reference()).toThrow(/reference\.npz: ENOENT/);
  });
});

describe('files that are gone', () => {
  test('a shard: what it held is made again', async () => {
    const folder = copied();
    rmSync(join(folder, 'features', '0', 'block-00001.npy'));
    const reader = openRun(folder);
    expect(() => reader.features(0, MIXUP).rows(0, 10)).toThrow(UserError);
    expect(() => reader.features(0, MIXUP).rows(0, 10)).toThrow(
      /block-00001\.npy is missing\. "fidsweep resume .*run" makes it again/,
    );
    expect(await resume(folder)).toEqual({ notes: [], forgotten: 3 });
  });

  test('a shard that is cut: the same, and a row of it is not given', async () => {
    const folder = copied();
    truncateSync(join(folder, 'features', '0', 'block-00002.npy'), 140);
    expect(() => openRun(folder).features(0, CUTMIX).rows(9, 10)).toThrow(/block-00002\.npy is cut off/);
    expect((await resume(folder)).forgotten).toBe(3);
  });

  test('one slice of a shard: the others of it are kept, and the next database knows', async () => {
    const folder = copied();
    const path = join(folder, 'features', '0', 'block-00001.npy');
    writeFileSync(path, turned(readFileSync(path), 128 + 48 + 5));
    expect(() => openRun(folder).features(0, MIXUP).rows(0, 10)).toThrow(/block-00001\.npy is damaged/);
    expect(openRun(folder).features(0, NONE).rows(0, 10)).toHaveLength(30);
    expect((await resume(folder)).forgotten).toBe(1);
    expect(shardsOf(folder, 0)).toEqual(['block-00000.npy', 'block-00001-1.npy', 'block-00001.npy', 'block-00002.npy']);
    // Both files hold that slice, one of them a broken one.
    rmSync(join(folder, 'run.sqlite'));
    expect(expectTrue(openRun(folder))).toBe(ALL);
    expect((await resume(folder)).forgotten).toBe(0);
  });

  test('the database: it is made again from the shards', async () => {
    const folder = copied();
    rmSync(join(folder, 'run.sqlite'));
    const reader = openRun(folder);
    expect(expectTrue(reader)).toBe(ALL);
    expect(reader.notes?.join()).toMatch(/run\.sqlite cannot be relied on: it is missing/);
    expect([reader.timing(), reader.result('scores')]).toEqual([undefined, undefined]);
    expect(existsSync(join(folder, 'run.sqlite'))).toBe(false);

    const { notes, forgotten } = await resume(folder);
    expect(notes).toEqual([expect.stringMatching(/^run\.sqlite was missing\. .* Times .* lost/)]);
    expect(forgotten).toBe(0);
    expect(await resume(folder)).toEqual({ notes: [], forgotten: 0 });
  });

  test('run.json: it is written again from its copy', async () => {
    const folder = copied();
    rmSync(join(folder, 'run.json'));
    expect(expectTrue(openRun(folder))).toBe(ALL);
    expect((await resume(folder)).notes).toEqual([expect.stringMatching(/run\.json was missing/)]);
    expect(existsSync(join(folder, 'run.json'))).toBe(true);
  });

  test('both: there is no run', () => {
    const folder = copied();
    for (const name of ['run.json', 'run.sqlite']) rmSync(join(folder, name));
    for (const open of [() => openRun(folder), () => Run.open(folder)]) expect(open).toThrow(/is no run folder/);
    expect(() => Run.check(folder)).toThrow(/is not empty and holds no run/);
  });
});

describe('a damaged database', () => {
  test('is kept beside the new one, each under a name of its own', async () => {
    const folder = copied();
    const path = join(folder, 'run.sqlite');
    for (const name of ['run.sqlite.damaged', 'run.sqlite.damaged-2', 'run.sqlite.damaged-3']) {
      writeFileSync(path, `not a database ${name}`);
      const { notes } = await resume(folder);
      expect(notes).toEqual([expect.stringMatching(/^run\.sqlite was damaged: /)]);
      expect(notes[0]).toContain(`it lies in ${join(folder, name)}.`);
      expect(readFileSync(join(folder, name), 'utf8')).toBe(`not a database ${name}`);
    }
  });

  test.each([
    ['empty', ''],
    ['cut off', undefined],
  ])('%s', async (_, text) => {
    const folder = copied();
    const path = join(folder, 'run.sqlite');
    if (text === undefined) truncateSync(path, 5000);
    else writeFileSync(path, text);
    expect(expectTrue(openRun(folder))).toBe(ALL);
    expect(await resume(folder)).toEqual({ notes: [expect.stringMatching(/was damaged/)], forgotten: 0 });
  });

  test.each([
    ['a value', "UPDATE slices SET outputs = 3 WHERE block = 0 AND dataset = 0 AND setting = 'none'"],
    ['a result', `UPDATE results SET value = '{"fid":0.25}'`],
    ['a file that leads out of the folder', "UPDATE slices SET file = '../../thesis.tex' WHERE block = 0"],
    ['a table more', 'CREATE TABLE more (a)'],
    ['a table less', 'DROP TABLE results'],
    ['no record', 'DELETE FROM meta'],
    ['another kind of database', 'PRAGMA application_id = 7'],
  ])('changed by hand: %s', async (_, sql) => {
    const folder = copied();
    const database = new Database(join(folder, 'run.sqlite'));
    database.exec(sql);
    database.close();
    expect(await resume(folder)).toEqual({ notes: [expect.stringMatching(/was damaged/)], forgotten: 0 });
  });

  test('of another run: not believed', async () => {
    const [folder, other] = [copied(), join(temporaryFolder(), 'other')];
    started({ seed: 8 }, other).close();
    cpSync(join(other, 'run.sqlite'), join(folder, 'run.sqlite'));
    expect(expectTrue(openRun(folder))).toBe(ALL);
    expect((await resume(folder)).notes[0]).toMatch(/it is that of another run/);
  });

  test('shards of another run are not taken for its own', async () => {
    const [folder, other] = [copied(), copied()];
    const run = closing(
      Run.create(other, { ...RECORD, seed: 8 }, { reference: Uint8Array.of(80, 75, 3, 4) }, { overwrite: true }),
    );
    run.close();
    cpSync(join(folder, 'features'), join(other, 'features'), { recursive: true });
    rmSync(join(other, 'run.sqlite'));
    const opened = closing(Run.open(other));
    expect(opened.images(0, NONE)).toBe(0);
    expect(await opened.verify()).toBe(0);
    expect(shardsOf(other, 0)).toEqual([]);
  });
});

describe('a process that was killed', () => {
  test('between the shard and the database: it does not count, and is made again in its place', () => {
    const folder = join(temporaryFolder(), 'run');
    const run = started({}, folder);
    writeBlock(run, 0, 0);
    run.close();
    const before = readFileSync(join(folder, 'run.sqlite'));
    const next = Run.open(folder);
    writeBlock(next, 0, 1);
    next.close();
    writeFileSync(join(folder, 'run.sqlite'), before);

    const again = closing(Run.open(folder));
    expect(again.notes).toEqual([]);
    expect(again.images(0, NONE)).toBe(4);
    writeBlock(again, 0, 1);
    expect(shardsOf(folder, 0)).toEqual(['block-00000.npy', 'block-00001.npy']);
    expect(expectTrue(again)).toBe(3 * 8);
  });

  test('while it wrote files: halves and files of no row are removed by verify, files of others are not', async () => {
    const folder = copied();
    const shards = join(folder, 'features', '0');
    for (const name of ['block-00001.npy.77.tmp', 'block-00009.npy', 'mine.txt'])
      writeFileSync(join(shards, name), 'half');
    for (const name of ['run.json.77.tmp', 'notes.77.tmp', 'notes.txt']) writeFileSync(join(folder, name), 'half');
    const before = readdirSync(folder).length;
    expect(await resume(folder)).toEqual({ notes: [], forgotten: 0 });
    expect(shardsOf(folder, 0)).toEqual(['block-00000.npy', 'block-00001.npy', 'block-00002.npy', 'mine.txt']);
    expect(readdirSync(folder)).toHaveLength(before - 1);
    expect(readdirSync(folder)).toContain('notes.77.tmp');
  });

  test('with all in the log: nothing is lost, and a report can be made at once', async () => {
    const folder = killed(join(temporaryFolder(), 'run'));
    const reader = openRun(folder);
    expect(expectTrue(reader)).toBe(ALL);
    expect([reader.notes, reader.result('scores')]).toEqual([[], { fid: 0.1 + 0.2 }]);
    expect(await resume(folder)).toEqual({ notes: [], forgotten: 0 });
  });

  test('after new moments, before the old were removed: the newer count', async () => {
    const folder = join(temporaryFolder(), 'run');
    const run = filled(folder);
    const moments = join(folder, 'moments', '1');
    const [old] = readdirSync(moments);
    const bytes = readFileSync(join(moments, old!));
    run.replaceByMoments(1, MIXUP, 3, Uint8Array.of(9));
    run.close();
    writeFileSync(join(moments, old!), bytes);
    rmSync(join(folder, 'run.sqlite'));
    const again = closing(Run.open(folder));
    expect(again.moments(1, MIXUP)).toEqual({ images: 10, bytes: Uint8Array.of(9) });
    expect(await again.verify()).toBe(0);
    expect(readdirSync(moments)).toHaveLength(1);
    expect(expectTrue(again)).toBe(ALL);
  });

  test('after another start in its place: the old record is known to be ours', () => {
    const folder = copied();
    for (const name of ['run.sqlite', 'features', 'moments']) rmSync(join(folder, name), { recursive: true });
    renameSync(join(folder, 'reference.npz'), join(folder, 'reference.npz.77.tmp'));
    expect(Run.check(folder)).toBe('new');
    started({ seed: 9 }, folder);
    expect(readdirSync(folder).filter((name) => name.endsWith('.tmp'))).toEqual([]);
  });
});
