import { appendFileSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { draws, STREAM } from '../../src/core/random.js';
import { until } from '../processes.js';
import { entriesOf, refuse, remove, run, scratch, start, succeed, writePrograms } from './run.js';

let folder: string;

beforeAll(() => {
  folder = scratch();
});

afterAll(() => remove(folder));

const draw = (body: string) => `vec3 draw(vec2 p) {\n  ${body}\n}\n`;

// Mesa's software devices stop a program after 65,535 rounds of its loops, so that each takes long.
const ENDLESS = draw(`vec3 v = vec3(p, gene(0));
  for (int j = 0; j < 64; j++) for (int i = 0; i < 65000; i++) {
${'    v = fract(sin(v * 12.9898) * 43758.5453 + cos(v.yzx * 78.233));\n'.repeat(50)}  }
  return v;`);

interface CheckFile {
  readonly unchecked: number;
  readonly programs: readonly { id: string; class: string; why: string; ms?: number; compileMs?: number }[];
}

const checkedOf = (out: string): CheckFile => JSON.parse(readFileSync(join(folder, out, 'checked.json'), 'utf8'));
const classesOf = ({ programs }: CheckFile) => Object.fromEntries(programs.map((one) => [one.id, one.class]));

/** Everything but what a clock measured. */
const untimed = ({ programs }: CheckFile) => programs.map(({ ms: _, compileMs: __, ...rest }) => rest);

/** A number of small programs, no two alike. */
function writeMany(name: string, count: number): void {
  mkdirSync(join(folder, name));
  for (let i = 0; i < count; i++)
    writeFileSync(
      join(folder, name, `p${String(i).padStart(3, '0')}.frag`),
      draw(`return 0.5 + 0.5 * sin(vec3(3.0, 5.0, 8.0) * (p.x + ${i}.0 * p.y) + gene(1));`),
    );
}

const CHECK = ['--pictures', '2', '--resolution'];
const linesOf = (out: string) => readFileSync(join(folder, out, 'journal.jsonl'), 'utf8').split('\n').length - 1;

/** Waits until a check has found this much. */
const written = (out: string, lines: number) =>
  until(() => {
    try {
      return linesOf(out) >= lines || undefined;
    } catch {
      return undefined;
    }
  }, `${lines} lines of a journal`);

describe('programs check', () => {
  test('a hostile folder: each program in its class, within its own time', async () => {
    const place = join(folder, 'wild');
    mkdirSync(join(place, 'deeper'), { recursive: true });
    const write = (name: string, text: string | Uint8Array) => writeFileSync(join(place, name), text);
    writePrograms(place, { broken: true });
    write('copy.frag', draw('return vec3(fract(p.x * gene(1, 2.0, 9.0) + time), gene(2), fract(p.y * 3.0) * 1.0);'));
    write('endless.frag', ENDLESS);
    write('blank.frag', draw('return vec3(0.25, 0.5, 0.75);'));
    write('nan.frag', draw('return p.x < 0.5 ? vec3(sqrt(-1.0 - time * time)) : vec3(p, 0.5);'));
    write('empty.frag', '');
    write('large.frag', `// ${'x'.repeat(5_000_000)}\n`);
    const uniform = draws(1, STREAM.sample, 0);
    write(
      'junk.frag',
      Uint8Array.from({ length: 4000 }, () => 256 * uniform()),
    );
    write(
      'buffers.json',
      JSON.stringify([
        {
          renderpass: [
            {
              type: 'image',
              code: 'void mainImage(out vec4 c, in vec2 p) { c = texture(iChannel0, p / iResolution.xy); }',
              inputs: [{ channel: 0, ctype: 'music' }],
              outputs: [],
            },
          ],
        },
      ]),
    );
    symlinkSync('..', join(place, 'deeper', 'up'));
    symlinkSync('round.frag', join(place, 'round.frag'));
    const args = ['programs', 'check', 'wild', ...CHECK, '32', '--program-timeout', '1', '-o', 'out'];
    // Killed while it draws; then two at once, each in a folder of its own.
    const { child, outcome } = start(folder, args);
    await written('out', 2);
    process.kill(-child.pid!, 'SIGKILL');
    await outcome;
    const beside = start(folder, [...args.slice(0, -1), 'beside']);
    const stdout = await succeed(folder, args);
    expect((await beside.outcome).code).toBe(0);
    const checked = checkedOf('out');
    expect(untimed(checkedOf('beside'))).toEqual(untimed(checked));
    expect(linesOf('out')).toBe(8);
    expect(stdout).toMatch(/13 programs checked, [0-6] of them drawn this time/);
    expect(classesOf(checked)).toMatchObject({
      rings: 'good',
      stripes: 'duplicate',
      copy: 'good',
      waves: 'good',
      broken: 'does not compile',
      endless: 'hangs',
      blank: 'blank or constant',
      nan: 'NaN',
      empty: 'no program',
      large: 'no program',
      junk: 'no program',
      buffers: 'needs what we lack',
      round: 'no program',
    });
    expect(checked.programs.find(({ id }) => id === 'stripes')!.why).toBe('the same pictures as copy');
    expect(checked.programs.find(({ id }) => id === 'broken')!.why).toMatch(/^broken:3: .*missing/);
    expect(stdout).toMatch(/good +│ +3 │ copy, rings, waves/);
    expect(stdout).toMatch(/hangs +│ +1 │ endless/);

    // The list is what a sweep takes.
    await succeed(folder, [
      'samples',
      'programs:out/good.txt',
      '--count',
      '12',
      '--resolution',
      '16',
      '--tile',
      '16',
      '-o',
      'sheet.png',
    ]);
    const again = await run(folder, [
      'samples',
      'programs:out/good.txt',
      '--count',
      '12',
      '--resolution',
      '16',
      '-o',
      'sheet.png',
    ]);
    expect(again.stderr).not.toMatch(/Set aside/);
  });

  test('a second check draws what is new or changed, and finds the same', async () => {
    writeMany('some', 12);
    const check = async (resolution = '32') => {
      await succeed(folder, ['programs', 'check', 'some', ...CHECK, resolution, '-o', 'twice']);
      return checkedOf('twice');
    };
    const first = await check();
    expect(first.programs.map((one) => one.class)).toEqual(Array(12).fill('good'));
    expect(linesOf('twice')).toBe(12);
    expect(await check()).toEqual(first);
    expect(linesOf('twice')).toBe(12);
    writeFileSync(join(folder, 'some', 'p003.frag'), draw('return vec3(0.1);'));
    writeFileSync(join(folder, 'some', 'new.frag'), draw('return vec3(p * p, 0.3);'));
    const second = await check();
    expect(linesOf('twice')).toBe(14);
    expect(classesOf(second)).toMatchObject({ p003: 'blank or constant', new: 'good', p004: 'good' });
    // Another side is another check; what is slow is judged anew from what was measured.
    await check('16');
    expect(linesOf('twice')).toBe(27);
  });

  test('killed, with a torn line at its end, it goes on where it was and finds what an undisturbed check finds', async () => {
    writeMany('many', 40);
    const args = ['programs', 'check', 'many', ...CHECK, '32'];
    const { child, outcome } = start(folder, [...args, '-o', 'killed']);
    await written('killed', 10);
    process.kill(-child.pid!, 'SIGKILL');
    expect((await outcome).code).toBe('SIGKILL');
    const known = linesOf('killed');
    expect(known).toBeLessThan(40);
    expect(entriesOf(join(folder, 'killed'))).not.toContain('checked.json');
    appendFileSync(join(folder, 'killed', 'journal.jsonl'), '{"key":"torn","statis');
    const stdout = await succeed(folder, [...args, '-o', 'killed']);
    expect(stdout).toContain(`40 programs checked, ${40 - known} of them drawn this time`);
    // With one process or three, in any order.
    await succeed(folder, [...args, '-o', 'one', '--processes', '1']);
    await succeed(folder, [...args, '-o', 'three', '--processes', '3']);
    expect(untimed(checkedOf('killed'))).toEqual(untimed(checkedOf('one')));
    expect(untimed(checkedOf('three'))).toEqual(untimed(checkedOf('one')));
    expect(readFileSync(join(folder, 'killed', 'good.txt'))).toEqual(readFileSync(join(folder, 'one', 'good.txt')));
  });

  test('lines of the journal that are not whole are drawn again', async () => {
    writeMany('torn', 3);
    const check = async () => {
      await succeed(folder, ['programs', 'check', 'torn', ...CHECK, '32', '--judge', '-o', 'judged']);
      return untimed(checkedOf('judged'));
    };
    const first = await check();
    const journal = join(folder, 'judged', 'journal.jsonl');
    const lines = readFileSync(journal, 'utf8').trim().split('\n');
    const [a, b, c] = lines.map((line) => JSON.parse(line));
    const { signature: _, ...unsigned } = a;
    const broken = [unsigned, { ...b, statistics: [] }, { ...c, statistics: [{}, {}] }];
    writeFileSync(journal, broken.map((line) => `${JSON.stringify(line)}\n`).join(''));
    expect(await check()).toEqual(first);
  });

  test('what was too slow beside others is measured again, alone', async () => {
    writeMany('heavy', 3);
    const args = ['programs', 'check', 'heavy', ...CHECK, '32', '-o', 'company', '--slow', '60000', '--processes', '2'];
    await succeed(folder, args);
    const journal = join(folder, 'company', 'journal.jsonl');
    const kept = readFileSync(journal, 'utf8').trim().split('\n');
    const [inCompany, alone, usual] = kept.map((line) => JSON.parse(line));
    const changed = [{ ...inCompany, ms: 70_000 }, { ...alone, ms: 70_000, alone: true }, usual];
    writeFileSync(journal, changed.map((line) => `${JSON.stringify(line)}\n`).join(''));
    await succeed(folder, args);
    expect(linesOf('company')).toBe(4);
    expect(Object.values(classesOf(checkedOf('company'))).sort()).toEqual(['good', 'good', 'too slow']);
  });

  test('nothing good: no list is left; nothing usable: sorted all the same', async () => {
    writePrograms(join(folder, 'spoilt'));
    const args = ['programs', 'check', 'spoilt', ...CHECK, '32', '-o', 'spoilt-out'];
    await succeed(folder, args);
    expect(entriesOf(join(folder, 'spoilt-out'))).toContain('good.txt');
    for (const name of ['rings', 'stripes', 'waves'])
      writeFileSync(join(folder, 'spoilt', `${name}.frag`), draw('return vec3(0.5);'));
    await succeed(folder, args);
    expect(entriesOf(join(folder, 'spoilt-out'))).not.toContain('good.txt');
    for (const name of ['rings', 'stripes', 'waves']) writeFileSync(join(folder, 'spoilt', `${name}.frag`), '');
    expect(await succeed(folder, args)).toMatch(/no program +│ +3 │/);
    expect(classesOf(checkedOf('spoilt-out'))).toEqual({
      rings: 'no program',
      stripes: 'no program',
      waves: 'no program',
    });
  });

  test('interrupted, it ends with what is there, and a list of all stays', async () => {
    writeMany('slow', 80);
    const args = ['programs', 'check', 'slow', ...CHECK, '32', '-o', 'interrupted', '--processes', '1'];
    mkdirSync(join(folder, 'interrupted'));
    const list = join(folder, 'interrupted', 'good.txt');
    writeFileSync(list, 'an earlier list');
    const { child, outcome } = start(folder, args);
    await written('interrupted', 3);
    process.kill(-child.pid!, 'SIGINT');
    const { code, stdout, stderr } = await outcome;
    expect(code, stderr).toBe(130);
    const { programs, unchecked } = checkedOf('interrupted');
    expect(programs.length).toBeGreaterThanOrEqual(3);
    expect(programs.length + unchecked).toBe(80);
    expect(unchecked).toBeGreaterThan(0);
    expect(stdout).toContain(`Not reached: ${unchecked} program`);
    expect(stdout).toContain('good.txt" is still that of an earlier check');
    expect(readFileSync(list, 'utf8')).toBe('an earlier list');
    await succeed(folder, args);
    expect(readFileSync(list, 'utf8').split('\n')).toHaveLength(82);
    expect(checkedOf('interrupted')).toMatchObject({ unchecked: 0, programs: { length: 80 } });
  });

  test('two at once in one folder: the second is refused', async () => {
    writeMany('busy', 1);
    writeFileSync(join(folder, 'busy', 'endless.frag'), ENDLESS);
    const args = ['programs', 'check', 'busy', ...CHECK, '32', '-o', 'shared', '--program-timeout', '60'];
    const { child, outcome } = start(folder, args);
    await written('shared', 1);
    const second = await run(folder, args);
    expect(second).toMatchObject({ code: 2, stdout: '' });
    expect(second.stderr).toMatch(/"shared" is in use: process \d+ .*--output/);
    process.kill(-child.pid!, 'SIGKILL');
    await outcome;
  });

  test('names with control characters never reach a terminal', async () => {
    const place = join(folder, 'names');
    writePrograms(place);
    writeFileSync(join(place, 'a\u001b[31mred.frag'), draw('return missing(p);'));
    const { code, stdout, stderr } = await run(folder, ['programs', 'check', 'names', ...CHECK, '32', '-o', 'named']);
    expect(code, stderr).toBe(0);
    expect(stdout + stderr).not.toContain('\u001b');
    expect(stdout).toContain('red');
  });

  test('what cannot be is refused', async () => {
    await refuse(folder, ['programs', 'check', 'nowhere'], 'nowhere');
    await refuse(folder, ['programs', 'check', 'some', '--pictures', '1'], '--pictures', 'from 2 to 64');
    await refuse(folder, ['programs', 'check', 'some', '--slow', '0'], '--slow');
    await refuse(folder, ['programs', 'check', 'some', '-o', '/proc/nowhere/x'], '--output: got "/proc/nowhere/x"');
    await refuse(folder, ['programs', 'check', 'some', '-o', '/proc'], /--output: got "\/proc", .*\(E[A-Z]+\)/);
    await refuse(folder, ['programs', 'check', 'some', '-o', ''], '--output');
    await refuse(folder, ['programs', 'check', 'grammar?seed=1&count=0'], 'count of programs:grammar');
  });
});

describe('programs show', () => {
  test('a program written by hand and one of the grammar, as they are written', async () => {
    const marble = await succeed(folder, ['programs', 'show', 'marble']);
    expect(marble).toMatch(/^\/\/ Draws: /);
    expect(marble).toContain('vec3 draw(vec2 p)');
    expect(marble).not.toContain('void main');
    const made = await succeed(folder, ['programs', 'show', 'g21-5']);
    expect(made).toMatch(/^\/\/ Draws: /);
    expect(made.split('\n').length).toBeLessThanOrEqual(61);
    const whole = await succeed(folder, ['programs', 'show', 'g21-5', '--full']);
    expect(whole).toMatch(/^#version 300 es\n/);
    expect(whole).toContain('void main');
    expect(await succeed(folder, ['programs', 'show', 'g21-5', '--spec', 'grammar?seed=21&count=6'])).toBe(made);
  });

  test('one of a folder', async () => {
    writePrograms(join(folder, 'own'));
    expect(await succeed(folder, ['programs', 'show', 'rings', '--spec', 'own', '--full'])).toContain(
      'hsv(fract(length(p)',
    );
    const own = readFileSync(join(folder, 'own', 'rings.frag'), 'utf8');
    expect(await succeed(folder, ['programs', 'show', 'rings', '--spec', 'own'])).toBe(own);
    await refuse(folder, ['programs', 'show', 'ring', '--spec', 'own'], '"ring"', 'rings, stripes, waves');
    // A candidate of the grammar has that name, too.
    const text = draw('return vec3(p, 0.5);');
    writeFileSync(join(folder, 'own', 'g1-2.frag'), text);
    expect(await succeed(folder, ['programs', 'show', 'g1-2', '--spec', 'own'])).toBe(text);
    rmSync(join(folder, 'own', 'g1-2.frag'));
  });

  test('what is none is refused', async () => {
    for (const id of ['nothing', '../marble', 'g21', 'lib/color', 'g21-99999999999'])
      await refuse(folder, ['programs', 'show', id], `"${id}"`, 'marble', '--spec');
  });
});

describe('programs diversity', () => {
  test('data sets beside each other', async () => {
    const args = [
      'programs',
      'diversity',
      'own',
      'programs',
      '--images',
      '8',
      '--resolution',
      '32',
      '--extractor',
      'bundled',
    ];
    await refuse(folder, [...args.slice(0, 2), 'programs:nowhere', ...args.slice(4)], 'nowhere');
    args[2] = 'Three=programs:own';
    mkdirSync(join(folder, 'single'));
    writeFileSync(join(folder, 'single', 'one.frag'), draw('return vec3(p, 0.5);'));
    // Before anything is drawn: there is no such device.
    const { DISPLAY: _, ...env } = process.env;
    const single = [...args.slice(0, 3), 'One=programs:single', ...args.slice(4), '--backend', 'display'];
    await refuse(folder, single, { env }, 'Programs of "One": at least two are needed');
    const stdout = await succeed(folder, args);
    expect(stdout).toMatch(/│ Three +│ +[\d.]+ of 8 │ +0\.\d+ │ +[\d.]+ of 3 │/);
    expect(stdout).toMatch(/│ programs +│ +[\d.]+ of 8 │ +0\.\d+ │ +[\d.]+ of 8 │ +0\.\d+ │ +[\d.]+ of 3 │/);
    const { sets } = JSON.parse(await succeed(folder, [...args, '--json']));
    expect(sets).toHaveLength(2);
    expect(sets[0].images.effective).toBeGreaterThan(1);
    expect(sets[1].programs.effective).toBeLessThanOrEqual(8);
  });
});
