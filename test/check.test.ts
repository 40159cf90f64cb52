import { appendFileSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type Checked, classify, NAN_SHARE, type Seen } from '../src/check-classes.js';
import { Journal } from '../src/check-journal.js';
import {
  type Drawing,
  drawProgram,
  type Finding,
  keyOf,
  restoreFinding,
  stillHolds,
  timesOf,
} from '../src/check-program.js';
import { Turns } from '../src/check-turns.js';
import { SIGNATURE } from '../src/metrics/near-duplicates.js';
import type { Device } from '../src/render/protocol.js';
import type { RenderWorker } from '../src/render/worker.js';
import { temporaryFolder } from './temporary.js';

type Drawn = Exclude<Finding, { failed: string }>;

const STRUCTURED = { mean: 120, spread: 60, oneColour: 0.1, fine: 0.2, correlation: 0.9 };
const FLAT = { ...STRUCTURED, spread: 3 };
const NOISE = { ...STRUCTURED, fine: 0.93, correlation: 0.02 };

/** A finding of pictures that are all of one level from afar. */
const drawn = (level: number, changes: Partial<Drawn> = {}): Drawn => ({
  newer: false,
  ms: 2,
  compileMs: 60,
  nan: 0,
  statistics: [STRUCTURED, STRUCTURED],
  pixels: `pixels ${level}`,
  signature: Buffer.alloc(2 * SIGNATURE, level).toString('base64'),
  ...changes,
});

const JUDGED = { slow: 250, judge: true };
const classes = (programs: readonly Checked[]) => Object.fromEntries(programs.map((one) => [one.id, one.class]));

describe('classes', () => {
  test.each<[string, Finding, string]>([
    ['sound', drawn(1), 'good'],
    ['broken', { failed: 'does not compile', log: "ERROR: 1:3: 'x' : undeclared", timeout: 1 }, 'does not compile'],
    ['endless', { failed: 'hangs', log: '', timeout: 1 }, 'hangs'],
    ['a crash', { failed: 'crashes the driver', log: 'signal', timeout: 1 }, 'crashes the driver'],
    ['a little NaN', drawn(1, { nan: NAN_SHARE }), 'good'],
    ['much NaN', drawn(1, { nan: NAN_SHARE + 0.001, ms: 900 }), 'NaN'],
    ['one level', drawn(1, { statistics: [0, 0.9].map((spread) => ({ ...FLAT, spread })) }), 'blank or constant'],
    ['one flat picture of three', drawn(1, { statistics: [FLAT, STRUCTURED, STRUCTURED] }), 'good'],
    ['half of them flat, and slow', drawn(1, { statistics: [FLAT, STRUCTURED], ms: 900 }), 'flat'],
    ['noise', drawn(1, { statistics: [NOISE, NOISE] }), 'noise'],
    ['slow', drawn(1, { ms: 250.1 }), 'too slow'],
  ])('%s: %#', (_, finding, expected) => {
    expect(classify([{ id: 'a', finding }], JUDGED)[0]!.class).toBe(expected);
  });

  test('without judging, what is flat or noise or nearly alike is good', () => {
    const programs: Seen[] = [
      { id: 'a', finding: drawn(1, { statistics: [FLAT, FLAT] }) },
      { id: 'b', finding: drawn(2, { statistics: [NOISE, NOISE] }) },
      { id: 'c', finding: drawn(2, { pixels: 'others' }) },
      { id: 'd', finding: drawn(2) },
    ];
    const found = classes(classify(programs, { slow: 250, judge: false }));
    expect(found).toEqual({ a: 'good', b: 'good', c: 'good', d: 'duplicate' });
  });

  test('what cannot be tried: what it needs, or that it is none', () => {
    const found = classify(
      [
        { id: 'a', unread: 'needs a microphone' },
        { id: 'b', unread: 'an empty file' },
      ],
      JUDGED,
    );
    expect(found.map((one) => [one.class, one.why])).toEqual([
      ['needs what we lack', 'needs a microphone'],
      ['no program', 'an empty file'],
    ]);
  });

  test('the driver’s line is told as the program’s own', () => {
    const log = "ERROR: 1:3: 'x' : undeclared identifier\nERROR: 1:4: more";
    const [found] = classify([{ id: 'a', finding: { failed: 'does not compile', log, timeout: 1 } }], JUDGED);
    expect(found!.why).toBe("a:3: 'x' : undeclared identifier");
  });

  test('a duplicate is one of an earlier good program, never of one that is left out', () => {
    const found = classify(
      [
        { id: 'slow', finding: drawn(5, { ms: 999 }) },
        { id: 'first', finding: drawn(5) },
        { id: 'same', finding: drawn(5) },
        { id: 'near', finding: drawn(8) },
        // Near to `near`, which is left out, and not to `first`.
        { id: 'next', finding: drawn(12) },
      ],
      JUDGED,
    );
    expect(found.map((one) => [one.id, one.class, one.why])).toEqual([
      ['slow', 'too slow', '999 ms of the device a picture'],
      ['first', 'good', ''],
      ['same', 'duplicate', 'the same pictures as first'],
      ['near', 'duplicate', 'nearly the pictures of first (3.0 levels)'],
      ['next', 'good', ''],
    ]);
  });
});

describe('the journal', () => {
  const restore = restoreFinding;

  test('what was put is there again, the last of one key', () => {
    const path = join(temporaryFolder(), 'journal.jsonl');
    const first = Journal.open<Finding>(path, restore);
    first.put('a', drawn(1));
    first.put('b', { failed: 'hangs', log: 'é\n', timeout: 5 });
    first.put('a', drawn(2));
    first.close();
    const again = Journal.open<Finding>(path, restore);
    expect(again.get('a')).toEqual(drawn(2));
    expect(again.get('b')).toEqual({ failed: 'hangs', log: 'é\n', timeout: 5 });
    expect(again.get('c')).toBeUndefined();
    again.close();
  });

  test('cut off anywhere, the whole lines are there and it goes on', () => {
    const path = join(temporaryFolder(), 'journal.jsonl');
    const whole = Journal.open<Finding>(path, restore);
    const ends = ['a', 'b', 'c'].map((key, i) => {
      whole.put(key, drawn(i));
      return statSync(path).size;
    });
    whole.close();
    const bytes = readFileSync(path);
    for (const cut of [0, 1, ends[0]! - 1, ends[0]!, ends[0]! + 9, ends[2]! - 1]) {
      writeFileSync(path, bytes.subarray(0, cut));
      const torn = Journal.open<Finding>(path, restore);
      const there = ['a', 'b', 'c'].filter((key) => torn.get(key));
      expect(there).toHaveLength(ends.filter((end) => end <= cut).length);
      torn.put('d', drawn(9));
      torn.close();
      const after = Journal.open<Finding>(path, restore);
      expect(['a', 'b', 'c', 'd'].filter((key) => after.get(key))).toEqual([...there, 'd']);
      after.close();
    }
  });

  test('lines that are none are passed over, however long', () => {
    const path = join(temporaryFolder(), 'journal.jsonl');
    writeFileSync(path, `{"key":1\n\n[]\nnull\n"key"\n{"key":"a"}\n${'x'.repeat(200_000)}\n\0\n`);
    const line = Buffer.from(`${JSON.stringify({ key: 'b', ...drawn(4) })}\n`);
    appendFileSync(path, line);
    const journal = Journal.open<Finding>(path, restore);
    expect(journal.get('a')).toBeUndefined();
    expect(journal.get('b')).toEqual(drawn(4));
    journal.close();
  });

  test('a line is a finding when it is a whole one', () => {
    const failure: Finding = { failed: 'hangs', log: '', timeout: 5 };
    const whole = drawn(1, { alone: true });
    for (const finding of [failure, whole, drawn(2)])
      expect(restore(JSON.parse(JSON.stringify({ key: 'a', ...finding })))).toEqual(finding);
    const without = (finding: Finding) =>
      Object.keys(finding).map((name) =>
        Object.fromEntries(Object.entries(finding).filter(([other]) => other !== name)),
      );
    const changed = [
      ...without(drawn(1)),
      ...without(failure),
      { ...failure, failed: 'is ugly' },
      { ...failure, timeout: '5' },
      ...[[], [null], [STRUCTURED, {}], [STRUCTURED, { ...STRUCTURED, fine: null }], {}].map((statistics) => ({
        ...whole,
        statistics,
      })),
      { ...whole, statistics: [STRUCTURED] },
      { ...whole, ms: -1 },
      { ...whole, nan: null },
      { ...whole, alone: 'yes' },
      { ...whole, signature: '' },
      { ...whole, signature: 7 },
    ];
    for (const line of changed) expect(restore({ key: 'a', ...line }), JSON.stringify(line)).toBeUndefined();
  });

  test('a key that is no text is none', () => {
    const path = join(temporaryFolder(), 'journal.jsonl');
    writeFileSync(path, `${JSON.stringify({ key: 7, ...drawn(1) })}\n`);
    const journal = Journal.open<Finding>(path, restore);
    expect(journal.get('7')).toBeUndefined();
    journal.close();
  });

  test('a folder in its place is told', () => {
    expect(() => Journal.open(temporaryFolder(), restore)).toThrow(/EISDIR/);
  });
});

describe('what a finding depends on', () => {
  const drawing: Drawing = { resolution: 128, pictures: 4, seed: 0, slow: 250, programTimeout: 20_000 };
  const device: Device = { backend: 'vulkan', renderer: 'r', version: 'v', maxTextureSize: 1, maxLayers: 1 };
  const key = (source: string, changes: Partial<Drawing> = {}, other: Partial<Device> = {}, fallback?: string) =>
    keyOf(
      { id: 'a', source, ...(fallback !== undefined && { fallback }) },
      { ...drawing, ...changes },
      { ...device, ...other },
    );

  test('text, newer text, pictures and device; not the name, nor what is too slow', () => {
    const others = [
      key('y'),
      key('x', {}, {}, ''),
      key('x', {}, {}, 'z'),
      key('x', { resolution: 256 }),
      key('x', { pictures: 5 }),
      key('x', { seed: 1 }),
      key('x', {}, { renderer: 'q' }),
      key('x', {}, { version: 'w' }),
    ];
    expect(new Set([key('x'), ...others]).size).toBe(9);
    expect(key('x', { slow: 1, programTimeout: 5 }, { maxLayers: 9 })).toBe(key('x'));
    expect(keyOf({ id: 'b', source: 'x' }, drawing, device)).toBe(key('x'));
  });

  test('a hang counts until more time is given', () => {
    const hang: Finding = { failed: 'hangs', log: '', timeout: 20_000 };
    expect(stillHolds(hang, drawing)).toBe(true);
    expect(stillHolds(hang, { ...drawing, programTimeout: 1000 })).toBe(true);
    expect(stillHolds(hang, { ...drawing, programTimeout: 20_001 })).toBe(false);
    expect(stillHolds({ ...hang, failed: 'does not compile' }, { ...drawing, programTimeout: 10 ** 6 })).toBe(true);
  });

  test('a time that is too long counts when it was taken alone', () => {
    expect(stillHolds(drawn(1, { ms: 250 }), drawing)).toBe(true);
    expect(stillHolds(drawn(1, { ms: 251 }), drawing)).toBe(false);
    expect(stillHolds(drawn(1, { ms: 251 }), { ...drawing, slow: 251 })).toBe(true);
    expect(stillHolds(drawn(1, { ms: 251, alone: true }), drawing)).toBe(true);
  });

  test('a picture in each equal part of the time', () => {
    for (const pictures of [2, 4, 7])
      for (const [k, time] of timesOf({ ...drawing, pictures }).entries())
        expect(Math.floor(((time - 0.1) / 9.9) * pictures)).toBe(k);
  });
});

describe('how long a program takes', () => {
  /** Devices of one machine: a picture takes `cost` milliseconds for each that draws at the time. */
  function machine(cost: number) {
    let busy = 0;
    return (): RenderWorker => {
      const time = { baseMs: 0, bases: 0 };
      const worker: Pick<RenderWorker, 'load' | 'read' | 'newer'> & { time: typeof time } = {
        time,
        newer: new Set(),
        async load(bases) {
          busy++;
          for (const _ of bases) {
            await new Promise((resolve) => setImmediate(resolve));
            time.baseMs += cost * busy;
            time.bases++;
          }
          busy--;
          return [];
        },
        async read(count) {
          return new Uint8Array(count * 16 * 16 * 4).fill(255);
        },
      };
      return worker as unknown as RenderWorker;
    };
  }

  const drawing: Drawing = { resolution: 16, pictures: 8, seed: 0, slow: 150, programTimeout: 1 };
  const program = (i: number) => ({ id: `p${i}`, source: `${i}` });
  const drawAll = async (worker: () => RenderWorker, count: number) => {
    const turns = new Turns();
    const findings = await Promise.all(
      Array.from({ length: count }, (_, i) => drawProgram(worker(), program(i), drawing, turns)),
    );
    return findings.map((finding) => ('failed' in finding ? finding.failed : [finding.ms, finding.alone === true]));
  };

  test('does not depend on how many are drawn side by side', async () => {
    expect(await drawAll(machine(100), 1)).toEqual([[100, false]]);
    expect(await drawAll(machine(100), 5)).toEqual(Array(5).fill([100, true]));
    expect(await drawAll(machine(200), 1)).toEqual([[200, true]]);
    expect(await drawAll(machine(200), 5)).toEqual(Array(5).fill([200, true]));
  });

  test('work is side by side, or alone, and what fails holds nothing up', async () => {
    const turns = new Turns();
    const events: string[] = [];
    const work =
      (name: string, fails = false) =>
      async () => {
        events.push(`${name} begins`);
        await new Promise((resolve) => setImmediate(resolve));
        events.push(`${name} ends`);
        if (fails) throw new Error(name);
        return name;
      };
    const ends = await Promise.allSettled([
      turns.together(work('a', true)),
      turns.together(work('b')),
      turns.alone(work('c', true)),
      turns.together(work('d')),
      turns.alone(work('e')),
      turns.together(work('f')),
    ]);
    expect(ends.map((end) => (end.status === 'fulfilled' ? end.value : end.reason.message))).toEqual([...'abcdef']);
    for (const alone of ['c', 'e']) expect(events[events.indexOf(`${alone} begins`) + 1]).toBe(`${alone} ends`);
    const together = events.filter((event) => !/^[ce]/.test(event));
    expect(together.slice(0, 4).every((event) => event.endsWith('begins'))).toBe(true);
  });
});
