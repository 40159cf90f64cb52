import { UserError } from './errors.js';

/** The NumPy array format, version 1.0 (and 2.0 for reading): numpy.lib.format. */
export interface NpyArray {
  readonly shape: readonly number[];
  /** C order. Integers and booleans are read as float64. */
  readonly data: Float64Array | Float32Array | Uint8Array;
}

const MAGIC = '\x93NUMPY';

function header(descr: string, shape: readonly number[]): Uint8Array {
  const tuple = shape.length === 1 ? `(${shape[0]},)` : `(${shape.join(', ')})`;
  const text = `{'descr': '${descr}', 'fortran_order': False, 'shape': ${tuple}, }`;
  const padded = Math.ceil((text.length + 11) / 64) * 64 - 10;
  const bytes = new Uint8Array(10 + padded);
  bytes.set(Buffer.from(MAGIC, 'latin1'));
  bytes[6] = 1;
  new DataView(bytes.buffer).setUint16(8, padded, true);
  bytes.set(Buffer.from(`${text.padEnd(padded - 1)}\n`, 'latin1'), 10);
  return bytes;
}

function joined(head: Uint8Array, body: Uint8Array): Uint8Array {
  const out = new Uint8Array(head.length + body.length);
  out.set(head);
  out.set(body, head.length);
  return out;
}

export function encodeNpy(data: Float64Array | Float32Array, shape: readonly number[]): Uint8Array {
  if (shape.reduce((product, n) => product * n, 1) !== data.length)
    throw new Error(`${data.length} values for shape ${shape}`);
  const descr = data instanceof Float64Array ? '<f8' : '<f4';
  return joined(header(descr, shape), new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
}

/** A 0-dimensional unicode array, which numpy reads without pickle: `str(numpy.load(file)[key])`. */
export function encodeNpyText(text: string): Uint8Array {
  const points = Uint32Array.from([...text], (character) => character.codePointAt(0)!);
  return joined(header(`<U${points.length}`, []), new Uint8Array(points.buffer));
}

/** What an array says of itself. */
export interface NpyHeader {
  /** Byte order, kind and size of an element: `|u1`, `<f4`. */
  readonly descr: string;
  /** Whether the first index runs fastest. */
  readonly fortran: boolean;
  readonly shape: readonly number[];
  /** Where its elements begin, in bytes. */
  readonly start: number;
}

/** Reads the header alone, of the beginning of a file. Throws a UserError that names it. */
export function npyHeader(bytes: Uint8Array, name: string): NpyHeader {
  const bad = (why: string) => new UserError(`${name}: not a readable NumPy array: ${why}.`);
  if (bytes.length < 12 || Buffer.from(bytes.subarray(0, 6)).toString('latin1') !== MAGIC)
    throw bad('the magic bytes are missing');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const long = bytes[6]! >= 2;
  const start = long ? 12 : 10;
  const end = start + (long ? view.getUint32(8, true) : view.getUint16(8, true));
  if (end > bytes.length) throw bad('its header is cut off');
  const text = Buffer.from(bytes.subarray(start, end)).toString('latin1');
  const descr = /'descr':\s*'([^']+)'/.exec(text)?.[1];
  const shape = /'shape':\s*\(([^)]*)\)/.exec(text)?.[1];
  if (descr === undefined || shape === undefined) throw bad('its header names no plain type and shape');
  const sizes = shape.split(',').flatMap((part) => (part.trim() ? [Number(part.trim().replace(/L$/, ''))] : []));
  if (!sizes.every((n) => Number.isSafeInteger(n) && n >= 0)) throw bad(`the shape (${shape})`);
  return { descr, fortran: /'fortran_order':\s*True/.test(text), shape: sizes, start: end };
}

function parse(bytes: Uint8Array, name: string): NpyHeader & { readonly body: Uint8Array } {
  const header = npyHeader(bytes, name);
  return { ...header, body: bytes.subarray(header.start) };
}

/** Element readers by NumPy type code: bytes an element, and how to read one. */
const TYPES: Readonly<Record<string, readonly [number, (view: DataView, at: number, little: boolean) => number]>> = {
  f8: [8, (v, i, l) => v.getFloat64(i, l)],
  f4: [4, (v, i, l) => v.getFloat32(i, l)],
  i8: [8, (v, i, l) => Number(v.getBigInt64(i, l))],
  u8: [8, (v, i, l) => Number(v.getBigUint64(i, l))],
  i4: [4, (v, i, l) => v.getInt32(i, l)],
  u4: [4, (v, i, l) => v.getUint32(i, l)],
  i2: [2, (v, i, l) => v.getInt16(i, l)],
  u2: [2, (v, i, l) => v.getUint16(i, l)],
  i1: [1, (v, i) => v.getInt8(i)],
  u1: [1, (v, i) => v.getUint8(i)],
  b1: [1, (v, i) => v.getUint8(i)],
};

/** Reads a numeric array. Object arrays (pickles) and structured types are refused, nothing is ever executed. */
export function decodeNpy(bytes: Uint8Array, name: string): NpyArray {
  const { descr, fortran, shape, body } = parse(bytes, name);
  const type = Object.hasOwn(TYPES, descr.slice(1)) && TYPES[descr.slice(1)];
  if (!type) throw new UserError(`${name}: arrays of type ${descr} are not read, expected numbers.`);
  const count = shape.reduce((product, n) => product * n, 1);
  const [size, read] = type;
  if (body.length < count * size)
    throw new UserError(`${name}: cut off: ${body.length} bytes for ${count} values of ${descr}.`);
  const view = new DataView(body.buffer, body.byteOffset, count * size);
  const little = descr[0] !== '>';
  const Data = descr.slice(1) === 'f4' ? Float32Array : descr.slice(1) === 'u1' ? Uint8Array : Float64Array;
  const data = new Data(count);
  if (little && Data !== Float64Array) new Uint8Array(data.buffer).set(body.subarray(0, count * size));
  else for (let i = 0; i < count; i++) data[i] = read(view, i * size, little);
  if (!fortran || shape.length < 2) return { shape, data };
  if (shape.length > 2)
    throw new UserError(`${name}: a Fortran-ordered array of ${shape.length} dimensions is not read.`);
  const [rows, columns] = shape as [number, number];
  const turned = new Data(count);
  for (let i = 0; i < rows; i++) for (let j = 0; j < columns; j++) turned[i * columns + j] = data[j * rows + i]!;
  return { shape, data: turned };
}

/** Reads what `encodeNpyText` writes. */
export function decodeNpyText(bytes: Uint8Array, name: string): string {
  const { descr, shape, body } = parse(bytes, name);
  const length = Number(/^<U(\d+)$/.exec(descr)?.[1] ?? Number.NaN);
  if (Number.isNaN(length) || shape.length || body.length < length * 4)
    throw new UserError(`${name}: expected one text, got ${descr}.`);
  const view = new DataView(body.buffer, body.byteOffset, length * 4);
  let text = '';
  for (let i = 0; i < length; i++) {
    const point = view.getUint32(i * 4, true);
    if (point > 0x10ffff) throw new UserError(`${name}: not a text.`);
    text += String.fromCodePoint(point);
  }
  return text;
}
