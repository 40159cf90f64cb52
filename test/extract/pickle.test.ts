import { describe, expect, test } from 'vitest';
import { UserError } from '../../src/core/errors.js';
import { type Pickled, unpickle } from '../../src/extract/pickle.js';
import { bytesOf, little, op, pickle } from './torch-writer.mjs';

/** What the hooks of this test make: a record of what they were asked. */
interface Asked {
  readonly kind: 'asked';
  readonly what: string;
  readonly of: readonly Pickled<Asked>[];
}

const asked = (what: string, ...of: Pickled<Asked>[]): Asked => ({ kind: 'asked', what, of });

function read(bytes: Uint8Array, offset = 0, states: Pickled<Asked>[] = []) {
  return unpickle<Asked>(bytes, offset, 'p', {
    global(module, name) {
      if (module === 'no') throw new UserError(`refused ${name}`);
      return asked(`${module}.${name}`);
    },
    reduce: (callee, args) => asked('call', callee, args),
    build: (state, object) => void states.push(state, object),
    persistent: (id) => asked('persistent', id),
  });
}

const loaded = (bytes: Uint8Array): Pickled<Asked> => read(bytes).value;

function messageOf(bytes: Uint8Array): string {
  try {
    read(bytes);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return error.message;
  }
  throw new Error('it was read without an error');
}

const hex = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, 'hex'));
const list = (...items: Pickled<Asked>[]): Pickled<Asked> => ({ kind: 'list', items });

describe('plain data as Python pickles it', () => {
  /**
   * pickle.dumps(…, protocol) of Python 3.11: {'none': None, 'yes': True, 'no': False, 'ints': (0, 255, 256, 65535,
   * 65536, -1, -2**31, 2**31, -2**31-1, 2**53-1, 2**53, -2**70), 'floats': [0.5, -1e300], 'text': 'é€😀', 'bytes':
   * b'\x00\xff', 'nested': [[], {}, (), (1,), (1, 2), (1, 2, 3), {'a': [1]}], 'shared': [s, s]} with s = ['s'];
   * without 'bytes' in protocol 2, which has no opcode for them.
   */
  const NUMBERS =
    '284b004bff4d00014dffff4a000001004affffffff4a000000808a0500000080008a05ffffff7fff8a07ffffffffffff1f' +
    '8a07000000000000208a090000000000000000c074';
  const FLOATS = '28473fe000000000000047fe37e43c8800759c65';
  const FRAMED =
    `95ed000000000000007d94288c046e6f6e65944e8c0379657394888c026e6f94898c04696e747394${NUMBERS}` +
    `948c06666c6f617473945d94${FLOATS}8c0474657874948c09c3a9e282acf09f9880948c05627974657394430200ff94` +
    '8c066e6573746564945d94285d947d94294b0185944b014b0286944b014b024b0387947d948c0161945d944b01617365' +
    '8c06736861726564945d94285d948c01739461681865752e';
  const PICKLES: Readonly<Record<number, string>> = {
    2:
      '80027d71002858040000006e6f6e6571014e580300000079657371028858020000006e6f7103895804000000696e74737104' +
      `${NUMBERS}71055806000000666c6f61747371065d7107${FLOATS}58040000007465787471085809000000c3a9e282acf09f9880` +
      '710958060000006e6573746564710a5d710b285d710c7d710d294b0185710e4b014b0286710f4b014b024b038771107d7111580100' +
      '00006171125d71134b01617365580600000073686172656471145d7115285d7116580100000073711761681665752e',
    3:
      '80037d71002858040000006e6f6e6571014e580300000079657371028858020000006e6f7103895804000000696e74737104' +
      `${NUMBERS}71055806000000666c6f61747371065d7107${FLOATS}58040000007465787471085809000000c3a9e282acf09f9880` +
      '710958050000006279746573710a430200ff710b58060000006e6573746564710c5d710d285d710e7d710f294b018571104b014b02' +
      '8671114b014b024b038771127d711358010000006171145d71154b01617365580600000073686172656471165d7117285d71185801' +
      '00000073711961681865752e',
    4: `8004${FRAMED}`,
    5: `8005${FRAMED}`,
  };
  const shared = list('s');
  const entries: [string, Pickled<Asked>][] = [
    ['none', null],
    ['yes', true],
    ['no', false],
    [
      'ints',
      [0, 255, 256, 65535, 65536, -1, -(2 ** 31), 2 ** 31, -(2 ** 31) - 1, 2 ** 53 - 1, 2n ** 53n, -(2n ** 70n)],
    ],
    ['floats', list(0.5, -1e300)],
    ['text', 'é€😀'],
    ['bytes', Uint8Array.of(0, 255)],
    ['nested', list(list(), new Map(), [], [1], [1, 2], [1, 2, 3], new Map([['a', list(1)]]))],
    ['shared', list(shared, shared)],
  ];

  test.each([2, 3, 4, 5])('protocol %i', (protocol) => {
    const value = loaded(hex(PICKLES[protocol]!)) as Map<string, Pickled<Asked>>;
    expect([...value]).toEqual(entries.filter(([key]) => protocol > 2 || key !== 'bytes'));
    const { items } = value.get('shared') as { items: unknown[] };
    expect(items[0]).toBe(items[1]);
  });

  test('a list that holds itself', () => {
    const value = loaded(hex('80025d71006800612e')) as { items: unknown[] };
    expect(value.items).toHaveLength(1);
    expect(value.items[0]).toBe(value);
  });

  test('one pickle after the other', () => {
    const two = bytesOf(7, pickle(op.int(1)), pickle(op.int(2)));
    const first = read(two, 1);
    expect(first).toEqual({ value: 1, end: 9 });
    expect(read(two, first.end)).toEqual({ value: 2, end: two.length });
  });

  // Forms that Python's own pickler does not choose, or only for sizes that are no use here.
  test.each<[string, Uint8Array, Pickled<Asked>]>([
    ['LIST', bytesOf(op.mark, op.int(1), op.int(2), 0x6c), list(1, 2)],
    ['DICT', bytesOf(op.mark, op.text('a'), op.int(1), 0x64), new Map([['a', 1]])],
    ['LONG4', bytesOf(0x8b, little(2, 4), little(-2, 2)), -2],
    ['LONG1 of no bytes', hex('8a00'), 0],
    ['BINUNICODE8', bytesOf(0x8d, little(2, 8), 0x68, 0x69), 'hi'],
    ['a byte order mark', op.text('\ufeffa'), '\ufeffa'],
    ['SHORT_BINSTRING', hex('55026869'), 'hi'],
    ['BINSTRING', hex('54020000006869'), 'hi'],
    ['BINBYTES', hex('4202000000ff00'), Uint8Array.of(255, 0)],
    ['BINBYTES8', bytesOf(0x8e, little(1, 8), 9), Uint8Array.of(9)],
    ['SETITEM', bytesOf(op.emptyDict, op.text('a'), op.int(1), op.setItem), new Map([['a', 1]])],
    ['__proto__', op.dict([['__proto__', op.int(1)]]), new Map([['__proto__', 1]])],
  ])('%s', (_, bytes, value) => {
    expect(loaded(pickle(bytes))).toEqual(value);
  });
});

describe('what is no plain data goes to the hooks', () => {
  // pickle.dumps(OrderedDict([('a', 1), ('b', 2)]), protocol) of Python 3.11.
  test.each([
    [
      2,
      '800263636f6c6c656374696f6e730a4f726465726564446963740a7100295271012858010000006171024b0158010000006271034b02752e',
    ],
    [
      4,
      '80049530000000000000008c0b636f6c6c656374696f6e73948c0b4f72646572656444696374949394295294288c0161944b018c0162944b02752e',
    ],
  ])('a call, in protocol %i', (_, text) => {
    const made = new Map<Pickled<Asked>, Pickled<Asked>>();
    const { value } = unpickle<Asked>(hex(text), 0, 'p', {
      global: (module, name) => asked(`${module}.${name}`),
      reduce(callee, args) {
        expect([callee, args]).toEqual([asked('collections.OrderedDict'), []]);
        return made;
      },
      build: () => expect.unreachable(),
      persistent: () => expect.unreachable(),
    });
    expect(value).toBe(made);
    expect([...made]).toEqual([
      ['a', 1],
      ['b', 2],
    ]);
  });

  test('a persistent id and a state', () => {
    const states: Pickled<Asked>[] = [];
    const bytes = pickle(op.ints([1, 2]), op.persistent, op.text('state'), op.build);
    const { value } = read(bytes, 0, states);
    expect(value).toEqual(asked('persistent', [1, 2]));
    expect(states).toEqual(['state', value]);
  });

  test('what a hook refuses has the byte and the promise', () => {
    expect(messageOf(pickle(op.none, op.global('no', 'way')))).toBe(
      'p: at byte 3 of its pickle: refused way. Nothing in it was executed.',
    );
  });

  test('what is no refusal is a bug and stays one', () => {
    const bug = new TypeError('a bug');
    const hook = () => {
      throw bug;
    };
    const hooks = { global: hook, reduce: hook, build: hook, persistent: hook };
    expect(() => unpickle<Asked>(pickle(op.none, op.persistent), 0, 'p', hooks)).toThrow(bug);
  });
});

describe('hostile pickles', () => {
  const KNOWN = new Set(hex('28292e424347545551524a4b4d4e586162636465686a6c71727374755d7d85868788898a8b8c8d8e939495'));

  test('every opcode that a state dict does not need is refused by name and byte', () => {
    const refused = Array.from({ length: 256 }, (_, code) => code).filter((code) => !KNOWN.has(code));
    const messages = refused.map((code) => messageOf(pickle(op.none, code, new Uint8Array(16))));
    for (const [i, message] of messages.entries()) {
      const code = refused[i]!.toString(16).padStart(2, '0');
      expect(message).toMatch(new RegExp(`^p: at byte 3 of its pickle: the opcode .* \\(0x${code}\\), which no state`));
      expect(message).toMatch(/Nothing in it was executed\.$/);
    }
    for (const name of ['INST', 'OBJ', 'NEWOBJ', 'NEWOBJ_EX', 'EXT1', 'PERSID', 'STRING', 'BYTEARRAY8'])
      expect(
        messages.filter((message) => message.includes(`the opcode ${name} (`)),
        name,
      ).toHaveLength(1);
  });

  test.each<[string, Uint8Array, RegExp]>([
    ['nothing', new Uint8Array(0), /at byte 0 .*cut off: 1 bytes wanted, 0 left/],
    ['protocol 0', new TextEncoder().encode('I1\n.'), /no pickle of protocol 2 or later begins here/],
    ['protocol 6', Uint8Array.of(0x80, 6, 0x2e), /pickle protocol 6, expected 2 to 5/],
    ['a second protocol', pickle(0x80, 2, op.none), /the opcode of no known name \(0x80\)/],
    ['no end', Uint8Array.of(0x80, 2, 0x4e), /at byte 3 .*cut off/],
    ['nothing to stop with', pickle(), /stops amid unfinished values/],
    ['two values', pickle(op.none, op.none), /stops amid unfinished values/],
    ['an open mark', pickle(op.none, op.mark), /stops amid unfinished values/],
    ['an empty stack', pickle(op.reduce), /takes more from its stack than is there/],
    ['a stack cut by a mark', pickle(op.none, op.mark, 0x85), /takes more from its stack than is there/],
    ['memo of nothing', pickle(op.put(0)), /takes more from its stack than is there/],
    ['a tuple without a mark', pickle(op.none, op.tuple), /ends a run of values that it never began/],
    ['an unknown memo', pickle(op.get(4_000_000_000)), /recalls value 4000000000, which it never kept/],
    ['items of a tuple', pickle(op.emptyTuple, op.none, op.none, op.setItem), /sets the items of what is no dict/],
    ['items of a list', pickle(op.emptyList, op.none, op.none, op.setItem), /sets the items of what is no dict/],
    ['a key alone', pickle(op.emptyDict, op.mark, op.none, op.setItems), /a key without a value/],
    ['appending to a dict', pickle(op.emptyDict, op.none, op.append), /appends to what is no list/],
    ['appending to a tuple', pickle(op.emptyTuple, op.none, op.append), /appends to what is no list/],
    ['arguments in a list', pickle(op.global('a', 'b'), op.emptyList, op.reduce), /arguments are no tuple/],
    ['a number for a module', pickle(op.int(1), op.int(2), 0x93), /a global whose name is no text/],
    ['a name without an end', pickle(0x63, new Uint8Array(5000).fill(97)), /a name without an end/],
    ['a text past the end', pickle(0x58, little(1000, 4), 97), /cut off: 1000 bytes wanted, 2 left/],
    ['a text of 4 GB', pickle(0x58, little(-1, 4), 97), /a text of 4294967295 bytes/],
    ['a text of 2^63', pickle(0x8d, little(2n ** 63n, 8), 97), /a size of 9223372036854775808/],
    ['bytes of 2^52', pickle(0x8e, little(2n ** 52n, 8), 97), /cut off: 4503599627370496 bytes wanted/],
    ['no UTF-8', pickle(0x58, little(2, 4), 0xc3, 0x28), /a text that is not UTF-8/],
    ['an integer of 1 MB', pickle(0x8b, little(1e6, 4), new Uint8Array(1e6)), /an integer of 1000000 bytes/],
    ['a negative size', pickle(0x8b, little(-1, 4)), /an integer of 4294967295 bytes/],
  ])('%s', (_, bytes, message) => {
    expect(messageOf(bytes)).toMatch(message);
  });

  test.each<[string, Uint8Array, RegExp]>([
    ['an endless stack', pickle(new Uint8Array(2 ** 16 + 1).fill(0x7d)), /more than 65536 values on its stack/],
    ['marks in marks', pickle(new Uint8Array(101).fill(0x28)), /nested more than 100 deep/],
    ['an endless run', pickle(op.none, new Uint8Array(2 ** 21).fill(0x85)), /more than 2097152 steps/],
    ['an endless memo', pickle(op.none, new Uint8Array(2 ** 21).fill(0x94)), /more than 2097152 steps/],
  ])('%s', (_, bytes, message) => {
    expect(messageOf(bytes)).toMatch(message);
  });

  test('tuples in tuples, far deeper than any stack of calls', () => {
    const depth = 500_000;
    let value = loaded(pickle(op.none, new Uint8Array(depth).fill(0x85)));
    let found = 0;
    for (; Array.isArray(value); value = value[0] as Pickled<Asked>) found++;
    expect(found).toBe(depth);
  });

  test('doubling through the memo takes no more memory than its steps', () => {
    // t = (t, t) sixty times over: 2^60 leaves, if somebody walked it.
    const doublings = Array.from({ length: 60 }, (_, i) => [op.put(i), op.get(i), 0x86]);
    expect(loaded(pickle(op.none, doublings))).toHaveLength(2);
  });

  test('random runs of known opcodes are read or refused, and nothing else', () => {
    let state = 2024;
    const below = (n: number) => {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      return Math.floor((state / 2 ** 32) * n);
    };
    const makes = [op.none, op.true, op.emptyTuple, op.emptyList, op.emptyDict, op.int(5), op.text('x')];
    const pieces = [
      ...[...makes, ...makes, op.mark, op.put(1), op.get(1), [0x94], op.tuple, op.append, op.appends, op.setItem],
      ...[op.setItems, op.reduce, op.build, op.persistent, op.global('a', 'b'), [0x85], [0x86], [0x87], [0x6c], [0x64]],
    ];
    let taken = 0;
    for (let run = 0; run < 5000; run++) {
      const bytes = pickle(Array.from({ length: 1 + below(12) }, () => pieces[below(pieces.length)]!));
      try {
        read(bytes);
        taken++;
      } catch (error) {
        if (!(error instanceof UserError)) throw error;
      }
    }
    expect(taken).toBeGreaterThan(200);
    expect(taken).toBeLessThan(4800);
  });
});
