import { execFileSync } from 'node:child_process';
import { truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readConfig, withConfig } from '../../src/cli/config.js';
import { UserError } from '../../src/core/errors.js';
import { temporaryFolder } from '../temporary.js';

const KNOWN = ['dataset', 'images', 'methods', 'n', 'seed', 'overwrite', 'space'];

function file(text: string): string {
  const path = join(temporaryFolder(), 'sweep.yaml');
  writeFileSync(path, text);
  return path;
}

const read = (text: string) => readConfig(file(text), KNOWN);

describe('a config file', () => {
  test('gives flags as YAML types them', () => {
    expect(read('images: 100\nmethods: [none, mixup]\nn: 2-9\nseed: 007\noverwrite: true # yes\n')).toEqual({
      images: 100,
      methods: ['none', 'mixup'],
      n: '2-9',
      seed: 7,
      overwrite: true,
    });
    expect(read('{}')).toEqual({});
  });

  test('keeps a space as it is, maps within it too', () => {
    const text = `space:
  method: [none, mixup]
  n: 2-9
  alpha: [0.5, 1]
  dirichlet-alpha: { from: 0.25, to: 4, steps: 5, scale: log }
  resolution: { uniform: [64, 256] }
  time: [0.1-10, 0.1-2]
`;
    expect(read(text)).toEqual({
      space: {
        method: ['none', 'mixup'],
        n: '2-9',
        alpha: [0.5, 1],
        'dirichlet-alpha': { from: 0.25, to: 4, steps: 5, scale: 'log' },
        resolution: { uniform: [64, 256] },
        time: ['0.1-10', '0.1-2'],
      },
    });
  });

  test.each([
    [
      'a map',
      'dataset:\n  Shaders: programs\n  My photos: ./a=b\n  years: 2020\n',
      ['Shaders=programs', 'My photos=./a=b', 'years=2020'],
    ],
    ['a list', 'dataset: [A=programs, B=./x]\n', ['A=programs', 'B=./x']],
    ['a text', 'dataset: A=programs\n', 'A=programs'],
  ])('names its data sets by %s', (_, text, dataset) => {
    expect(read(text)).toEqual({ dataset });
  });

  test.each([
    ['imagse: 4', 'imagse'],
    ['images: 4\nconfig: other.yaml', 'config'],
    ['__proto__: {seed: 1}', '__proto__'],
    ['Images: 4', 'Images'],
  ])('with an unknown key is refused: %j', (text, key) => {
    expect(() => read(text)).toThrow(UserError);
    expect(() => read(text)).toThrow(
      new RegExp(
        `^key in config ".*sweep\\.yaml": got "${key}", expected dataset, images, methods, n, seed, overwrite or space\\.( Did you mean "images"\\?)?$`,
      ),
    );
  });

  test.each([
    ['nothing', '', /^config ".*": got null, expected a map of flags to values\.$/],
    ['a list', '- images', /: got \["images"\], expected a map/],
    ['a text', 'images', /: got "images", expected a map/],
    ['a key twice', 'seed: 1\nseed: 2', /^Config ".*": Map keys must be unique at line 2/],
    ['a data set of nothing', 'dataset: {A: }', /^data set "A" in config ".*": got null, expected its SPEC, a text\.$/],
    ['broken YAML', 'n: [2', /^Config ".*sweep\.yaml": .*line \d/s],
  ])('of %s is refused', (_, text, message) => {
    expect(() => read(text)).toThrow(UserError);
    expect(() => read(text)).toThrow(message);
  });

  test.each(['Leaves/Mixed', 'A=B', '', '  ', 'x'.repeat(81)])('with a data set named %j is refused', (name) => {
    const text = `dataset:\n  Shaders: programs\n  ${JSON.stringify(name)}: /data\n`;
    expect(() => read(text)).toThrow(UserError);
    expect(() => read(text)).toThrow(
      new RegExp(
        `^data set's name in config ".*sweep\\.yaml": got "${name}", expected 1 to 80 characters without "=" and "/"\\.$`,
      ),
    );
  });

  test('that unfolds into a huge one is refused', () => {
    const lines = ['a: &a [x,x,x,x,x,x,x,x,x,x]'];
    for (const [i, name] of [...'bcdefgh'].entries())
      lines.push(`${name}: &${name} [${Array(10).fill(`*${'abcdefg'[i]}`).join(',')}]`);
    expect(() => read(lines.join('\n'))).toThrow(/Excessive alias count/);
  });

  test('that is missing is named', () => {
    const missing = join(temporaryFolder(), 'missing.yaml');
    expect(() => readConfig(missing, KNOWN)).toThrow(UserError);
    expect(() => readConfig(missing, KNOWN)).toThrow(/^Config ".*missing\.yaml": ENOENT/);
  });

  test('that is no file, or a huge one, is not waited for and not read', () => {
    const folder = temporaryFolder();
    const fifo = join(folder, 'fifo');
    execFileSync('mkfifo', [fifo]);
    const huge = file('images: 100\n');
    truncateSync(huge, 2 ** 16 + 1);
    for (const [path, message] of [
      [fifo, /^Config ".*fifo" is no regular file\.$/],
      [huge, /^Config ".*sweep\.yaml" has 65537 bytes, expected at most 65536\.$/],
      [folder, /^Config ".*" is a folder, expected a file\.$/],
    ] as const) {
      expect(() => readConfig(path, KNOWN)).toThrow(UserError);
      expect(() => readConfig(path, KNOWN)).toThrow(message);
    }
  });
});

describe('flags and config together', () => {
  test('what was given as a flag wins, false and 0 too; the rest is the file’s', () => {
    const config = file('images: 100\nseed: 5\noverwrite: true\ndataset: {A: programs}\n');
    const flags = { config, images: '7', seed: 0, overwrite: false, n: undefined };
    expect(withConfig(flags, KNOWN)).toEqual({
      config,
      images: '7',
      seed: 0,
      overwrite: false,
      dataset: ['A=programs'],
    });
    expect(withConfig({ config, seed: undefined, dataset: 'B=x' }, KNOWN)).toEqual({
      config,
      images: 100,
      seed: 5,
      overwrite: true,
      dataset: 'B=x',
    });
  });

  test('without a config the flags are as they are', () => {
    const flags = { images: '7', n: undefined };
    expect(withConfig(flags, KNOWN)).toBe(flags);
  });

  test('two configs are refused', () => {
    expect(() => withConfig({ config: ['a.yaml', 'b.yaml'] }, KNOWN)).toThrow(
      '--config: got ["a.yaml","b.yaml"], expected one YAML file.',
    );
  });
});
