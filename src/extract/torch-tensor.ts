import { UserError } from '../core/errors.js';
import type { Parameter } from './state-dict.js';

/** How the elements of a storage are kept: their bytes, and the number at a byte position, little-endian. */
export interface ElementType {
  readonly name: string;
  readonly bytes: number;
  readonly at: (view: DataView, position: number) => number;
}

/** IEEE 754 binary16, widened exactly. */
function float16(bits: number): number {
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  const sign = bits & 0x8000 ? -1 : 1;
  if (exponent === 31) return fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY;
  return sign * (exponent ? (1 + fraction / 1024) * 2 ** (exponent - 15) : fraction * 2 ** -24);
}

const scratch = new DataView(new ArrayBuffer(4));

/** bfloat16 is the upper half of a float32. */
function bfloat16(bits: number): number {
  scratch.setUint16(2, bits, true);
  return scratch.getFloat32(0, true);
}

/** PyTorch's storage classes that hold plain numbers. */
export const ELEMENT_TYPES: ReadonlyMap<string, ElementType> = new Map(
  (
    [
      ['FloatStorage', 4, (v, i) => v.getFloat32(i, true)],
      ['DoubleStorage', 8, (v, i) => v.getFloat64(i, true)],
      ['HalfStorage', 2, (v, i) => float16(v.getUint16(i, true))],
      ['BFloat16Storage', 2, (v, i) => bfloat16(v.getUint16(i, true))],
      ['LongStorage', 8, (v, i) => Number(v.getBigInt64(i, true))],
      ['IntStorage', 4, (v, i) => v.getInt32(i, true)],
      ['ShortStorage', 2, (v, i) => v.getInt16(i, true)],
      ['CharStorage', 1, (v, i) => v.getInt8(i)],
      ['ByteStorage', 1, (v, i) => v.getUint8(i)],
      ['BoolStorage', 1, (v, i) => Number(v.getUint8(i) !== 0)],
    ] as const satisfies readonly (readonly [string, number, ElementType['at']])[]
  ).map(([name, bytes, at]) => [name, { name, bytes, at }]),
);

/** A run of elements in the file, to which any number of tensors may refer. */
export interface Storage {
  readonly kind: 'storage';
  readonly key: string;
  readonly type: ElementType;
  /** Elements in all. */
  readonly count: number;
}

/** A tensor as the pickle describes it: element (i, j, …) is element offset + i·stride₀ + j·stride₁ + … of the storage. */
export interface Tensor {
  readonly kind: 'tensor';
  readonly storage: Storage;
  readonly offset: number;
  readonly shape: readonly number[];
  readonly strides: readonly number[];
}

/** As many as PyTorch allows. */
const MOST_AXES = 64;

/**
 * A tensor whose every element lies inside its storage. All numbers are safe integers, not negative. Throws a UserError
 * with the reason alone.
 */
export function tensor(storage: Storage, offset: number, shape: readonly number[], strides: readonly number[]): Tensor {
  if (shape.length !== strides.length || shape.length > MOST_AXES)
    throw new UserError(`a tensor of ${shape.length} axes with ${strides.length} strides`);
  if (!shape.includes(0)) {
    const last = shape.reduce((sum, n, axis) => sum + (n - 1) * strides[axis]!, offset);
    if (!(last < storage.count))
      throw new UserError(`a tensor of shape (${shape}) reaches past the ${storage.count} elements of its storage`);
  }
  return { kind: 'tensor', storage, offset, shape, strides };
}

/** Elements of a tensor; past 2^53 it is not exact. */
export const countOf = ({ shape }: Tensor): number =>
  shape.includes(0) ? 0 : shape.reduce((product, n) => product * n, 1);

/** Reads a tensor out of the bytes of its storage, whose length the caller has checked. */
export function readTensor(from: Tensor, bytes: Uint8Array): Parameter {
  const { storage, offset, shape } = from;
  const { type } = storage;
  const data = new Float32Array(countOf(from));
  // Strides of axes of length 1 mean nothing and may be any number.
  const axes = shape.flatMap((size, axis) => (size === 1 ? [] : [{ size, stride: from.strides[axis]! }]));
  let packed = true;
  axes.reduceRight((step, { size, stride }) => {
    packed &&= stride === step;
    return step * size;
  }, 1);
  if (packed && type.name === 'FloatStorage') {
    const start = offset * type.bytes;
    new Uint8Array(data.buffer).set(bytes.subarray(start, start + data.byteLength));
    return { shape, data };
  }

  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const index = new Array<number>(axes.length).fill(0);
  let at = offset;
  for (let i = 0; i < data.length; i++) {
    data[i] = type.at(view, at * type.bytes);
    // One further, the last axis fastest: an axis that is through goes back to its start and carries.
    for (let axis = axes.length - 1; axis >= 0; axis--) {
      const { size, stride } = axes[axis]!;
      at += stride;
      index[axis]! += 1;
      if (index[axis]! < size) break;
      at -= size * stride;
      index[axis] = 0;
    }
  }
  return { shape, data };
}
