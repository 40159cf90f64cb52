import { zipSync } from 'fflate';

/**
 * Writes files as torch.save does, and pickles opcode by opcode to make files that it never would. Plain JavaScript, so
 * that the benchmarks can import it too; torch-writer.d.mts has the types.
 */

const encoder = new TextEncoder();

export function bytesOf(...parts) {
  const arrays = parts.flat(Number.POSITIVE_INFINITY).map((part) => (typeof part === 'number' ? [part] : part));
  const out = new Uint8Array(arrays.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const array of arrays) {
    out.set(array, at);
    at += array.length;
  }
  return out;
}

/** `size` bytes of a natural number, little-endian. */
export function little(value, size) {
  const wide = BigInt.asUintN(8 * size, BigInt(value));
  return Uint8Array.from({ length: size }, (_, i) => Number((wide >> BigInt(8 * i)) & 255n));
}

/** Opcodes with their arguments: bytes to be joined. */
export const op = {
  mark: [0x28],
  none: [0x4e],
  true: [0x88],
  false: [0x89],
  emptyTuple: [0x29],
  emptyList: [0x5d],
  emptyDict: [0x7d],
  tuple: [0x74],
  append: [0x61],
  appends: [0x65],
  setItem: [0x73],
  setItems: [0x75],
  reduce: [0x52],
  build: [0x62],
  persistent: [0x51],
  int: (value) => bytesOf(0x4a, little(value, 4)),
  long: (value, size) => bytesOf(0x8a, size, little(value, size)),
  text(value) {
    const encoded = encoder.encode(value);
    return bytesOf(0x58, little(encoded.length, 4), encoded);
  },
  global: (module, name) => bytesOf(0x63, encoder.encode(`${module}\n${name}\n`)),
  put: (index) => bytesOf(0x72, little(index, 4)),
  get: (index) => bytesOf(0x6a, little(index, 4)),
  /** Integers as one tuple. */
  ints: (values) =>
    bytesOf(op.mark, ...values.map((n) => (Math.abs(n) < 2 ** 31 ? op.int(n) : op.long(n, 8))), op.tuple),
  storage: (key, type, count, view = []) =>
    bytesOf(
      op.mark,
      op.text('storage'),
      op.global('torch', type),
      op.text(key),
      op.text('cpu'),
      Math.abs(count) < 2 ** 31 ? op.int(count) : op.long(count, 8),
      view.length ? view : op.none,
      op.tuple,
      op.persistent,
    ),
  orderedDict: () => bytesOf(op.global('collections', 'OrderedDict'), op.emptyTuple, op.reduce),
  /** A tensor on the bytes of a storage; `hooks` and `more` as further arguments. */
  tensor: (storage, offset, shape, strides, { hooks = op.orderedDict(), more = [] } = {}) =>
    bytesOf(
      op.global('torch._utils', '_rebuild_tensor_v2'),
      ...[op.mark, storage, op.int(offset), op.ints(shape), op.ints(strides), op.false, hooks, more, op.tuple],
      op.reduce,
    ),
  /** A dict (`start`) of [name, bytes of the value], a thousand at a time as Python writes it. */
  dict(entries, start = op.emptyDict) {
    const parts = [start];
    for (let from = 0; from < entries.length; from += 1000) {
      const some = entries.slice(from, from + 1000).map(([key, value]) => [op.text(key), value]);
      parts.push(op.mark, some, op.setItems);
    }
    return bytesOf(parts);
  },
};

/** A whole pickle. */
export const pickle = (...parts) => bytesOf(0x80, 2, parts, 0x2e);

/** The legacy format: `object` a pickle, `storages` [key, count, bytes] in the file's order. */
export function legacyFile(object, storages) {
  return bytesOf(
    pickle(op.long(0x1950a86a20f9469cfc6cn, 10)),
    pickle(op.int(1001)),
    pickle(op.dict([['little_endian', op.true]])),
    object,
    pickle(op.emptyList, op.mark, ...storages.map(([key]) => op.text(key)), op.appends),
    ...storages.map(([, count, bytes]) => [little(count, 8), bytes]),
  );
}

/** The zip format; `files` are further entries, or others in place of these. `level` 0 stores, as torch does. */
export function zipFile(object, storages, { root = 'archive', files = {}, level = 0 } = {}) {
  const entries = { 'data.pkl': object, byteorder: encoder.encode('little'), version: encoder.encode('3\n') };
  for (const [key, , bytes] of storages) entries[`data/${key}`] = bytes;
  const named = Object.entries({ ...entries, ...files }).map(([name, bytes]) => [`${root}/${name}`, bytes]);
  return zipSync(Object.fromEntries(named), { level, mtime: new Date('1980-01-01T00:00:00') });
}

const SETTERS = {
  FloatStorage: [4, (view, at, value) => view.setFloat32(at, value, true)],
  DoubleStorage: [8, (view, at, value) => view.setFloat64(at, value, true)],
  LongStorage: [8, (view, at, value) => view.setBigInt64(at, BigInt(value), true)],
};

function encode(type, data) {
  if (type === 'FloatStorage') return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  const [size, set] = SETTERS[type];
  const view = new DataView(new ArrayBuffer(data.length * size));
  data.forEach((value, i) => {
    set(view, i * size, value);
  });
  return new Uint8Array(view.buffer);
}

/** Row-major strides in elements. */
function stridesOf(shape) {
  const strides = new Array(shape.length).fill(1);
  for (let axis = shape.length - 2; axis >= 0; axis--) strides[axis] = strides[axis + 1] * shape[axis + 1];
  return strides;
}

function partsOf(entries) {
  const storages = [];
  const items = Array.from(entries, ([name, { shape, data, type = 'FloatStorage' }], i) => {
    const key = String(i);
    storages.push([key, data.length, encode(type, data)]);
    return [name, op.tensor(op.storage(key, type, data.length), 0, shape, stridesOf(shape))];
  });
  return [pickle(op.dict(items, op.orderedDict())), storages];
}

export const writeLegacy = (entries) => legacyFile(...partsOf(entries));
export const writeZip = (entries, options) => zipFile(...partsOf(entries), options);

/** Convolutions of the FID Inception: [name, outputs, inputs, height, width], in the order of its state dict. */
function convolutions() {
  const list = [];
  const add = (name, outputs, inputs, height, width = height) => list.push([name, outputs, inputs, height, width]);
  add('Conv2d_1a_3x3', 32, 3, 3);
  add('Conv2d_2a_3x3', 32, 32, 3);
  add('Conv2d_2b_3x3', 64, 32, 3);
  add('Conv2d_3b_1x1', 80, 64, 1);
  add('Conv2d_4a_3x3', 192, 80, 3);
  for (const [block, inputs, pool] of [
    ['5b', 192, 32],
    ['5c', 256, 64],
    ['5d', 288, 64],
  ]) {
    add(`Mixed_${block}.branch1x1`, 64, inputs, 1);
    add(`Mixed_${block}.branch5x5_1`, 48, inputs, 1);
    add(`Mixed_${block}.branch5x5_2`, 64, 48, 5);
    add(`Mixed_${block}.branch3x3dbl_1`, 64, inputs, 1);
    add(`Mixed_${block}.branch3x3dbl_2`, 96, 64, 3);
    add(`Mixed_${block}.branch3x3dbl_3`, 96, 96, 3);
    add(`Mixed_${block}.branch_pool`, pool, inputs, 1);
  }
  add('Mixed_6a.branch3x3', 384, 288, 3);
  add('Mixed_6a.branch3x3dbl_1', 64, 288, 1);
  add('Mixed_6a.branch3x3dbl_2', 96, 64, 3);
  add('Mixed_6a.branch3x3dbl_3', 96, 96, 3);
  for (const [block, width] of [
    ['6b', 128],
    ['6c', 160],
    ['6d', 160],
    ['6e', 192],
  ]) {
    add(`Mixed_${block}.branch1x1`, 192, 768, 1);
    add(`Mixed_${block}.branch7x7_1`, width, 768, 1);
    add(`Mixed_${block}.branch7x7_2`, width, width, 1, 7);
    add(`Mixed_${block}.branch7x7_3`, 192, width, 7, 1);
    add(`Mixed_${block}.branch7x7dbl_1`, width, 768, 1);
    add(`Mixed_${block}.branch7x7dbl_2`, width, width, 7, 1);
    add(`Mixed_${block}.branch7x7dbl_3`, width, width, 1, 7);
    add(`Mixed_${block}.branch7x7dbl_4`, width, width, 7, 1);
    add(`Mixed_${block}.branch7x7dbl_5`, 192, width, 1, 7);
    add(`Mixed_${block}.branch_pool`, 192, 768, 1);
  }
  add('Mixed_7a.branch3x3_1', 192, 768, 1);
  add('Mixed_7a.branch3x3_2', 320, 192, 3);
  add('Mixed_7a.branch7x7x3_1', 192, 768, 1);
  add('Mixed_7a.branch7x7x3_2', 192, 192, 1, 7);
  add('Mixed_7a.branch7x7x3_3', 192, 192, 7, 1);
  add('Mixed_7a.branch7x7x3_4', 192, 192, 3);
  for (const [block, inputs] of [
    ['7b', 1280],
    ['7c', 2048],
  ]) {
    add(`Mixed_${block}.branch1x1`, 320, inputs, 1);
    add(`Mixed_${block}.branch3x3_1`, 384, inputs, 1);
    add(`Mixed_${block}.branch3x3_2a`, 384, 384, 1, 3);
    add(`Mixed_${block}.branch3x3_2b`, 384, 384, 3, 1);
    add(`Mixed_${block}.branch3x3dbl_1`, 448, inputs, 1);
    add(`Mixed_${block}.branch3x3dbl_2`, 384, 448, 3);
    add(`Mixed_${block}.branch3x3dbl_3a`, 384, 384, 1, 3);
    add(`Mixed_${block}.branch3x3dbl_3b`, 384, 384, 3, 1);
    add(`Mixed_${block}.branch_pool`, 192, inputs, 1);
  }
  return list;
}

/** Normal numbers of mean 0 and deviation 1 from a seed: Box and Muller on mulberry32. */
function normals(seed) {
  let state = seed >>> 0;
  const uniform = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
  let spare;
  return () => {
    if (spare !== undefined) {
      const value = spare;
      spare = undefined;
      return value;
    }
    const radius = Math.sqrt(-2 * Math.log(1 - uniform()));
    const angle = 2 * Math.PI * uniform();
    spare = radius * Math.sin(angle);
    return radius * Math.cos(angle);
  };
}

/**
 * A state dict of the FID Inception's layout with random values that keep activations of one size from layer to layer.
 * `widthDivisor` 16 gives the shapes of the slim fixtures.
 */
export function randomInception(seed, { widthDivisor = 1 } = {}) {
  const normal = normals(seed);
  const dict = new Map();
  const add = (name, shape, mean, deviation) => {
    const data = new Float32Array(shape.reduce((product, n) => product * n, 1));
    for (let i = 0; i < data.length; i++) data[i] = mean + deviation * normal();
    dict.set(name, { shape, data });
  };
  for (const [name, fullOutputs, fullInputs, height, width] of convolutions()) {
    const outputs = fullOutputs / widthDivisor;
    // The first layer's inputs are the colours.
    const inputs = fullInputs === 3 ? 3 : fullInputs / widthDivisor;
    add(`${name}.conv.weight`, [outputs, inputs, height, width], 0, Math.sqrt(2 / (inputs * height * width)));
    add(`${name}.bn.weight`, [outputs], 1, 0.1);
    add(`${name}.bn.bias`, [outputs], 0, 0.1);
    add(`${name}.bn.running_mean`, [outputs], 0, 0.1);
    add(`${name}.bn.running_var`, [outputs], 1, 0.05);
    dict.set(`${name}.bn.num_batches_tracked`, { shape: [], data: new Float32Array(1), type: 'LongStorage' });
  }
  const features = 2048 / widthDivisor;
  add('fc.weight', [1008, features], 0, Math.sqrt(1 / features));
  add('fc.bias', [1008], 0, 0.1);
  return dict;
}
