import { basename } from 'node:path';
import { pipeline, Readable } from 'node:stream';
import { crc32, createInflateRaw } from 'node:zlib';
import { messageOf, UserError } from '../core/errors.js';
import { npyHeader } from '../core/npy.js';
import { rgbOfGrey } from './colour.js';
import { CorruptImage } from './dataset.js';
import type { Picture } from './decode.js';
import { checkSize } from './picture-format.js';
import type { PictureSet } from './picture-set.js';
import { StoredFile } from './stored-file.js';
import { STORED, ZipFile, type ZipMember } from './zip.js';

/** More than enough for an array's header. */
const HEADER = 64 * 1024;

const CHUNK = 1024 ** 2;

/** Ten times the largest set that anybody measures. */
const MOST_PICTURES = 10_000_000;

/** The bytes of an array's file, by place. */
interface Bytes {
  readonly size: number;
  /** Fewer where they end before. */
  read(position: number, length: number): Promise<Uint8Array>;
}

/**
 * A compressed member, unpacked as far as it is asked for. Going forward costs what it unpacks; going back begins anew.
 */
class Inflated implements Bytes {
  readonly size: number;
  readonly #file: StoredFile;
  readonly #start: number;
  readonly #packed: number;
  readonly #crc: number;
  #stream: AsyncIterator<Buffer> | undefined;
  /** Unpacked and not yet asked for, and its place. */
  #rest: Buffer = Buffer.alloc(0);
  #position = 0;
  /** Checksum of all before that place. */
  #sum = 0;
  /** What could not be unpacked, and from where on. */
  #damage: { readonly from: number; readonly error: unknown } | undefined;
  /** Reads come one after the other: they share one stream. */
  #turn: Promise<unknown> = Promise.resolve();

  constructor(file: StoredFile, start: number, { packed, size, crc }: ZipMember) {
    this.#file = file;
    this.#start = start;
    this.#packed = packed;
    this.#crc = crc;
    this.size = size;
  }

  async *#chunks(): AsyncGenerator<Buffer> {
    for (let at = 0; at < this.#packed; at += CHUNK) {
      yield await this.#file.read(this.#start + at, Math.min(CHUNK, this.#packed - at));
    }
  }

  async #rewind(): Promise<void> {
    await this.#stream?.return?.();
    const inflate = createInflateRaw({ chunkSize: CHUNK });
    // An error comes out of the iterator too, and is met there.
    pipeline(Readable.from(this.#chunks()), inflate, () => {});
    this.#stream = inflate[Symbol.asyncIterator]();
    this.#rest = Buffer.alloc(0);
    this.#position = 0;
    this.#sum = 0;
  }

  async #take(position: number, length: number): Promise<Uint8Array> {
    // Once is enough: a walk through all that lies behind would unpack what lies before each time.
    if (this.#damage && position + length > this.#damage.from) throw this.#damage.error;
    if (!this.#stream || position < this.#position) await this.#rewind();
    const out = Buffer.alloc(length);
    let filled = 0;
    while (filled < length) {
      if (!this.#rest.length) {
        const { done, value } = await this.#stream!.next();
        if (done) break;
        this.#rest = value;
      }
      const skipped = Math.min(this.#rest.length, Math.max(0, position + filled - this.#position));
      const taken = this.#rest.copy(out, filled, skipped);
      filled += taken;
      this.#position += skipped + taken;
      this.#sum = crc32(this.#rest.subarray(0, skipped + taken), this.#sum);
      this.#rest = this.#rest.subarray(skipped + taken);
    }
    // Damaged data mostly unpack to something. Which pictures are wrong nobody can tell: none is to be used.
    if (this.#position === this.size && this.#sum !== this.#crc)
      throw new UserError(`${this.#file.name}: the checksum of arr_0 is wrong, the file is damaged.`);
    return out.subarray(0, filled);
  }

  read(position: number, length: number): Promise<Uint8Array> {
    const reading = this.#turn.then(() => this.#take(position, length));
    this.#turn = reading.catch((error: unknown) => {
      this.#damage ??= { from: this.#position, error };
      this.#stream = undefined;
    });
    return reading;
  }

  async close(): Promise<void> {
    await this.#turn;
    await this.#stream?.return?.();
  }
}

const KEY = /^(.+)\.npy$/;

/**
 * Names of the arrays that an `.npz` holds; none of them is read.
 *
 * @throws UserError when it is no archive
 */
export function npzKeys(path: string): string[] {
  const zip = new ZipFile(path, `Array file "${path}"`);
  zip.close();
  return zip.members.flatMap(({ name }) => KEY.exec(name)?.[1] ?? []);
}

async function openMember(zip: ZipFile, name: string): Promise<Bytes | Inflated> {
  const member = zip.members.find((other) => other.name === 'arr_0.npy');
  if (!member) {
    const keys = zip.members.map((other) => other.name.replace(KEY, '$1'));
    throw new UserError(
      `${name}: it holds ${keys.slice(0, 8).join(', ') || 'nothing'}; expected pictures in the array "arr_0".`,
    );
  }
  zip.checkReadable(member);
  let start: number;
  try {
    start = await zip.dataOf(member);
  } catch (error) {
    throw new UserError(`${name}: arr_0: ${messageOf(error)}.`);
  }
  if (member.method !== STORED) return new Inflated(zip.file, start, member);
  const { size } = member;
  return {
    size,
    read: (position, length) => zip.file.read(start + position, Math.min(length, size - position)),
  };
}

async function picturesOf(path: string, name: string, bytes: Bytes, close: () => Promise<void>): Promise<PictureSet> {
  let head: Uint8Array;
  try {
    head = await bytes.read(0, HEADER);
  } catch (error) {
    throw new UserError(`${name}: it cannot be unpacked (${messageOf(error)}).`);
  }
  const { descr, fortran, shape, start } = npyHeader(head, name);
  const dimensions = `(${shape.join(', ')})`;
  if (!/^[|<>=]?u1$/.test(descr)) {
    throw new UserError(
      `${name}: its values are of type ${descr}, expected uint8 from 0 to 255 (|u1). Scale and round them first.`,
    );
  }
  const grey = shape.length === 3;
  const [count = 0, height = 0, width = 0, channels = 1] = shape;
  if ((!grey && shape.length !== 4) || (channels !== 3 && channels !== 1) || (grey && width === 3)) {
    throw new UserError(
      `${name}: an array of ${dimensions}, expected pictures of (n, height, width, 3), or grey ones of (n, height, width).`,
    );
  }
  if (fortran) throw new UserError(`${name}: the array is in Fortran order, expected C order.`);
  if (!count) throw new UserError(`${name}: it holds no images, its array is ${dimensions}.`);
  if (count > MOST_PICTURES) throw new UserError(`${name}: ${count} pictures, at most ${MOST_PICTURES} are read.`);
  try {
    checkSize(width, height);
  } catch (error) {
    throw new UserError(`${name}: ${messageOf(error)}.`);
  }
  const size = height * width * channels;
  if (start + count * size > bytes.size)
    throw new UserError(`${name}: cut off: ${bytes.size - start} bytes for an array of ${dimensions}.`);
  const digits = String(count - 1).length;
  const ids = Array.from({ length: count }, (_, i) => String(i).padStart(digits, '0'));
  return {
    name: basename(path),
    ids,
    async read(index): Promise<Picture> {
      let data: Uint8Array;
      try {
        data = await bytes.read(start + index * size, size);
      } catch (error) {
        if (error instanceof UserError) throw error;
        throw new CorruptImage(ids[index]!, `the array cannot be unpacked (${messageOf(error)})`);
      }
      if (data.length < size) throw new CorruptImage(ids[index]!, 'the array is cut off');
      return { width, height, data: channels === 3 ? data : rgbOfGrey(data) };
    },
    close,
  };
}

/**
 * Pictures of the array `arr_0` of an `.npz`, or of an `.npy`: uint8 (n, height, width, 3), or grey (n, height, width)
 * or (n, height, width, 1). They are named by their places. The array is never read as a whole: where it is compressed
 * it is unpacked as it is walked through, and going back begins anew; its checksum is met when the last picture is read.
 *
 * @throws UserError for any other array; reading throws one, and no CorruptImage, when the checksum is wrong
 */
export async function openArray(path: string): Promise<PictureSet> {
  const name = `Array file "${path}"`;
  if (!/\.npz$/i.test(path)) {
    const file = new StoredFile(path, name);
    const close = async () => file.close();
    try {
      return await picturesOf(path, name, file, close);
    } catch (error) {
      file.close();
      throw error;
    }
  }
  const zip = new ZipFile(path, name);
  let bytes: Bytes | Inflated | undefined;
  const close = async () => {
    if (bytes instanceof Inflated) await bytes.close();
    zip.close();
  };
  try {
    bytes = await openMember(zip, name);
    return await picturesOf(path, name, bytes, close);
  } catch (error) {
    await close();
    throw error;
  }
}
