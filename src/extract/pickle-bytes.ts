import { UserError } from '../core/errors.js';

/** Reads the arguments of opcodes, little-endian, never past the end and never more than is there. */
export interface PickleBytes {
  /** Where it stands. */
  at(): number;
  u8(): number;
  u16(): number;
  i32(): number;
  u32(): number;
  u64(): number;
  /** Big-endian, as Python writes a float. */
  f64(): number;
  /** A two's complement integer of `size` bytes. */
  integer(size: number): number | bigint;
  text(size: number): string;
  bytes(size: number): Uint8Array;
  /** Text up to a line's end. */
  line(): string;
}

const LONGEST_TEXT = 2 ** 20;
const LONGEST_LINE = 1000;
const LONGEST_INTEGER = 32;

export function pickleBytes(bytes: Uint8Array, offset: number): PickleBytes {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  let at = offset;

  /** Steps over `size` bytes and says where they start. */
  const take = (size: number): number => {
    if (size > bytes.length - at) throw new UserError(`cut off: ${size} bytes wanted, ${bytes.length - at} left`);
    at += size;
    return at - size;
  };
  const safe = (value: bigint): number | bigint =>
    value >= Number.MIN_SAFE_INTEGER && value <= Number.MAX_SAFE_INTEGER ? Number(value) : value;
  const text = (size: number): string => {
    if (size > LONGEST_TEXT) throw new UserError(`a text of ${size} bytes`);
    const start = take(size);
    try {
      return decoder.decode(bytes.subarray(start, at));
    } catch {
      throw new UserError('a text that is not UTF-8');
    }
  };

  return {
    at: () => at,
    u8: () => view.getUint8(take(1)),
    u16: () => view.getUint16(take(2), true),
    i32: () => view.getInt32(take(4), true),
    u32: () => view.getUint32(take(4), true),
    u64() {
      const value = safe(view.getBigUint64(take(8), true));
      if (typeof value === 'bigint') throw new UserError(`a size of ${value}`);
      return value;
    },
    f64: () => view.getFloat64(take(8), false),
    integer(size) {
      if (size > LONGEST_INTEGER) throw new UserError(`an integer of ${size} bytes`);
      const start = take(size);
      let value = 0n;
      for (let i = size; i-- > 0; ) value = (value << 8n) | BigInt(bytes[start + i]!);
      return safe(BigInt.asIntN(8 * size, value));
    },
    text,
    bytes(size) {
      const start = take(size);
      return bytes.subarray(start, at);
    },
    line() {
      const end = bytes.subarray(at, at + LONGEST_LINE).indexOf(0x0a);
      if (end < 0) throw new UserError('a name without an end');
      const line = text(end);
      at += 1;
      return line;
    },
  };
}
