import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { strToU8, type Zippable, zipSync } from 'fflate';
import { describe, expect, test } from 'vitest';
import { UserError } from '../../src/core/errors.js';
import { readProgramFolder, writeProgramList } from '../../src/dataset/program-folder.js';
import { readProgramList } from '../../src/dataset/program-list.js';
import { openPrograms } from '../../src/dataset/programs.js';
import { checkUnambiguous } from '../../src/dataset/unambiguous.js';
import { temporaryFolder } from '../temporary.js';

const FIXTURES = join(import.meta.dirname, '..', 'fixtures', 'programs');

/** A program in our own convention. */
const own = (level: string): string => `vec3 draw(vec2 p) { return vec3(${level}); }\n`;
const PLAIN = 'void main() { gl_FragColor = vec4(1.0); }\n';

type Files = Readonly<Record<string, string | Uint8Array>>;

function folderOf(files: Files): string {
  const folder = temporaryFolder();
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  return folder;
}

function zipOf(files: Files): string {
  const path = join(temporaryFolder(), 'programs.zip');
  const members: Zippable = {};
  for (const [name, text] of Object.entries(files)) members[name] = typeof text === 'string' ? strToU8(text) : text;
  writeFileSync(path, zipSync(members));
  return path;
}

describe('ids', () => {
  test('are paths without endings, in the order of the paths', async () => {
    const set = await readProgramFolder(
      folderOf({ 'b/x.frag.glsl': PLAIN, 'b/x-y.fs': PLAIN, 'a.b.frag': PLAIN, noending: PLAIN, 'b/c/d.txt': PLAIN }),
    );
    expect(set.ids).toEqual(['a.b', 'b/c/d', 'b/x-y', 'b/x', 'noending']);
    for (const id of set.ids) expect(set.read(id)).toMatchObject({ id });
  });

  test('keep the ending where two would be equal', async () => {
    const files = { 'a.frag': PLAIN, 'a.fs': PLAIN, 'b.frag': PLAIN, 'c.x': PLAIN, 'c.x.y': PLAIN, 'c.z': PLAIN };
    expect((await readProgramFolder(folderOf(files))).ids).toEqual(['a.frag', 'a.fs', 'b', 'c.x', 'c.x.y', 'c.z']);
  });
});

describe('identity', () => {
  test('of a folder of our own: a hash over ids and whole texts, and nothing of conventions', async () => {
    const set = await readProgramFolder(folderOf({ 'b.frag': own('1.0'), 'a.frag': own('0.5') }));
    const hash = createHash('sha256');
    for (const id of ['a', 'b']) hash.update(`${id}\0${set.read(id).source}\0`);
    expect(set.identity).toEqual({ kind: 'programs', programs: 2, sha256: hash.digest('hex') });
  });

  test('of others counts the conventions', async () => {
    const { identity, failures } = await readProgramFolder(FIXTURES);
    expect(identity).toMatchObject({ kind: 'programs', programs: 24 });
    expect(identity.conventions).toMatch(
      /^book-of-shaders 2, fidsweep 1, glsl-sandbox 2, plain-100 2, .*, twigl-geekest-mrt 1$/,
    );
    expect(failures).toEqual([{ id: 'shadertoy/feedback', why: 'needs multi-pass buffers: iChannel0 (buffer)' }]);
  });

  test('changes with any text, name or convention, and with nothing else', async () => {
    const of = async (files: Files, convention?: 'plain-300') =>
      (await readProgramFolder(folderOf(files), { convention })).identity.sha256;
    const all = [
      await of({ 'a.frag': PLAIN }),
      await of({ 'b.frag': PLAIN }),
      await of({ 'a.frag': `${PLAIN}int x;` }),
      await of({ 'a.frag': PLAIN, 'b.frag': PLAIN }),
      await of({ 'a.frag': PLAIN }, 'plain-300'),
      await of({ 'a.frag': own('1.0') }),
    ];
    expect(new Set(all).size).toBe(all.length);
    expect(await of({ 'a.glsl': PLAIN, 'bad.frag': '' })).toBe(all[0]);
  });

  test('of a zip is that of the folder', async () => {
    const files: Record<string, string> = {};
    for (const entry of readdirSync(FIXTURES, { recursive: true, withFileTypes: true })) {
      const path = join(entry.parentPath, entry.name);
      if (entry.isFile()) files[path.slice(FIXTURES.length + 1)] = readFileSync(path, 'utf8');
    }
    const [folder, zip] = [await readProgramFolder(FIXTURES), await readProgramFolder(zipOf(files))];
    expect(zip.identity).toEqual(folder.identity);
    expect(zip.ids).toEqual(folder.ids);
    expect(zip.failures).toEqual(folder.failures);
    for (const id of zip.ids) expect(zip.read(id)).toEqual(folder.read(id));
  });
});

describe('what is read', () => {
  test('the mode file decides, and is no program; one that is broken is said', async () => {
    const text = 'o0=vec4(FC.xy/r,0,1);';
    const set = await readProgramFolder(
      folderOf({
        'fragments/a.fragment': text,
        'modes/a.fragment': 'geekest\nTrue\nTrue\nFalse\n',
        'fragments/b.fragment': text,
        'modes/b.fragment': 'superb\nTrue\nTrue\nFalse\n',
        'modes/alone.fragment': 'geekest\nTrue\nTrue\nFalse\n',
      }),
    );
    expect(set.ids).toEqual(['fragments/a']);
    expect(set.identity.conventions).toBe('twigl-geekest-mrt 1');
    expect(set.failures).toEqual([
      { id: 'fragments/b', why: expect.stringMatching(/^its mode file modes\/b\.fragment: expected classic, geek/) },
      { id: 'modes/alone', why: expect.stringMatching(/^no program: /) },
    ]);
  });

  test('a convention that is asked for is taken for all', async () => {
    const folder = folderOf({ 'a.frag': 'o=vec4(1);', 'b.frag': PLAIN });
    const set = await readProgramFolder(folder, { convention: 'twigl-geekest-300' });
    expect(set.identity.conventions).toBe('twigl-geekest-300 2');
  });

  test('pictures, notes and hidden files beside programs are left alone', async () => {
    const set = await readProgramFolder(
      folderOf({
        'a.frag': PLAIN,
        'a.png': 'x',
        'README.md': 'x',
        '.hidden': 'x',
        '__MACOSX/a.frag': 'x',
        'v.vert': 'x',
      }),
    );
    expect(set.ids).toEqual(['a']);
    expect(set.failures).toEqual([]);
  });

  test('our own may include the library', async () => {
    const set = await readProgramFolder(folderOf({ 'a.frag': `#include <noise>\n${own('1.0')}` }));
    expect(set.read('a').source).toContain('float valueNoise(vec2 p)');
  });

  test('links are followed once and no further than the folder, and loops end', async () => {
    const elsewhere = folderOf({ 'x.frag': PLAIN });
    const folder = folderOf({
      'sub/a.frag': PLAIN,
      'z/b.frag': PLAIN,
      '.kept/x.frag': PLAIN,
      '.kept/deep/y.frag': PLAIN,
    });
    symlinkSync('.kept', join(folder, 'one'));
    symlinkSync('.kept', join(folder, 'two'));
    symlinkSync(folder, join(folder, '.kept', 'deep', 'back'));
    symlinkSync(elsewhere, join(folder, 'sub', 'out'));
    symlinkSync('..', join(folder, 'sub', 'up'));
    symlinkSync('.', join(folder, 'here'));
    symlinkSync('/', join(folder, 'root'));
    symlinkSync('z', join(folder, 'a-link'));
    symlinkSync('z/b.frag', join(folder, 'c.frag'));
    const whole = temporaryFolder();
    symlinkSync(folder, join(whole, 'link'));
    for (const path of [folder, join(whole, 'link')]) {
      const set = await readProgramFolder(path);
      expect(set.ids).toEqual(['c', 'one/deep/y', 'one/x', 'sub/a', 'z/b']);
      expect(set.failures).toEqual(
        ['root', 'sub/out'].map((id) => ({ id, why: 'a link to a folder outside this one' })),
      );
    }
  });

  test('what a check left among them is none of them', async () => {
    const results = { 'out/journal.jsonl': '{}', 'out/lock.sqlite': 'x', 'out/good.txt': '# fidsweep programs of ..' };
    const set = await readProgramFolder(folderOf({ 'a.frag': PLAIN, 'b/journal.jsonl': PLAIN, ...results }));
    expect(set.ids).toEqual(['a', 'b/journal']);
    expect(set.failures).toEqual([]);
    // In the folder that is asked for itself, programs may lie beside them.
    const both = folderOf({ 'a.frag': PLAIN, 'journal.jsonl': '{}', 'lock.sqlite': 'x' });
    expect((await readProgramFolder(both)).ids).toEqual(['a']);
  });

  /** Files that are no programs; what is said of each. */
  function writeBad(folder: string): { id: string; why: unknown }[] {
    writeFileSync(join(folder, 'big.frag'), Buffer.alloc(1024 ** 2 + 1, 32));
    writeFileSync(join(folder, 'binary.frag'), Buffer.from('void main() {}\0'));
    writeFileSync(join(folder, 'broken.json'), '{"renderpass": [');
    writeFileSync(join(folder, 'empty.frag'), '');
    symlinkSync(join(folder, 'nowhere'), join(folder, 'gone.frag'));
    writeFileSync(join(folder, 'latin1.frag'), Buffer.from('// caf\xe9\nvoid main() {}', 'latin1'));
    writeFileSync(join(folder, 'new\nline.frag'), PLAIN);
    symlinkSync(join(folder, 'self.frag'), join(folder, 'self.frag'));
    writeFileSync(join(folder, 'unknown.frag'), `#include <absent>\n${own('1.0')}`);
    return [
      { id: 'big', why: '1048577 bytes is too large for a program, at most 1048576 are read' },
      { id: 'binary', why: 'not a text: bytes that are no UTF-8' },
      { id: 'broken', why: expect.stringMatching(/^broken JSON: /) },
      { id: 'empty', why: 'an empty file' },
      { id: 'gone', why: 'a link that leads nowhere' },
      { id: 'latin1', why: 'not a text: bytes that are no UTF-8' },
      { id: 'new\nline', why: 'a name with control characters' },
      { id: 'self', why: 'cannot be read (ELOOP)' },
      { id: 'unknown', why: expect.stringMatching(/^unknown:1: no library file <absent>; there are /) },
    ];
  }

  test('what is no program is named with why', async () => {
    const folder = folderOf({ 'good.frag': own('1.0') });
    const bad = writeBad(folder);
    const set = await readProgramFolder(folder);
    expect(set.ids).toEqual(['good']);
    expect(set.failures).toEqual(bad);
    expect(set.identity).toEqual((await readProgramFolder(folderOf({ 'good.frag': own('1.0') }))).identity);
  });

  test('members of an archive that are none, too', async () => {
    const path = zipOf({
      'good.frag': PLAIN,
      'big.frag': new Uint8Array(1024 ** 2 + 1),
      'binary.frag': new Uint8Array(9),
      '../up.frag': PLAIN,
    });
    const bytes = readFileSync(path);
    // The flag of a member that is encrypted, in its entry of the directory.
    const entry = bytes.lastIndexOf(Buffer.from('../up.frag')) - 46;
    bytes[entry + 8]! |= 1;
    writeFileSync(path, bytes);
    const set = await readProgramFolder(path);
    expect(set.ids).toEqual(['good']);
    expect(set.failures.map(({ id, why }) => [id, why])).toEqual([
      ['../up', expect.stringMatching(/^Archive "programs\.zip": "\.\.\/up\.frag" is encrypted/)],
      ['big', expect.stringMatching(/^1048577 bytes is too large/)],
      ['binary', 'not a text: bytes that are no UTF-8'],
    ]);
  });

  test('a program’s own text is its file’s', async () => {
    const json = readFileSync(join(FIXTURES, 'shadertoy', 'rings.json'), 'utf8');
    const set = await readProgramFolder(folderOf({ 'a.frag': `\ufeff// own\r\n${PLAIN}`, 'b.json': json }));
    expect(['a', 'b'].map((id) => set.text!(id))).toEqual([`\ufeff// own\r\n${PLAIN}`, json]);
  });

  test('none at all: an empty set, and no data set', async () => {
    const folder = temporaryFolder();
    await expect(readProgramFolder(folder)).rejects.toThrow(
      new UserError(`Programs of "${folder}": there are no files in it.`),
    );
    const bad = writeBad(folder);
    const { ids, identity, failures } = await readProgramFolder(folder);
    expect({ ids, identity, failures }).toEqual({
      ids: [],
      identity: { kind: 'programs', programs: 0, sha256: createHash('sha256').digest('hex') },
      failures: bad,
    });
    await expect(openPrograms('Bad', `programs:${folder}`)).rejects.toThrow(UserError);
    await expect(openPrograms('Bad', `programs:${folder}`)).rejects.toThrow(
      /^Programs of ".*": none of its 9 files can be used; the first is big: 1048577 bytes/,
    );
  });

  test('what is no folder, archive or list: said', async () => {
    const folder = folderOf({ 'a.frag': PLAIN, 'b.zip': 'PK' });
    const expected = /Expected a folder of programs, a \.zip of one, or a list that "fidsweep programs check" wrote\.$/;
    for (const name of ['missing', 'a.frag']) {
      await expect(readProgramFolder(join(folder, name))).rejects.toThrow(UserError);
      await expect(readProgramFolder(join(folder, name))).rejects.toThrow(expected);
    }
    symlinkSync('loop', join(folder, 'loop'));
    for (const [name, code] of [
      ['loop', 'ELOOP'],
      ['x'.repeat(300), 'ENAMETOOLONG'],
    ] as const) {
      await expect(readProgramFolder(join(folder, name))).rejects.toThrow(UserError);
      await expect(readProgramFolder(join(folder, name))).rejects.toThrow(code);
      expect(() => checkUnambiguous(join(folder, name), 'programs')).not.toThrow();
    }
    await expect(readProgramFolder(join(folder, 'b.zip'))).rejects.toThrow(
      /^Archive "b\.zip": not a readable zip archive/,
    );
  });
});

describe('a file that changes after opening', () => {
  test('is an error that says so, never another picture', async () => {
    const folder = folderOf({ 'a.frag': own('1.0'), 'b.frag': own('1.0') });
    const set = await readProgramFolder(folder);
    const before = set.read('a');
    writeFileSync(join(folder, 'a.frag'), own('0.5'));
    rmSync(join(folder, 'b.frag'));
    expect(() => set.read('a')).toThrow(UserError);
    expect(() => set.read('a')).toThrow(
      /: a\.frag has changed since they were opened\. Start again, or put it back\.$/,
    );
    expect(() => set.text!('a')).toThrow(/: a\.frag has changed/);
    expect(() => set.read('b')).toThrow(/: b\.frag is gone since they were opened/);
    writeFileSync(join(folder, 'a.frag'), own('1.0'));
    expect(set.read('a')).toEqual(before);
  });
});

describe('a list', () => {
  const files = { 'p/a.frag': own('1.0'), 'p/b.frag': own('0.5'), 'p/c d.frag': own('0.1'), 'p/bad.frag': '' };

  test('takes the programs that it names, from a folder or an archive beside it', async () => {
    const folder = folderOf(files);
    const list = join(folder, 'good.txt');
    writeProgramList(list, join(folder, 'p'), ['a', 'c d']);
    expect(readFileSync(list, 'utf8')).toBe('# fidsweep programs of p\na\nc d\n');
    const set = await readProgramFolder(list);
    expect(set.ids).toEqual(['a', 'c d']);
    expect(set.failures).toEqual([]);
    expect(set.identity).toEqual(
      (await readProgramFolder(folderOf({ 'a.frag': own('1.0'), 'c d.frag': own('0.1') }))).identity,
    );
    const zip = zipOf({ 'a.frag': own('1.0'), 'b.frag': own('0.5') });
    writeProgramList(list, zip, ['b']);
    expect((await readProgramFolder(list)).ids).toEqual(['b']);
  });

  test('carries the convention that was asked for; a list of a list is of the same folder', () => {
    const folder = folderOf(files);
    const [first, second] = [join(folder, 'first.txt'), join(folder, 'sub.txt')];
    writeProgramList(first, `${join(folder, 'p')}?convention=plain-300`, ['a', 'b']);
    writeProgramList(second, first, ['b']);
    expect(readProgramList(second)).toEqual({ folder: join(folder, 'p'), convention: 'plain-300', ids: ['b'] });
  });

  test('of a folder whose name has a line end: not written', () => {
    const folder = folderOf({ 'two\nlines/a.frag': PLAIN });
    const list = join(folder, 'list.txt');
    expect(() => writeProgramList(list, join(folder, 'two\nlines'), ['a'])).toThrow(UserError);
    expect(() => writeProgramList(list, join(folder, 'two\nlines'), ['a'])).toThrow(/a path without line ends/);
    expect(readdirSync(folder)).toEqual(['two\nlines']);
    // From inside it, it has no name.
    writeProgramList(join(folder, 'two\nlines', 'list.txt'), join(folder, 'two\nlines'), ['a']);
  });

  test('that names what is not there, or nothing, or is too long: said', async () => {
    const folder = folderOf(files);
    const list = join(folder, 'list.txt');
    writeProgramList(list, join(folder, 'p'), ['a', 'gone']);
    await expect(readProgramFolder(list)).rejects.toThrow(/^List ".*": it names "gone", which is not there\./);
    writeFileSync(list, '# fidsweep programs of p\n\n');
    await expect(readProgramFolder(list)).rejects.toThrow(/it names no programs/);
    writeFileSync(list, '# fidsweep programs of \na\n');
    await expect(readProgramFolder(list)).rejects.toThrow(
      /^first line of ".*": got "# fidsweep programs of ", expected/,
    );
    writeFileSync(list, `# fidsweep programs of p\n${'a\n'.repeat(9 * 1024 ** 2)}`);
    await expect(readProgramFolder(list)).rejects.toThrow(/^List ".*" has \d+ bytes, expected at most 16777216\.$/);
  });

  test('whose program became unusable: a failure, as without it', async () => {
    const folder = folderOf(files);
    const list = join(folder, 'list.txt');
    writeProgramList(list, join(folder, 'p'), ['a', 'bad']);
    expect((await readProgramFolder(list)).failures).toEqual([{ id: 'bad', why: 'an empty file' }]);
  });
});
