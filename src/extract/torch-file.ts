import { UserError } from '../core/errors.js';
import { quoted } from '../core/quoted.js';
import type { StateDict } from './state-dict.js';
import { describe, EXPECTED, tensorsOf, unpicklePlain, unpickleTensors, type Value } from './torch-pickle.js';
import { countOf, readTensor, type Storage, type Tensor } from './torch-tensor.js';
import { isZip, openZip } from './zip-archive.js';

/** The tensors that a file describes, and a way to their bytes. */
interface TorchFile {
  readonly tensors: ReadonlyMap<string, Tensor>;
  /** Exactly the bytes of a storage. Throws a UserError when they are not all there. */
  readonly bytesOf: (storage: Storage) => Uint8Array;
}

const MAGIC = 0x1950a86a20f9469cfc6cn;
const PROTOCOL = 1001;

/** The elements that all tensors may have together: a byte each at least, unless they share or repeat their storage. */
const mostElements = (file: number): number => Math.min(2 ** 29, Math.max(2 ** 20, 4 * file));

/**
 * PyTorch before 1.6: five pickles one after the other (magic number, protocol, system, object, keys of storages), then
 * the storages in the order of those keys, each an int64 count and its elements, little-endian on every machine.
 */
function openLegacy(bytes: Uint8Array, name: string): TorchFile {
  const magic = unpicklePlain(bytes, 0, name);
  if (magic.value !== MAGIC) {
    throw new UserError(
      `${name}: not a state dict: a pickle of ${describe(magic.value)} that torch.save did not write. ${EXPECTED}.`,
    );
  }
  const protocol = unpicklePlain(bytes, magic.end, name);
  if (protocol.value !== PROTOCOL) {
    throw new UserError(`${name}: its protocol is ${describe(protocol.value)}, expected ${PROTOCOL}. ${EXPECTED}.`);
  }
  const system = unpicklePlain(bytes, protocol.end, name);
  const object = unpickleTensors(bytes, system.end, name);
  const tensors = tensorsOf(object.value, name);
  const keys = unpicklePlain(bytes, object.end, name);
  const found = locateStorages(bytes, keys.value, keys.end, object.storages, name);
  return {
    tensors,
    bytesOf(storage) {
      const data = found.get(storage.key);
      if (!data) throw new UserError(`${name}: damaged: it lacks the storage ${storage.key}.`);
      return data;
    },
  };
}

function locateStorages(
  bytes: Uint8Array,
  keys: Value,
  start: number,
  storages: ReadonlyMap<string, Storage>,
  name: string,
): Map<string, Uint8Array> {
  const damaged = (why: string) => new UserError(`${name}: damaged: ${why}.`);
  if (typeof keys !== 'object' || keys === null || !('kind' in keys) || keys.kind !== 'list')
    throw damaged('it lists no storages');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const found = new Map<string, Uint8Array>();
  let at = start;
  for (const key of keys.items) {
    const storage = typeof key === 'string' ? storages.get(key) : undefined;
    if (!storage) throw damaged(`it lists a storage that no tensor names, ${describe(key)}`);
    if (found.has(storage.key)) throw damaged(`it lists the storage ${storage.key} twice`);
    const size = storage.count * storage.type.bytes;
    if (at + 8 + size > bytes.length)
      throw damaged(
        `cut off: the storage ${storage.key} has ${size} bytes, of which ${Math.max(0, bytes.length - at - 8)} are there`,
      );
    if (view.getBigInt64(at, true) !== BigInt(storage.count))
      throw damaged(`the storage ${storage.key} is not of the length that its tensors say`);
    found.set(storage.key, bytes.subarray(at + 8, at + 8 + size));
    at += 8 + size;
  }
  return found;
}

/** PyTorch from 1.6: a zip archive with the object in NAME/data.pkl and every storage in NAME/data/KEY. */
function openArchive(bytes: Uint8Array, name: string): TorchFile {
  const archive = openZip(bytes, name);
  const [pickle, ...others] = archive.names.filter((entry) => /^[^/]*\/data\.pkl$/.test(entry));
  if (pickle === undefined || others.length) {
    throw new UserError(
      `${name}: not a state dict: a zip archive with ${others.length ? 'several' : 'no'} NAME/data.pkl. ${EXPECTED}.`,
    );
  }
  const root = pickle.slice(0, -'data.pkl'.length);
  if (archive.names.some((entry) => entry === `${root}constants.pkl` || entry.startsWith(`${root}code/`))) {
    throw new UserError(
      `${name}: not a state dict: a TorchScript archive, which is a program with its weights. ${EXPECTED}, ` +
        'with model = torch.jit.load(…).',
    );
  }
  const order = `${root}byteorder`;
  // Files before PyTorch 2.1 do not say: they are little-endian.
  const byteOrder = archive.names.includes(order) ? new TextDecoder().decode(archive.read(order)) : 'little';
  if (byteOrder !== 'little') {
    throw new UserError(
      `${name}: its byte order is ${quoted(byteOrder)}, expected "little". Save it on such a machine.`,
    );
  }

  const { value } = unpickleTensors(archive.read(pickle), 0, `${name}: ${quoted(pickle)}`);
  return {
    tensors: tensorsOf(value, name),
    bytesOf({ key, count, type }) {
      const data = archive.read(`${root}data/${key}`);
      if (data.length !== count * type.bytes) {
        throw new UserError(
          `${name}: damaged: the storage ${key} has ${data.length} bytes, expected ${count} × ${type.bytes}.`,
        );
      }
      return data;
    },
  };
}

function checkSize(tensors: Iterable<Tensor>, bytes: number, name: string): void {
  let elements = 0;
  for (const tensor of tensors) elements += countOf(tensor);
  const most = mostElements(bytes);
  if (elements > most) {
    throw new UserError(
      `${name}: its tensors have ${elements} elements, expected at most ${most} in a file of ${bytes} bytes.`,
    );
  }
}

/**
 * The state dict in a file that `torch.save(model.state_dict(), FILE)` wrote, in the zip format (PyTorch 1.6 and later)
 * or the one before it, as float32 whatever its types were. A dict with the single key `state_dict` that holds one is
 * taken for it, too. Nothing is executed: the pickle in the file is read by an interpreter of plain data that knows
 * tensors (torch/serialization.py and torch/_utils.py of PyTorch say what they look like) and nothing else.
 *
 * Throws a UserError that says what is wrong: no state dict, cut off, damaged, or asking for more memory than its size
 * explains. Nothing is allocated before it is known to be there.
 *
 * @param name how messages call the file
 */
export function readStateDict(bytes: Uint8Array, name: string): StateDict {
  if (bytes.length === 0) throw new UserError(`${name}: the file is empty. ${EXPECTED}.`);
  if (!isZip(bytes) && bytes[0] !== 0x80) {
    const head = quoted(Buffer.from(bytes.subarray(0, 16)).toString('latin1'));
    throw new UserError(
      `${name}: not a state dict: neither a zip archive nor a pickle, it begins with ${head}. ${EXPECTED}.`,
    );
  }
  const { tensors, bytesOf } = isZip(bytes) ? openArchive(bytes, name) : openLegacy(bytes, name);
  checkSize(tensors.values(), bytes.length, name);
  return new Map(Array.from(tensors, ([key, tensor]) => [key, readTensor(tensor, bytesOf(tensor.storage))]));
}
