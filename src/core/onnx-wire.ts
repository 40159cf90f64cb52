/** Reads the wire format of ONNX files; RangeErrors say what is wrong with one. */

/** Parts of one kind (nodes, tensors) in a graph, and bytes of a name; no real model comes near. */
const MOST = 1_000_000;

/** A message of the wire format (protobuf.dev/programming-guides/encoding): its bytes. */
export type Message = Uint8Array;

/**
 * The fields of a message in their order: number, and its whole number or its bytes. Read here rather than with a
 * decoder of the whole schema, because that one takes the last of a repeated graph where the runtime merges them, drops
 * what is newer than its schema, and turns gigabytes of weights into objects; here nothing that the runtime reads is missed.
 */
function* fields(message: Message): Generator<readonly [number, number | Message]> {
  let at = 0;
  const varint = (): number => {
    let value = 0;
    for (let shift = 0; shift < 10; shift++) {
      const byte = message[at++];
      if (byte === undefined) break;
      value += (byte & 127) * 128 ** shift;
      if (byte < 128) return value;
    }
    throw new RangeError('a number without an end');
  };
  while (at < message.length) {
    const key = varint();
    const kind = key % 8;
    if (kind !== 0 && kind !== 1 && kind !== 2 && kind !== 5) throw new RangeError(`a field of kind ${kind}`);
    const whole = kind === 1 || kind === 5 ? undefined : varint();
    const length = { 0: 0, 1: 8, 2: whole!, 5: 4 }[kind];
    if (length > message.length - at) throw new RangeError('a field that is longer than what it is in');
    yield [Math.floor(key / 8), kind === 0 ? whole! : message.subarray(at, at + length)];
    at += length;
  }
}

/** Every value at a path of field numbers: repeated fields all, as the runtime merges what occurs twice. */
export function find(message: Message, ...[field, ...rest]: number[]): (number | Message)[] {
  const found: (number | Message)[] = [];
  for (const [number, value] of fields(message)) {
    if (number !== field) continue;
    if (rest.length === 0) found.push(value);
    else if (typeof value !== 'number') for (const inner of find(value, ...rest)) found.push(inner);
    if (found.length > MOST) throw new RangeError(`more than ${MOST} parts of one kind`);
  }
  return found;
}
export const messages = (message: Message, ...path: number[]) =>
  find(message, ...path).filter((v) => typeof v !== 'number');
export const numbers = (message: Message, ...path: number[]) =>
  find(message, ...path).filter((v) => typeof v === 'number');
export const texts = (message: Message, ...path: number[]) =>
  messages(message, ...path).map((bytes) => {
    if (bytes.length > MOST) throw new RangeError(`a name of ${bytes.length} bytes`);
    return Buffer.from(bytes).toString();
  });
