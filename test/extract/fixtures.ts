import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';

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

async function decode(name: string): Promise<Picture> {
  const { data, info } = await sharp(join(FIXTURES, 'images', name), { ignoreIcc: true })
    .removeAlpha()
    .toColourspace('srgb')
    .raw()
    .toBuffer({ resolveWithObject: true });
  return { name, pixels: new Uint8Array(data), width: info.width, height: info.height };
}

/** sharp reads no BMP and converts CMYK by colour management, PIL naively: those two cannot have PIL's pixels. */
const OTHERWISE_DECODED = ['cmyk.jpg', 'plain.bmp'];

/** The pictures that sharp decodes to the very bytes that PIL made the references from: all that it is able to. */
export async function referencePictures(): Promise<Picture[]> {
  const names = expected.order.filter((name) => !OTHERWISE_DECODED.includes(name));
  const pictures = await Promise.all(names.map(decode));
  return pictures.filter(
    ({ name, pixels }) => createHash('sha256').update(pixels).digest('hex') === expected.images[name]!.rgb_sha256,
  );
}

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
