import { promisify } from 'node:util';
import { crc32, inflateRaw } from 'node:zlib';
import { messageOf, UserError } from '../core/errors.js';
import { StoredFile } from './stored-file.js';

const inflate = promisify(inflateRaw);

const LOCAL = 0x04034b50;
const CENTRAL = 0x02014b50;
const END = 0x06054b50;
const END_64 = 0x06064b50;
const END_64_LOCATOR = 0x07064b50;

const ENCRYPTED = 0x2041;
const UTF8 = 0x800;
export const STORED = 0;
export const DEFLATED = 8;

/** Deflate packs at most 258 bytes into 2 bits; what claims more lies. */
const MOST_RATIO = 1032;

/** A directory of this size has ten million members. */
const LARGEST_DIRECTORY = 1024 ** 3;

/** A file of an archive, as the central directory has it. */
export interface ZipMember {
  readonly name: string;
  readonly flags: number;
  readonly method: number;
  readonly crc: number;
  /** Bytes in the archive, and unpacked. */
  readonly packed: number;
  readonly size: number;
  /** Where its local header begins. */
  readonly offset: number;
}

/** Names are UTF-8 where they say so, and mostly where they do not; else one letter a byte. */
function nameOf(bytes: Uint8Array, flags: number): string {
  try {
    return new TextDecoder('utf-8', { fatal: !(flags & UTF8), ignoreBOM: true }).decode(bytes);
  } catch {
    return Buffer.from(bytes).toString('latin1');
  }
}

/** A number that JavaScript holds; larger ones do not occur in files. */
function long(bytes: Buffer, at: number): number {
  const value = bytes.readBigUInt64LE(at);
  if (value > Number.MAX_SAFE_INTEGER) throw new Error(`a size of ${value} bytes`);
  return Number(value);
}

/** The 64-bit numbers that an entry's extra field has for those that are all ones, in the format's order. */
function widened(extra: Buffer, values: readonly number[]): number[] {
  const open = values.filter((value) => value === 0xffffffff).length;
  if (!open) return [...values];
  for (let at = 0; at + 4 <= extra.length; ) {
    const length = extra.readUInt16LE(at + 2);
    const field = extra.subarray(at + 4, at + 4 + length);
    if (extra.readUInt16LE(at) === 0x0001 && field.length >= 8 * open) {
      let next = 0;
      return values.map((value) => (value === 0xffffffff ? long(field, 8 * next++) : value));
    }
    at += 4 + length;
  }
  return [...values];
}

interface Directory {
  readonly bytes: Buffer;
  readonly count: number;
  /** What stands before the archive in its file, such as a program that unpacks it. */
  readonly before: number;
  /** Where the directory begins: no member reaches into it. */
  readonly start: number;
}

function readDirectory(file: StoredFile): Directory {
  const tailAt = Math.max(0, file.size - 65_557);
  const tail = file.readNow(tailAt, file.size - tailAt);
  let end = tail.length - 22;
  // A comment of up to 65,535 bytes may follow.
  while (end >= 0 && (tail.readUInt32LE(end) !== END || end + 22 + tail.readUInt16LE(end + 20) > tail.length)) end--;
  if (end < 0) throw new Error('not a zip archive, or its end is missing');
  let count = tail.readUInt16LE(end + 10);
  let size = tail.readUInt32LE(end + 12);
  let offset = tail.readUInt32LE(end + 16);
  let endAt = tailAt + end;
  const locator = endAt >= 20 ? file.readNow(endAt - 20, 20) : undefined;
  if (locator?.length === 20 && locator.readUInt32LE(0) === END_64_LOCATOR) {
    const at = long(locator, 8);
    const wide = file.readNow(at, 56);
    if (wide.length < 56 || wide.readUInt32LE(0) !== END_64) throw new Error('its 64-bit directory is missing');
    [count, size, offset, endAt] = [long(wide, 32), long(wide, 40), long(wide, 48), at];
  } else if (tail.readUInt16LE(end + 4) !== 0) throw new Error('one part of a split archive');
  const start = endAt - size;
  if (start < 0 || offset > start) throw new Error('its directory is cut off');
  if (size > LARGEST_DIRECTORY) throw new Error(`a directory of ${size} bytes`);
  const bytes = file.readNow(start, size);
  if (bytes.length < size) throw new Error('its directory is cut off');
  return { bytes, count, before: start - offset, start };
}

function parseMembers({ bytes, count, before, start }: Directory): ZipMember[] {
  const members: ZipMember[] = [];
  for (let at = 0; at < bytes.length; ) {
    if (at + 46 > bytes.length || bytes.readUInt32LE(at) !== CENTRAL) throw new Error('its directory is damaged');
    const flags = bytes.readUInt16LE(at + 8);
    const [nameLength, extraLength] = [bytes.readUInt16LE(at + 28), bytes.readUInt16LE(at + 30)];
    const nameEnd = at + 46 + nameLength;
    const end = nameEnd + extraLength + bytes.readUInt16LE(at + 32);
    if (end > bytes.length) throw new Error('its directory is damaged');
    const narrow = [bytes.readUInt32LE(at + 24), bytes.readUInt32LE(at + 20), bytes.readUInt32LE(at + 42)];
    const wide = widened(bytes.subarray(nameEnd, nameEnd + extraLength), narrow) as [number, number, number];
    const [size, packed, offset] = wide;
    const name = nameOf(bytes.subarray(at + 46, nameEnd), flags);
    if (before + offset + 30 + packed > start) throw new Error(`"${name}" reaches beyond the archive`);
    members.push({
      name,
      flags,
      method: bytes.readUInt16LE(at + 10),
      crc: bytes.readUInt32LE(at + 16),
      packed,
      size,
      offset: before + offset,
    });
    at = end;
  }
  // Old writers count to 65,535 and begin again.
  if ((members.length - count) % 0x10000) throw new Error(`its directory lists ${members.length} of ${count} files`);
  return members;
}

/** Members that share bytes are how a small archive unpacks to a huge one. */
function checkApart(members: readonly ZipMember[]): void {
  const sorted = [...members].sort((a, b) => a.offset - b.offset);
  for (const [i, { name, offset }] of sorted.entries()) {
    const last = sorted[i - 1];
    if (last && last.offset + 30 + last.packed > offset) throw new Error(`"${last.name}" and "${name}" overlap`);
  }
}

/** A zip archive, read by its central directory: members are reached at once, and the file is never read as a whole. */
export class ZipFile {
  readonly members: readonly ZipMember[];
  readonly file: StoredFile;

  /**
   * @param name as messages call it
   * @throws UserError that says why it is no archive that can be read
   */
  constructor(path: string, name: string) {
    this.file = new StoredFile(path, name);
    try {
      this.members = parseMembers(readDirectory(this.file));
      checkApart(this.members);
    } catch (error) {
      this.file.close();
      throw new UserError(`${name}: not a readable zip archive: ${messageOf(error)}.`);
    }
  }

  /** Refuses a member that cannot be unpacked. @throws UserError */
  checkReadable({ name, flags, method, packed, size }: ZipMember): void {
    const where = `${this.file.name}: "${name}"`;
    if (flags & ENCRYPTED) throw new UserError(`${where} is encrypted. Unpack the archive first.`);
    if (method !== STORED && method !== DEFLATED)
      throw new UserError(
        `${where} is compressed by method ${method}, expected stored or deflate. Unpack the archive first.`,
      );
    if (method === STORED ? size !== packed : size > packed * MOST_RATIO + 64)
      throw new UserError(`${where} says that ${packed} bytes unpack to ${size}. The archive is damaged.`);
  }

  /** Where a member's bytes begin, behind its local header. @throws Error when there is none */
  async dataOf({ offset, packed }: ZipMember): Promise<number> {
    const header = await this.file.read(offset, 30);
    if (header.length < 30 || header.readUInt32LE(0) !== LOCAL) throw new Error('its header in the archive is missing');
    const start = offset + 30 + header.readUInt16LE(26) + header.readUInt16LE(28);
    if (start + packed > this.file.size) throw new Error('it is cut off');
    return start;
  }

  /**
   * Unpacks a member, and checks it against its checksum.
   *
   * @throws Error saying what is wrong with it
   */
  async read(member: ZipMember): Promise<Uint8Array> {
    const { method, packed, size, crc } = member;
    const stored = await this.file.read(await this.dataOf(member), packed);
    if (stored.length < packed) throw new Error('it is cut off');
    // No more than it says is ever unpacked.
    const bytes = method === STORED ? stored : await inflate(stored, { maxOutputLength: Math.max(size, 1) });
    if (bytes.length !== size) throw new Error(`it unpacks to ${bytes.length} bytes, not ${size}`);
    if (crc32(bytes) !== crc) throw new Error('its checksum is wrong');
    return bytes;
  }

  close(): void {
    this.file.close();
  }
}
