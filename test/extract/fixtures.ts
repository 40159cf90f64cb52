import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { decodeImage } from '../../src/dataset/decode.js';

/** The pictures under test/fixtures and what the field's own tools (PIL, PyTorch) make of them. */

export const FIXTURES = join(import.meta.dirname, '..', 'fixtures');

interface Sample {
  readonly mean: number;
  readonly corner: readonly number[];
  readonly center: readonly number[];
  readonly last: readonly number[];
}

interface Expected {
  /** The rows of the features-*.npy files. */
  readonly order: readonly string[];
  readonly images: Readonly<
    Record<string, { width: number; height: number; rgb_sha256: string; input_299: Record<string, Sample> }>
  >;
}

export const expected = JSON.parse(readFileSync(join(FIXTURES, 'expected.json'), 'utf8')) as Expected;

export interface Picture {
  readonly name: string;
  readonly pixels: Uint8Array;
  readonly width: number;
  readonly height: number;
}

/** A picture under test/fixtures, which must have the very pixels that PIL made the references from. */
async function decode(name: string): Promise<Picture> {
  const { data: pixels, width, height } = await decodeImage(join(FIXTURES, 'images', name), name);
  const hash = createHash('sha256').update(pixels).digest('hex');
  if (hash !== expected.images[name]!.rgb_sha256) throw new Error(`${name} is not decoded as PIL decodes it`);
  return { name, pixels, width, height };
}

/** All pictures of the references, in the order of their rows. */
export function referencePictures(): Promise<Picture[]> {
  return Promise.all(expected.order.map(decode));
}

/** `count` pictures of one size, the same noise at every call. */
export function noise(count: number, height: number, width: number): Uint8Array {
  let state = 1;
  return Uint8Array.from({ length: count * height * width * 3 }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state >>> 24;
  });
}

export const largestDifference = (a: Float32Array, b: Float32Array): number =>
  a.reduce((largest, value, i) => Math.max(largest, Math.abs(value - b[i]!)), 0);

/** A float32 .npy file of two dimensions, C order, version 1. */
export function readNpy(name: string): { data: Float32Array; rows: number; columns: number } {
  const file = readFileSync(join(FIXTURES, name));
  const start = 10 + file.readUInt16LE(8);
  const header = file.toString('latin1', 10, start);
  const shape = /'<f4', 'fortran_order': False, 'shape': \((\d+), (\d+)\)/.exec(header);
  if (!shape) throw new Error(`${name}: ${header}`);
  return {
    data: new Float32Array(file.buffer.slice(file.byteOffset + start, file.byteOffset + file.length)),
    rows: Number(shape[1]),
    columns: Number(shape[2]),
  };
}
