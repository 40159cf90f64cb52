import { UserError } from '../core/errors.js';
import { quoted } from '../core/quoted.js';
import { type Pickled, type PickleHooks, unpickle } from './pickle.js';
import { ELEMENT_TYPES, type ElementType, type Storage, type Tensor, tensor } from './torch-tensor.js';

/** A part of a storage, as very old files name one. */
interface StorageView {
  readonly kind: 'storage view';
  readonly root: Storage;
  readonly from: number;
}

interface StorageType {
  readonly kind: 'storage type';
  readonly type: ElementType;
}

/** One of the few functions and classes that a state dict calls. */
interface Callable {
  readonly kind: 'callable';
  readonly name: string;
  readonly call: (args: readonly Value[]) => Value;
}

type Made = Tensor | Storage | StorageView | StorageType | Callable;
export type Value = Pickled<Made>;

/** What to do about a file that is something else. */
export const EXPECTED = 'Expected what torch.save(model.state_dict(), FILE) writes';

/** What a value is, for a message. It looks no deeper: a value may hold itself. */
export function describe(value: Value): string {
  if (value === null) return 'None';
  if (typeof value === 'string') return `the text ${quoted(value)}`;
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (typeof value !== 'object') return `the number ${value}`;
  if (value instanceof Uint8Array) return 'bytes';
  if (value instanceof Map) return 'a dict';
  if (!('kind' in value)) return 'a tuple';
  return value.kind === 'callable' ? value.name : `a ${value.kind}`;
}

function natural(value: Value | undefined, what: string): number {
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < 0)
    throw new UserError(`${what} is ${value === undefined ? 'missing' : describe(value)}`);
  return value;
}

function naturals(value: Value | undefined, what: string): number[] {
  if (!Array.isArray(value)) throw new UserError(`${what} is no tuple`);
  return value.map((n: Value) => natural(n, what));
}

/** Backward hooks would be code, and metadata could change what the numbers mean. */
function nothing(value: Value | undefined, what: string): void {
  const empty = value === undefined || value === null || (value instanceof Map && value.size === 0);
  if (!empty) throw new UserError(`a tensor with ${what}`);
}

const isMade = <K extends Made['kind']>(value: Value | undefined, kind: K): value is Extract<Made, { kind: K }> =>
  typeof value === 'object' && value !== null && 'kind' in value && value.kind === kind;

/** torch._utils._rebuild_tensor(storage, storage_offset, size, stride). */
function rebuildTensor([storage, offset, size, stride]: readonly Value[]): Tensor {
  const view = isMade(storage, 'storage view') ? storage : undefined;
  const root = view?.root ?? storage;
  if (!isMade(root, 'storage')) throw new UserError('a tensor without a storage');
  const start = (view?.from ?? 0) + natural(offset, "a tensor's offset");
  return tensor(root, start, naturals(size, "a tensor's shape"), naturals(stride, 'its strides'));
}

/** OrderedDict(), or OrderedDict([[key, value], …]) as Python 2 has it. */
function orderedDict([items, ...more]: readonly Value[]): Value {
  const dict = new Map<Value, Value>();
  if (items === undefined) return dict;
  if (more.length || typeof items !== 'object' || items === null || !('kind' in items) || items.kind !== 'list')
    throw new UserError('an OrderedDict of something else than pairs');
  for (const item of items.items) {
    const pair = Array.isArray(item)
      ? item
      : typeof item === 'object' && item && 'kind' in item && item.kind === 'list'
        ? item.items
        : [];
    if (pair.length !== 2) throw new UserError('an OrderedDict of something else than pairs');
    dict.set(pair[0], pair[1]);
  }
  return dict;
}

const CALLABLES: ReadonlyMap<string, Callable> = new Map(
  Object.entries<Callable['call']>({
    'collections.OrderedDict': orderedDict,
    'torch._utils._rebuild_tensor': rebuildTensor,
    'torch._utils._rebuild_tensor_v2': (args) => {
      nothing(args[5], 'backward hooks');
      nothing(args[6], 'metadata');
      return rebuildTensor(args);
    },
    'torch._utils._rebuild_parameter': ([data, , hooks]) => {
      if (!isMade(data, 'tensor')) throw new UserError('a parameter without a tensor');
      nothing(hooks, 'backward hooks');
      return data;
    },
  }).map(([name, call]) => [name, { kind: 'callable', name, call }]),
);

function globalOf(module: string, name: string): Value {
  const callable = CALLABLES.get(`${module}.${name}`);
  if (callable) return callable;
  const type = module === 'torch' || module === 'torch.cuda' ? ELEMENT_TYPES.get(name) : undefined;
  if (type) return { kind: 'storage type', type };
  throw new UserError(
    `not a state dict: it asks for ${quoted(`${module}.${name}`)}, and no state dict of plain tensors does. ${EXPECTED}`,
  );
}

/** Storages by their keys: ('storage', type, key, location, count) and, in old files, (view key, offset, count). */
function storages() {
  const known = new Map<string, Storage>();
  const storageOf = (id: readonly Value[]): Value => {
    const [, type, key, , size, view] = id;
    if (!isMade(type, 'storage type')) throw new UserError('a storage without a type');
    // Keys are digits in every file that PyTorch writes; in a zip they become names of entries.
    if (typeof key !== 'string' || !/^\d{1,20}$/.test(key))
      throw new UserError(`a storage named by ${key === undefined ? 'nothing' : describe(key)}`);
    const count = natural(size, "a storage's length");
    const root = known.get(key) ?? { kind: 'storage', key, type: type.type, count };
    if (root.type !== type.type || root.count !== count)
      throw new UserError(`the storage ${key} is of two types or lengths`);
    known.set(key, root);
    if (view === undefined || view === null) return root;
    if (!Array.isArray(view)) throw new UserError("a storage's view is no tuple");
    return { kind: 'storage view', root, from: natural(view[1], "a view's offset") };
  };
  const persistent = (id: Value): Value => {
    if (Array.isArray(id) && id[0] === 'storage') return storageOf(id);
    if (Array.isArray(id) && id[0] === 'module') throw new UserError(`not a state dict: a whole module. ${EXPECTED}`);
    throw new UserError(`a persistent id that is no storage: ${describe(id)}`);
  };
  return { known, persistent };
}

const plainOnly = (what: string): never => {
  throw new UserError(`${what} where plain data is expected`);
};

/** Reads a pickle that may hold nothing but plain data: `value` and where it ends. */
export function unpicklePlain(bytes: Uint8Array, offset: number, name: string): { value: Value; end: number } {
  return unpickle<Made>(bytes, offset, name, {
    global: (module, name) => plainOnly(`the global ${quoted(`${module}.${name}`)}`),
    reduce: () => plainOnly('a call'),
    build: () => plainOnly('a state'),
    persistent: () => plainOnly('a persistent id'),
  });
}

/** Reads a pickle of tensors: `value`, the storages that it names by their keys, and where it ends. */
export function unpickleTensors(
  bytes: Uint8Array,
  offset: number,
  name: string,
): { value: Value; end: number; storages: ReadonlyMap<string, Storage> } {
  const { known, persistent } = storages();
  const hooks: PickleHooks<Made> = {
    global: globalOf,
    reduce(callee, args) {
      if (!isMade(callee, 'callable')) throw new UserError(`a call of ${describe(callee)}`);
      return callee.call(args);
    },
    // A module leaves its versions (`_metadata`) in an attribute of its OrderedDict, which says nothing of the values.
    build(_state, object) {
      if (!(object instanceof Map)) throw new UserError(`a state for ${describe(object)}`);
    },
    persistent,
  };
  return { ...unpickle(bytes, offset, name, hooks), storages: known };
}

/**
 * The tensors by name in what a file holds: a dict of tensors, or one with the single key `state_dict` that holds such
 * a dict. Throws a UserError that says what it is instead.
 */
export function tensorsOf(value: Value, name: string): Map<string, Tensor> {
  const bad = (what: string) => new UserError(`${name}: not a state dict: ${what}. ${EXPECTED}.`);
  if (!(value instanceof Map)) throw bad(isMade(value, 'tensor') ? 'a single tensor' : describe(value));
  const inner = value.get('state_dict');
  const dict = value.size === 1 && inner instanceof Map ? inner : value;
  if (inner instanceof Map && value.size > 1) {
    throw bad(`a checkpoint that holds one beside other things. Save its "state_dict" alone`);
  }
  if (dict.size === 0) throw bad('an empty dict');
  const tensors = new Map<string, Tensor>();
  for (const [key, entry] of dict) {
    if (typeof key !== 'string') throw bad(`a dict with ${describe(key)} for a name`);
    if (!isMade(entry, 'tensor')) throw bad(`its entry ${quoted(key)} is ${describe(entry)}, not a tensor`);
    tensors.set(key, entry);
  }
  return tensors;
}
