import { UserError } from '../core/errors.js';
import { type PickleBytes, pickleBytes } from './pickle-bytes.js';
import { pickleStack } from './pickle-stack.js';

/** Python's list. A tuple is an array, a dict (ordered or not) a Map, None is null, bytes are a Uint8Array. */
export interface PickledList<M> {
  readonly kind: 'list';
  readonly items: Pickled<M>[];
}

/** What a pickle can hold; `M` is what the hooks make of globals, calls and persistent ids. */
export type Pickled<M> =
  | null
  | boolean
  | number
  | bigint
  | string
  | Uint8Array
  | readonly Pickled<M>[]
  | Map<Pickled<M>, Pickled<M>>
  | PickledList<M>
  | M;

/**
 * What a pickle may do beyond plain data. Every hook throws a UserError with the reason alone when it refuses;
 * `unpickle` adds the file and the byte.
 */
export interface PickleHooks<M> {
  /** The meaning of a name that Python would import. */
  global(module: string, name: string): Pickled<M>;
  /** The outcome of calling what `global` gave. */
  reduce(callee: Pickled<M>, args: readonly Pickled<M>[]): Pickled<M>;
  /** Takes the state that Python would set as an object's attributes. */
  build(state: Pickled<M>, object: Pickled<M>): void;
  persistent(id: Pickled<M>): Pickled<M>;
}

/**
 * A step makes at most one small object beside the text that it reads, so this bounds the memory (a few hundred MB for
 * a file of nothing but steps), the memo and the time. A state dict takes about 30 steps a tensor.
 */
const MOST_STEPS = 2 ** 21;

const PROTO = 0x80;
const STOP = 0x2e;

/** Opcodes that are refused, by their names for the message. */
const REFUSED = new Map(
  Object.entries({
    ...{ POP: 0x30, POP_MARK: 0x31, DUP: 0x32, FLOAT: 0x46, INT: 0x49, LONG: 0x4c, PERSID: 0x50, STRING: 0x53 },
    ...{ UNICODE: 0x56, GET: 0x67, INST: 0x69, OBJ: 0x6f, PUT: 0x70, NEWOBJ: 0x81, EXT1: 0x82, EXT2: 0x83 },
    ...{ EXT4: 0x84, EMPTY_SET: 0x8f, ADDITEMS: 0x90, FROZENSET: 0x91, NEWOBJ_EX: 0x92, BYTEARRAY8: 0x96 },
    ...{ NEXT_BUFFER: 0x97, READONLY_BUFFER: 0x98 },
  }).map(([name, code]) => [code, name]),
);

function refusal(opcode: number): UserError {
  const code = `0x${opcode.toString(16).padStart(2, '0')}`;
  return new UserError(`the opcode ${REFUSED.get(opcode) ?? 'of no known name'} (${code}), which no state dict needs`);
}

function setItems<M>(items: readonly Pickled<M>[], dict: Pickled<M>): Pickled<M> {
  if (!(dict instanceof Map)) throw new UserError('it sets the items of what is no dict');
  if (items.length % 2) throw new UserError('a key without a value');
  for (let i = 0; i < items.length; i += 2) dict.set(items[i] as Pickled<M>, items[i + 1] as Pickled<M>);
  return dict;
}

function append<M>(items: readonly Pickled<M>[], list: Pickled<M>): void {
  if (typeof list !== 'object' || list === null || !('kind' in list) || list.kind !== 'list')
    throw new UserError('it appends to what is no list');
  for (const item of items) list.items.push(item);
}

/** What each opcode does, by its number, but for the first and the last of a pickle: Python's Lib/pickletools.py. */
function machine<M extends { readonly kind: string }>(read: PickleBytes, hooks: PickleHooks<M>) {
  type Value = Pickled<M>;
  const stack = pickleStack<Value>();
  const memo = new Map<number, Value>();

  const recall = (index: number): void => {
    if (!memo.has(index)) throw new UserError(`it recalls value ${index}, which it never kept`);
    stack.push(memo.get(index) as Value);
  };
  const global = ([module, name]: readonly Value[]): void => {
    if (typeof module !== 'string' || typeof name !== 'string') throw new UserError('a global whose name is no text');
    stack.push(hooks.global(module, name));
  };
  const reduce = (args: Value, callee: Value): void => {
    if (!Array.isArray(args)) throw new UserError('a call whose arguments are no tuple');
    stack.push(hooks.reduce(callee, args));
  };

  const opcodes = new Map<number, () => void>([
    [0x95, () => void read.u64()], // FRAME: how much to read at once, which is nothing to us
    [0x28, () => stack.mark()], // MARK
    [0x4e, () => stack.push(null)], // NONE
    [0x88, () => stack.push(true)], // NEWTRUE
    [0x89, () => stack.push(false)], // NEWFALSE
    [0x4b, () => stack.push(read.u8())], // BININT1
    [0x4d, () => stack.push(read.u16())], // BININT2
    [0x4a, () => stack.push(read.i32())], // BININT
    [0x8a, () => stack.push(read.integer(read.u8()))], // LONG1
    [0x8b, () => stack.push(read.integer(read.u32()))], // LONG4
    [0x47, () => stack.push(read.f64())], // BINFLOAT
    [0x8c, () => stack.push(read.text(read.u8()))], // SHORT_BINUNICODE
    [0x58, () => stack.push(read.text(read.u32()))], // BINUNICODE
    [0x8d, () => stack.push(read.text(read.u64()))], // BINUNICODE8
    [0x55, () => stack.push(read.text(read.u8()))], // SHORT_BINSTRING: text as Python 2 writes it
    [0x54, () => stack.push(read.text(read.u32()))], // BINSTRING: the same
    [0x43, () => stack.push(read.bytes(read.u8()))], // SHORT_BINBYTES
    [0x42, () => stack.push(read.bytes(read.u32()))], // BINBYTES
    [0x8e, () => stack.push(read.bytes(read.u64()))], // BINBYTES8
    [0x29, () => stack.push([])], // EMPTY_TUPLE
    [0x85, () => stack.push(stack.take(1))], // TUPLE1
    [0x86, () => stack.push(stack.take(2))], // TUPLE2
    [0x87, () => stack.push(stack.take(3))], // TUPLE3
    [0x74, () => stack.push(stack.sinceMark())], // TUPLE
    [0x5d, () => stack.push({ kind: 'list', items: [] })], // EMPTY_LIST
    [0x6c, () => stack.push({ kind: 'list', items: stack.sinceMark() })], // LIST
    [0x7d, () => stack.push(new Map())], // EMPTY_DICT
    [0x64, () => stack.push(setItems(stack.sinceMark(), new Map()))], // DICT
    // Arguments are evaluated from the left: the items go from the stack before what they are put into is looked at.
    [0x61, () => append(stack.take(1), stack.top())], // APPEND
    [0x65, () => append(stack.sinceMark(), stack.top())], // APPENDS
    [0x73, () => void setItems(stack.take(2), stack.top())], // SETITEM
    [0x75, () => void setItems(stack.sinceMark(), stack.top())], // SETITEMS
    [0x71, () => void memo.set(read.u8(), stack.top())], // BINPUT
    [0x72, () => void memo.set(read.u32(), stack.top())], // LONG_BINPUT
    [0x94, () => void memo.set(memo.size, stack.top())], // MEMOIZE
    [0x68, () => recall(read.u8())], // BINGET
    [0x6a, () => recall(read.u32())], // LONG_BINGET
    [0x63, () => global([read.line(), read.line()])], // GLOBAL
    [0x93, () => global(stack.take(2))], // STACK_GLOBAL
    [0x52, () => reduce(stack.pop(), stack.pop())], // REDUCE
    [0x62, () => hooks.build(stack.pop(), stack.top())], // BUILD
    [0x51, () => stack.push(hooks.persistent(stack.pop()))], // BINPERSID
  ]);
  return { opcodes, stack };
}

/**
 * Reads one pickle (protocols 2 to 5) that starts at byte `offset`, executing nothing: an interpreter that knows plain
 * data and leaves all else to `hooks`. Returns its value and where it ends. The value may hold itself, through the
 * memo: whoever walks it must not follow it blindly.
 *
 * Throws a UserError that names the file and the byte when the pickle is cut off, damaged, larger than a state dict can
 * be, or wants an opcode or a global that it may not have.
 *
 * @param name how messages call the file
 */
export function unpickle<M extends { readonly kind: string }>(
  bytes: Uint8Array,
  offset: number,
  name: string,
  hooks: PickleHooks<M>,
): { value: Pickled<M>; end: number } {
  const read = pickleBytes(bytes, offset);
  const { opcodes, stack } = machine(read, hooks);
  let at = offset;
  try {
    if (read.u8() !== PROTO) throw new UserError('no pickle of protocol 2 or later begins here');
    const protocol = read.u8();
    if (protocol < 2 || protocol > 5) throw new UserError(`pickle protocol ${protocol}, expected 2 to 5`);
    for (let step = 0; step < MOST_STEPS; step++) {
      at = read.at();
      const opcode = read.u8();
      if (opcode === STOP) return { value: stack.result(), end: read.at() };
      const act = opcodes.get(opcode);
      if (!act) throw refusal(opcode);
      act();
    }
    throw new UserError(`more than ${MOST_STEPS} steps`);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    throw new UserError(`${name}: at byte ${at} of its pickle: ${error.message}. Nothing in it was executed.`);
  }
}
