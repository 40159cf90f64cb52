import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { UserError } from '../../src/core/errors.js';
import { readStateDict } from '../../src/extract/torch-file.js';
import { FIXTURES } from './fixtures.js';
import {
  bytesOf,
  legacyFile,
  little,
  op,
  pickle,
  randomInception,
  writeLegacy,
  writeZip,
  zipFile,
} from './torch-writer.mjs';

const slim = {
  legacy: readFileSync(join(FIXTURES, 'inception-slim-legacy.pth')),
  zip: readFileSync(join(FIXTURES, 'inception-slim-zip.pth')),
};

/** The message of the UserError that reading throws; anything else fails the test. */
function messageOf(bytes: Uint8Array): string {
  try {
    readStateDict(bytes, 'w.pth');
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return error.message;
  }
  throw new Error('it was read without an error');
}

/** Reads, and lets UserErrors pass: what damaged files may do. */
function attempt(bytes: Uint8Array): 'read' | 'refused' {
  try {
    readStateDict(bytes, 'w.pth');
    return 'read';
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return 'refused';
  }
}

const floats = (...values: number[]): Uint8Array => new Uint8Array(Float32Array.from(values).buffer);

/** Storage 0 of six floats, 0 to 5. */
const SIX = ['0', 6, floats(0, 1, 2, 3, 4, 5)] as const;
const six = op.storage('0', 'FloatStorage', 6);

/** A state dict of one tensor, on storage 0. */
const one = (value: Uint8Array): Uint8Array => pickle(op.dict([['w', value]], op.orderedDict()));

describe('the fixtures', () => {
  const legacy = readStateDict(slim.legacy, 'legacy');
  const zip = readStateDict(slim.zip, 'zip');

  test('are one state dict in two formats', () => {
    expect(legacy.size).toBe(566);
    expect([...zip.keys()]).toEqual([...legacy.keys()]);
    for (const [name, { shape, data }] of legacy) {
      expect(zip.get(name)!.shape, name).toEqual(shape);
      expect(Buffer.from(zip.get(name)!.data.buffer).equals(Buffer.from(data.buffer)), name).toBe(true);
    }
  });

  // Read off the zip fixture with Python's zipfile, pickle and struct modules.
  test.each([
    ['Conv2d_1a_3x3.conv.weight', [2, 3, 3, 3], 0, 0.11277584731578827],
    ['Conv2d_1a_3x3.conv.weight', [2, 3, 3, 3], 53, 0.3580864369869232],
    ['Mixed_6c.branch7x7dbl_3.conv.weight', [10, 10, 1, 7], 350, 0.23172789812088013],
    ['Mixed_7b.branch3x3dbl_1.bn.running_var', [28], 27, 1.2404425144195557],
    ['Mixed_5c.branch_pool.bn.num_batches_tracked', [], 0, 0],
    ['fc.weight', [1008, 128], 129023, -0.002278278348967433],
    ['fc.bias', [1008], 1007, -0.0942293182015419],
  ])('hold %s %j [%i] = %f', (name, shape, index, value) => {
    for (const dict of [legacy, zip]) {
      expect(dict.get(name)!.shape).toEqual(shape);
      expect(dict.get(name)!.data[index]).toBe(value);
    }
  });

  test('have the layout of the random state dicts, at a sixteenth of the width', () => {
    const shapes = (dict: ReadonlyMap<string, { shape: readonly number[] }>) =>
      Array.from(dict, ([name, { shape }]) => `${name} ${shape}`);
    expect(shapes(randomInception(1, { widthDivisor: 16 }))).toEqual(shapes(legacy));
  });
});

describe('what is written is read', () => {
  const dict = randomInception(7, { widthDivisor: 16 });

  test.each([
    ['legacy', () => writeLegacy(dict)],
    ['zip', () => writeZip(dict)],
    ['zip, deflated', () => writeZip(dict, { level: 9 })],
    // A view into a larger buffer at an odd position.
    ['legacy at an odd address', () => bytesOf(0, writeLegacy(dict)).subarray(1)],
    ['zip at an odd address', () => bytesOf(0, writeZip(dict)).subarray(1)],
  ])('%s', (_, written) => {
    const read = readStateDict(written(), 'w.pth');
    expect([...read.keys()]).toEqual([...dict.keys()]);
    for (const [name, { shape, data }] of dict) expect(read.get(name), name).toEqual({ shape, data });
  });

  test('random state dicts follow their seed', () => {
    const first = (seed: number) => randomInception(seed, { widthDivisor: 16 }).get('fc.bias')!.data;
    expect(first(7)).toEqual(first(7));
    expect(first(7)).not.toEqual(first(8));
  });
});

describe('element types', () => {
  // The bytes from Python: struct.pack('<e', …), '<d' and so on; bfloat16 is the upper half of '<f'.
  test.each([
    ['FloatStorage', 2, '0000c03f000020c1', [1.5, -10]],
    ['DoubleStorage', 2, '9a9999999999b93f00000000000024c0', [Math.fround(0.1), -10]],
    ['HalfStorage', 6, '003e00c90100ff7b007c00fc', [1.5, -10, 2 ** -24, 65504, Infinity, -Infinity]],
    ['HalfStorage', 2, '007e0080', [NaN, -0]],
    ['BFloat16Storage', 3, 'c03f20c1807f', [1.5, -10, Infinity]],
    ['LongStorage', 2, '40420f0000000000ffffffffffffffff', [1000000, -1]],
    ['IntStorage', 2, '40420f00ffffffff', [1000000, -1]],
    ['ShortStorage', 2, 'e803ffff', [1000, -1]],
    ['CharStorage', 2, '7fff', [127, -1]],
    ['ByteStorage', 2, '7fff', [127, 255]],
    ['BoolStorage', 2, '0001', [0, 1]],
  ])('%s of %i', (type, count, hex, values) => {
    const bytes = new Uint8Array(Buffer.from(hex, 'hex'));
    const object = one(op.tensor(op.storage('0', type, count), 0, [count], [1]));
    for (const file of [legacyFile(object, [['0', count, bytes]]), zipFile(object, [['0', count, bytes]])]) {
      expect(readStateDict(file, 'w.pth').get('w')).toEqual({ shape: [count], data: Float32Array.from(values) });
    }
  });
});

describe('views of storages', () => {
  test.each([
    ['a transposed matrix', 0, [3, 2], [1, 3], [0, 3, 1, 4, 2, 5]],
    ['a column', 1, [2], [3], [1, 4]],
    ['an offset', 2, [2, 2], [2, 1], [2, 3, 4, 5]],
    ['overlapping windows', 0, [3, 4], [1, 1], [0, 1, 2, 3, 1, 2, 3, 4, 2, 3, 4, 5]],
    ['an expanded row', 3, [2, 3], [0, 1], [3, 4, 5, 3, 4, 5]],
    ['an expanded scalar', 4, [2, 2], [0, 0], [4, 4, 4, 4]],
    ['a scalar', 5, [], [], [5]],
    ['axes of length 1 with odd strides', 0, [1, 3, 1, 2], [99, 2, 2 ** 53 - 1, 1], [0, 1, 2, 3, 4, 5]],
    ['three axes', 0, [2, 1, 3], [1, 7, 2], [0, 2, 4, 1, 3, 5]],
    ['nothing', 6, [0, 3], [3, 1], []],
  ])('%s', (_, offset, shape, strides, values) => {
    const object = one(op.tensor(six, offset, shape, strides));
    for (const file of [legacyFile(object, [SIX]), zipFile(object, [SIX])]) {
      expect(readStateDict(file, 'w.pth').get('w')).toEqual({ shape, data: Float32Array.from(values) });
    }
  });

  test('two tensors of one storage do not share what is read', () => {
    const tensor = op.tensor(six, 0, [6], [1]);
    const file = legacyFile(
      pickle(
        op.dict([
          ['a', tensor],
          ['b', tensor],
        ]),
      ),
      [SIX],
    );
    const read = readStateDict(file, 'w.pth');
    read.get('a')!.data[0] = 9;
    expect(read.get('b')!.data[0]).toBe(0);
  });

  test('a view of a storage, as the oldest files have it', () => {
    const view = bytesOf(op.mark, op.text('8'), op.int(2), op.int(3), op.tuple);
    const object = one(op.tensor(op.storage('0', 'FloatStorage', 6, view), 1, [2], [1]));
    expect(readStateDict(legacyFile(object, [SIX]), 'w.pth').get('w')!.data).toEqual(Float32Array.of(3, 4));
  });
});

describe('wrappers', () => {
  const tensor = op.tensor(six, 0, [6], [1]);
  const parameter = bytesOf(
    ...[op.global('torch._utils', '_rebuild_parameter'), op.mark, tensor, op.true, op.orderedDict(), op.tuple],
    op.reduce,
  );
  const metadata = op.dict([['_metadata', op.dict([['', op.dict([['version', op.int(1)]])]], op.orderedDict())]]);
  const pairs = bytesOf(
    ...[op.global('collections', 'OrderedDict'), op.mark, op.emptyList, op.mark, op.emptyList, op.mark],
    ...[op.text('w'), tensor, op.appends, op.appends, op.tuple, op.reduce],
  );

  test.each([
    ['a plain dict', op.dict([['w', tensor]])],
    ['an OrderedDict', op.dict([['w', tensor]], op.orderedDict())],
    ['an OrderedDict of Python 2', pairs],
    ['an OrderedDict with _metadata', bytesOf(op.dict([['w', tensor]], op.orderedDict()), metadata, op.build)],
    ['a parameter', op.dict([['w', parameter]])],
    ['a dict with the single key state_dict', op.dict([['state_dict', op.dict([['w', tensor]], op.orderedDict())]])],
    ['no backward hooks', op.dict([['w', op.tensor(six, 0, [6], [1], { hooks: op.none })]])],
    ['a storage of a GPU', op.dict([['w', op.tensor(bytesOf(gpu(six)), 0, [6], [1])]])],
  ])('%s', (_, value) => {
    const read = readStateDict(legacyFile(pickle(value), [SIX]), 'w.pth');
    expect([...read]).toEqual([['w', { shape: [6], data: Float32Array.of(0, 1, 2, 3, 4, 5) }]]);
  });

  test('a name that is a property of every object is a name', () => {
    const file = legacyFile(pickle(op.dict([['__proto__', tensor]])), [SIX]);
    expect([...readStateDict(file, 'w.pth').keys()]).toEqual(['__proto__']);
    expect(Object.prototype).not.toHaveProperty('shape');
  });
});

/** The same storage as torch.cuda's. */
function gpu(storage: Uint8Array): Uint8Array {
  const text = Buffer.from(storage).toString('latin1').replace('ctorch\n', 'ctorch.cuda\n');
  return new Uint8Array(Buffer.from(text, 'latin1'));
}

const tensorOf = (offset: number, shape: readonly number[], strides: readonly number[]) =>
  legacyFile(one(op.tensor(six, offset, shape, strides)), [SIX]);
const holding = (...value: (Uint8Array | readonly number[])[]) => legacyFile(pickle(...value), [SIX]);
const good = one(op.tensor(six, 0, [6], [1]));

describe('what is no state dict is refused with what it is', () => {
  test.each<[string, Uint8Array, RegExp]>([
    ['nothing', new Uint8Array(0), /^w\.pth: the file is empty\. Expected what torch\.save/],
    [
      'a page',
      new TextEncoder().encode('<!DOCTYPE html>\x1b[2J'),
      /not a state dict: .*begins with "<!DOCTYPE html>\\u001b"/,
    ],
    ['a number', holding(op.int(3)), /not a state dict: the number 3\. Expected what torch\.save/],
    ['a list', holding(op.emptyList), /not a state dict: a list/],
    ['a tuple', holding(op.emptyTuple), /not a state dict: a tuple/],
    ['None', holding(op.none), /not a state dict: None/],
    ['a text', holding(op.text('hello')), /not a state dict: the text "hello"/],
    ['a function', holding(op.global('collections', 'OrderedDict')), /not a state dict: collections\.OrderedDict/],
    ['a tensor', holding(op.tensor(six, 0, [6], [1])), /not a state dict: a single tensor/],
    ['a storage', holding(six), /not a state dict: a storage/],
    ['an empty dict', holding(op.emptyDict), /not a state dict: an empty dict/],
    ['a dict of numbers', holding(op.dict([['epoch', op.int(3)]])), /its entry "epoch" is the number 3, not a tensor/],
    [
      'a nameless entry',
      holding(op.emptyDict, op.int(1), op.tensor(six, 0, [6], [1]), op.setItem),
      /a dict with the number 1 for a name/,
    ],
    [
      'a checkpoint',
      holding(
        op.dict([
          ['epoch', op.int(3)],
          ['state_dict', op.dict([['w', op.tensor(six, 0, [6], [1])]])],
        ]),
      ),
      /a checkpoint that holds one beside other things\. Save its "state_dict" alone/,
    ],
    [
      'a dict that holds itself',
      holding(op.emptyDict, op.put(0), op.text('state_dict'), op.get(0), op.setItem),
      /its entry "state_dict" is a dict, not a tensor/,
    ],
    ['a list that holds itself', holding(op.emptyList, op.put(0), op.get(0), op.append), /not a state dict: a list/],
    [
      'a whole model',
      holding(op.global('torchvision.models.inception', 'Inception3'), op.emptyTuple, [0x81]),
      /at byte \d+ of its pickle: not a state dict: it asks for "torchvision\.models\.inception\.Inception3".*Nothing in it was executed/,
    ],
    [
      'a module by persistent id',
      holding(op.mark, op.text('module'), op.none, op.text('m.py'), op.text(''), op.tuple, op.persistent),
      /not a state dict: a whole module/,
    ],
    [
      'a pickle of other things',
      pickle(op.dict([['a', op.int(1)]])),
      /a pickle of a dict that torch\.save did not write/,
    ],
    [
      'a pickle that calls',
      pickle(op.global('os', 'system'), op.mark, op.text('true'), op.tuple, op.reduce),
      /at byte 2 of its pickle: the global "os\.system" where plain data is expected\. Nothing in it was executed/,
    ],
    [
      'a TorchScript',
      zipFile(good, [SIX], { files: { 'constants.pkl': new Uint8Array(4) } }),
      /not a state dict: a TorchScript archive.*torch\.jit\.load/,
    ],
    [
      'a TorchScript with code',
      zipFile(good, [SIX], { files: { 'code/__torch__.py': new Uint8Array(4) } }),
      /a TorchScript archive/,
    ],
    ['another zip', zipFile(good, [SIX], { root: 'a/b' }), /a zip archive with no NAME\/data\.pkl/],
  ])('%s', (_, file, message) => {
    expect(messageOf(file)).toMatch(message);
  });
});

describe('hostile files are refused', () => {
  test.each<[string, Uint8Array, RegExp]>([
    ['code', holding(op.global('posix', 'system')), /it asks for "posix\.system", .*Nothing in it was executed/],
    [
      'code beside a known name',
      holding(op.global('torch._utils', '_rebuild_tensor_v2.__globals__')),
      /it asks for "torch\._utils\._rebuild_tensor_v2\.__globals__"/,
    ],
    ['a property of every object', holding(op.global('torch', 'constructor')), /it asks for "torch\.constructor"/],
    ['a terminal escape', holding(op.global('a\x1b[2J\u009b', 'b')), /it asks for "a\\u001b\[2J\\u009b\.b"/],
    ['a long name', holding(op.global('a'.repeat(900), 'b')), /it asks for "a{100}\.\.\."/],
    ['a call of a text', holding(op.text('eval'), op.emptyTuple, op.reduce), /a call of the text "eval"/],
    ['a state of a tensor', holding(op.tensor(six, 0, [6], [1]), op.emptyDict, op.build), /a state for a tensor/],
    [
      'backward hooks',
      legacyFile(one(op.tensor(six, 0, [6], [1], { hooks: op.dict([['1', op.none]]) })), [SIX]),
      /a tensor with backward hooks/,
    ],
    [
      'metadata that negates',
      legacyFile(one(op.tensor(six, 0, [6], [1], { more: op.dict([['neg', op.true]]) })), [SIX]),
      /a tensor with metadata/,
    ],
    ['a tensor of 10^9', tensorOf(0, [1e9], [1]), /shape \(1000000000\) reaches past the 6 elements/],
    ['a tensor of 10^36', tensorOf(0, [1e12, 1e12, 1e12], [0, 0, 0]), /1e\+36 elements, expected at most 1048576/],
    [
      'many axes',
      tensorOf(0, new Array(64).fill(2 ** 52), new Array(64).fill(0)),
      /Infinity elements, expected at most 1048576 in a file of \d+ bytes/,
    ],
    ['too many axes', tensorOf(0, new Array(65).fill(1), new Array(65).fill(1)), /65 axes/],
    ['an endless tensor', tensorOf(0, new Array(64).fill(2 ** 52), new Array(64).fill(2 ** 52)), /reaches past/],
    ['an expanded tensor', tensorOf(0, [2 ** 20 + 1], [0]), /1048577 elements, expected at most 1048576/],
    ['an offset past the end', tensorOf(6, [1], [1]), /reaches past/],
    ['a stride past the end', tensorOf(0, [2], [6]), /reaches past/],
    ['a negative offset', tensorOf(-1, [1], [1]), /a tensor's offset is the number -1/],
    ['a negative stride', tensorOf(5, [6], [-1]), /its strides is the number -1/],
    ['a negative length', tensorOf(0, [-6], [1]), /a tensor's shape is the number -6/],
    ['strides for other axes', tensorOf(0, [6], [1, 1]), /1 axes with 2 strides/],
    [
      'a storage that is not there',
      legacyFile(one(op.tensor(op.storage('1', 'FloatStorage', 6), 0, [6], [1])), []),
      /lacks the storage 1/,
    ],
    ['a storage that nothing names', legacyFile(good, [SIX, ['1', 1, floats(1)]]), /no tensor names, the text "1"/],
    ['a storage twice', legacyFile(good, [SIX, SIX]), /lists the storage 0 twice/],
    ['a storage of another length', legacyFile(good, [['0', 5, floats(0, 1, 2, 3, 4, 5)]]), /not of the length/],
    [
      'a storage cut off',
      legacyFile(good, [['0', 6, floats(0, 1)]]),
      /cut off: the storage 0 has 24 bytes, of which 8 are there/,
    ],
    [
      'a storage larger than any file',
      legacyFile(one(op.tensor(op.storage('0', 'FloatStorage', 2 ** 53 - 1), 0, [1], [1])), [SIX]),
      /cut off: the storage 0/,
    ],
    [
      'a storage of two types',
      holding(
        op.dict([
          ['a', op.tensor(six, 0, [6], [1])],
          ['b', op.tensor(op.storage('0', 'IntStorage', 6), 0, [6], [1])],
        ]),
      ),
      /the storage 0 is of two types or lengths/,
    ],
    [
      'a storage of two lengths',
      holding(
        op.dict([
          ['a', op.tensor(six, 0, [6], [1])],
          ['b', op.tensor(op.storage('0', 'FloatStorage', 9), 0, [9], [1])],
        ]),
      ),
      /the storage 0 is of two types or lengths/,
    ],
    [
      'a storage of another kind',
      legacyFile(one(op.tensor(op.storage('0', 'ComplexFloatStorage', 6), 0, [6], [1])), [SIX]),
      /it asks for "torch\.ComplexFloatStorage"/,
    ],
    [
      'a storage whose key is a path',
      zipFile(one(op.tensor(op.storage('../secret', 'FloatStorage', 6), 0, [6], [1])), [SIX]),
      /a storage named by the text "\.\.\/secret"/,
    ],
    ['a storage missing from the archive', zipFile(good, []), /the entry "archive\/data\/0": not in the archive/],
    [
      'a storage too short in the archive',
      zipFile(good, [['0', 6, floats(0, 1)]]),
      /the storage 0 has 8 bytes, expected 6 × 4/,
    ],
    [
      'another byte order',
      zipFile(good, [SIX], { files: { byteorder: new TextEncoder().encode('big') } }),
      /its byte order is "big", expected "little"/,
    ],
    [
      'protocol 1002',
      bytesOf(pickle(op.long(0x1950a86a20f9469cfc6cn, 10)), pickle(op.int(1002)), good),
      /its protocol is the number 1002, expected 1001/,
    ],
  ])('%s', (_, file, message) => {
    expect(messageOf(file)).toMatch(message);
  });

  test('nothing of any size is taken for a tensor that is not there', () => {
    const before = process.memoryUsage().arrayBuffers;
    messageOf(tensorOf(0, [2 ** 28], [0]));
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(2 ** 20);
  });
});

describe('damaged files', () => {
  const small = (write: typeof writeLegacy) =>
    write([
      ['a', { shape: [2, 3], data: Float32Array.of(1, 2, 3, 4, 5, 6) }],
      ['n', { shape: [], data: Float32Array.of(7), type: 'LongStorage' }],
    ]);

  test.each([
    ['legacy', small(writeLegacy)],
    ['zip', small(writeZip)],
  ])('%s: cut off at every byte', (_, file) => {
    expect(attempt(file)).toBe('read');
    for (let length = 0; length < file.length; length++)
      expect(attempt(file.subarray(0, length)), `${length}`).toBe('refused');
  });

  test.each(Object.entries(slim))('%s: the fixture cut off at many bytes', (_, file) => {
    for (let length = 0; length < file.length; length += 9973)
      expect(attempt(file.subarray(0, length)), `${length}`).toBe('refused');
  });

  test('a zip archive with a wrong byte in a storage', () => {
    const file = writeZip([['a', { shape: [4], data: Float32Array.of(0.1, 0.2, 0.3, 0.4) }]]);
    const at = Buffer.from(file).indexOf(Buffer.from(Float32Array.of(0.3).buffer));
    file[at]! ^= 1;
    expect(messageOf(file)).toMatch(/the entry "archive\/data\/0": its checksum is wrong/);
  });

  // From a fixed seed: flips bytes where the structure is: the head of the one format, both ends of the other.
  test.each([
    ['legacy', small(writeLegacy), 3000],
    ['zip', small(writeZip), 3000],
    ['legacy fixture', new Uint8Array(slim.legacy), 600],
    ['zip fixture', new Uint8Array(slim.zip), 300],
  ])('%s: wrong bytes are read or refused, and nothing else', (_, file, times) => {
    let state = 12345;
    const below = (n: number) => {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      return Math.floor((state / 2 ** 32) * n);
    };
    const outcomes = new Set<string>();
    for (let i = 0; i < times; i++) {
      const flips: [number, number][] = [];
      for (let n = 1 + below(3); n-- > 0; ) {
        const distance = below(Math.min(file.length, below(2) ? 500 : 90_000));
        const at = below(3) ? distance : file.length - 1 - distance;
        flips.push([at, file[at]!]);
        file[at] = below(2) ? below(256) : file[at]! ^ (1 << below(8));
      }
      outcomes.add(attempt(file));
      for (const [at, byte] of flips.reverse()) file[at] = byte;
    }
    expect([...outcomes].sort()).toEqual(['read', 'refused']);
  });

  test('bytes behind the end of a legacy file are no part of it', () => {
    expect(attempt(bytesOf(small(writeLegacy), little(0, 8)))).toBe('read');
  });
});
