import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { unzipSync } from 'fflate';
import { describe, expect, test } from 'vitest';
import { UserError } from '../../src/core/errors.js';
import { decodeNpy, decodeNpyText, encodeNpy, encodeNpyText } from '../../src/core/npy.js';

const FIXTURES = join(import.meta.dirname, '..', 'fixtures');

/**
 * Arrays that NumPy 2.4 wrote with `numpy.lib.format.write_array`, an entry a kind: `asfortranarray`, `astype('>f4')`,
 * version 2.0 of the format, an object array (a pickle), a structured type…
 */
const numpy = unzipSync(readFileSync(join(FIXTURES, 'numpy-arrays.npz')));
const read = (name: string) => decodeNpy(numpy[`${name}.npy`]!, name);

/** A version 1.0 file with the header's text as given. */
function file(text: string, body: Uint8Array = new Uint8Array()): Uint8Array {
  const head = Buffer.from(`\x93NUMPY\x01\x00\x00\x00${text}\n`, 'latin1');
  head.writeUInt16LE(text.length + 1, 8);
  return Buffer.concat([head, body]);
}

describe("NumPy's own files", () => {
  const MATRIX = [1.5, -2, 3.25, 4, 5.5, -6.125];

  test.each(['fortran', 'big_f8', 'big_f4', 'little_f4', 'version2'])('%s gives the same matrix in C order', (name) => {
    const { shape, data } = read(name);
    expect(shape).toEqual([2, 3]);
    expect([...data]).toEqual(MATRIX);
  });

  test.each([
    ['i8', [-(2 ** 53), 7]],
    ['u8', [0, 2 ** 53]],
    ['big_i4', [-(2 ** 31), 2 ** 31 - 1]],
    ['i2', [-300, 300]],
    ['i1', [-128, 127]],
    ['u1', [0, 255]],
    ['b1', [1, 0]],
  ])('integers and booleans: %s', (name, values) => {
    expect([...read(name).data]).toEqual(values);
  });

  test('no dimension, and none but empty ones', () => {
    expect(read('scalar')).toEqual({ shape: [], data: Float64Array.of(2.5) });
    expect(read('empty')).toEqual({ shape: [0, 3], data: new Float64Array() });
  });

  test('float32 stays float32, bytes stay bytes', () => {
    expect(read('little_f4').data).toBeInstanceOf(Float32Array);
    expect(read('u1').data).toBeInstanceOf(Uint8Array);
    expect(read('big_f8').data).toBeInstanceOf(Float64Array);
  });

  test('a features file, by its sum as NumPy gives it', () => {
    const { shape, data } = decodeNpy(readFileSync(join(FIXTURES, 'features-bundled-mixed7.npy')), 'features');
    expect(shape).toEqual([18, 768]);
    expect((data as Float32Array).reduce((sum, value) => sum + value, 0)).toBeCloseTo(932.5492685347594, 8);
  });

  test('a text', () => {
    expect(decodeNpyText(numpy['text.npy']!, 'text')).toBe('naïve FID … 𝛿');
  });

  test.each([
    ['objects', /objects: arrays of type \|O are not read, expected numbers/],
    ['structured', /structured: .*names no plain type/],
    ['complex', /complex: arrays of type <c16 are not read/],
    ['text', /text: arrays of type <U\d+ are not read/],
    ['cube_fortran', /Fortran-ordered array of 3 dimensions is not read/],
  ])('%s are refused', (name, message) => {
    expect(() => read(name)).toThrow(UserError);
    expect(() => read(name)).toThrow(message);
  });

  test('a number is no text', () => {
    expect(() => decodeNpyText(numpy['scalar.npy']!, 'x')).toThrow(/x: expected one text, got <f8/);
  });
});

describe('what we write', () => {
  test.each([[[6]], [[2, 3]], [[1, 2, 3]], [[6, 1]]])('is read back in shape %j', (shape) => {
    const values = Float64Array.of(0, -0, 1e300, 5e-324, Number.POSITIVE_INFINITY, Math.PI);
    expect(decodeNpy(encodeNpy(values, shape), 'x')).toEqual({ shape, data: values });
    const single = Float32Array.from([1, 2, 3, 0.1, -7, 1e-40]);
    expect(decodeNpy(encodeNpy(single, shape), 'x')).toEqual({ shape, data: single });
  });

  test('is a view of part of a buffer, and no more', () => {
    const part = Float32Array.of(9, 1, 2, 9).subarray(1, 3);
    expect([...decodeNpy(encodeNpy(part, [2]), 'x').data]).toEqual([1, 2]);
  });

  test('has its data at a multiple of 64, as the format asks', () => {
    for (const shape of [[1], [1, 1], [1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1]]) {
      expect((encodeNpy(Float64Array.of(1), shape).length - 8) % 64).toBe(0);
    }
  });

  test('of a shape that does not hold the values is refused', () => {
    expect(() => encodeNpy(new Float64Array(5), [2, 3])).toThrow(/5 values for shape 2,3/);
  });

  test.each(['', 'plain', '{"note":"ünïcode, 画像, 🎨"}', 'a\0b'])('text %j is read back', (text) => {
    expect(decodeNpyText(encodeNpyText(text), 'x')).toBe(text);
  });
});

describe('damaged and hostile files', () => {
  const good = encodeNpy(Float64Array.of(1, 2, 3, 4), [2, 2]);

  test('cut off anywhere: always refused, and named', () => {
    for (let length = 0; length < good.length; length++) {
      expect(() => decodeNpy(good.subarray(0, length), 'cut.npy')).toThrow(/^cut\.npy: /);
    }
    expect(() => decodeNpy(good.subarray(0, good.length - 1), 'cut.npy')).toThrow(
      /cut off: 31 bytes for 4 values of <f8/,
    );
    expect(() => decodeNpy(good.subarray(0, 40), 'cut.npy')).toThrow(/its header is cut off/);
    const text = encodeNpyText('hello');
    expect(() => decodeNpyText(text.subarray(0, text.length - 1), 'x')).toThrow(/x: expected one text/);
  });

  test.each([
    ['another magic', Buffer.from('PK\x03\x04 and then some'), /the magic bytes are missing/],
    ['a header of nothing', file('{}'), /names no plain type and shape/],
    ['a negative size', file("{'descr': '<f8', 'shape': (-1,), }"), /the shape \(-1,\)/],
    ['a size that is no number', file("{'descr': '<f8', 'shape': (a,), }"), /the shape \(a,\)/],
    [
      'far more values than bytes',
      file("{'descr': '<f8', 'shape': (9007199254740991, 9007199254740991), }"),
      /cut off/,
    ],
    ['a type named like a method', file("{'descr': '<constructor', 'shape': (1,), }"), /arrays of type <constructor/],
  ])('%s', (_, bytes, message) => {
    expect(() => decodeNpy(bytes, 'bad.npy')).toThrow(UserError);
    expect(() => decodeNpy(bytes, 'bad.npy')).toThrow(message);
  });

  test('a code point beyond Unicode', () => {
    const bytes = encodeNpyText('x');
    bytes.fill(0xff, bytes.length - 4);
    expect(() => decodeNpyText(bytes, 'bad')).toThrow(/bad: not a text/);
  });
});
