import { messageOf, UserError } from '../core/errors.js';
import { StoredFile } from './stored-file.js';

const BLOCK = 512;

/** Long names and extended headers beyond this are no such thing. */
const LARGEST_HEADER = 1024 ** 2;

/** Read at once while the headers are gone through: a page, as a member's several headers lie together. */
const WINDOW = 4096;

const SPARSE = 'it holds files with holes (sparse), which are not read';

const padded = (size: number): number => Math.ceil(size / BLOCK) * BLOCK;

/** A file of an archive: where its bytes are. */
export interface TarMember {
  readonly name: string;
  readonly offset: number;
  readonly size: number;
}

const textOf = (bytes: Buffer): string => {
  const end = bytes.indexOf(0);
  return bytes.toString('utf8', 0, end < 0 ? bytes.length : end);
};

/** Octal digits, or GNU's binary number (high bit of the first byte set). */
function numberOf(field: Buffer): number {
  let value = Number.NaN;
  if (field[0] === 0x80) value = field.subarray(1).reduce((sum, byte) => sum * 256 + byte, 0);
  else if (field[0]! < 0x80) {
    const digits = textOf(field).trim();
    if (/^[0-7]*$/.test(digits)) value = Number.parseInt(digits || '0', 8);
  }
  if (!Number.isSafeInteger(value)) throw new Error('a header holds no valid size');
  return value;
}

/** Sum of a header's bytes, its checksum taken for blanks (POSIX.1-1988, ustar). */
const checksum = (header: Buffer): number =>
  header.reduce((sum, byte, i) => sum + (i >= 148 && i < 156 ? 32 : byte), 0);

/** Records of a pax extended header: `LENGTH KEY=VALUE\n` each. */
function paxRecords(bytes: Buffer): Map<string, string> {
  const records = new Map<string, string>();
  for (let at = 0; at < bytes.length; ) {
    const blank = bytes.indexOf(32, at);
    const length = blank < 0 ? Number.NaN : Number(bytes.toString('latin1', at, blank));
    const end = at + length;
    const equals = bytes.indexOf(61, blank);
    if (!Number.isSafeInteger(length) || end > bytes.length || end <= blank || equals < 0 || equals >= end)
      throw new Error('an extended header is damaged');
    records.set(bytes.toString('utf8', blank + 1, equals), bytes.toString('utf8', equals + 1, end - 1));
    at = end;
  }
  return records;
}

/** A header's own name: the prefix is ustar's, GNU keeps other things there. */
function headerName(header: Buffer): string {
  const name = textOf(header.subarray(0, 100));
  const prefix = header.toString('latin1', 257, 263) === 'ustar\0' ? textOf(header.subarray(345, 500)) : '';
  return prefix ? `${prefix}/${name}` : name;
}

/** What extended headers say of the file that follows them. */
interface Extended {
  readonly name?: string;
  readonly link?: string;
  readonly size?: number;
}

/** @param type `L` and `K`: GNU's long names; `x`: pax; `g`: what pax says of all files, none of it of use here */
function extend(extended: Extended, type: string, bytes: Buffer): Extended {
  if (type === 'L') return { ...extended, name: textOf(bytes) };
  if (type === 'K') return { ...extended, link: textOf(bytes) };
  if (type !== 'x') return extended;
  const records = paxRecords(bytes);
  if ([...records.keys()].some((key) => key.startsWith('GNU.sparse.'))) throw new Error(SPARSE);
  const [name, link, size] = [records.get('path'), records.get('linkpath'), records.get('size')];
  if (size !== undefined && !/^\d{1,15}$/.test(size))
    throw new Error(`an extended header of the size "${size.slice(0, 40)}"`);
  return {
    ...extended,
    ...(name !== undefined && { name }),
    ...(link !== undefined && { link }),
    ...(size !== undefined && { size: Number(size) }),
  };
}

/** Goes from header to header, and reads no more than them. */
function parseMembers(file: StoredFile): TarMember[] {
  const members: TarMember[] = [];
  const places = new Map<string, TarMember>();
  let extended: Extended = {};
  let window = file.readNow(0, WINDOW);
  let windowAt = 0;
  if (window[0] === 0x1f && window[1] === 0x8b) throw new Error('it is compressed, unpack it first (gunzip)');
  for (let at = 0; at < file.size; ) {
    if (at + BLOCK > windowAt + window.length) {
      window = file.readNow(at, WINDOW);
      windowAt = at;
    }
    const header = window.subarray(at - windowAt, at - windowAt + BLOCK);
    if (header.length < BLOCK) throw new Error('it is cut off in a header');
    // A block of zeros is the end.
    if (header.every((byte) => byte === 0)) break;
    if (numberOf(header.subarray(148, 156)) !== checksum(header))
      throw new Error(at ? `the header at byte ${at} is damaged` : 'it does not begin with a header');
    const type = String.fromCharCode(header[156]!);
    const data = at + BLOCK;
    const ownSize = numberOf(header.subarray(124, 136));
    if ('LKxg'.includes(type)) {
      const bytes = file.readNow(data, Math.min(ownSize, LARGEST_HEADER));
      if (bytes.length < ownSize) throw new Error(`an extended header of ${ownSize} bytes is cut off or too large`);
      extended = extend(extended, type, bytes);
      at = data + padded(ownSize);
      continue;
    }
    if (type === 'S') throw new Error(SPARSE);
    const name = extended.name ?? headerName(header);
    const link = extended.link ?? textOf(header.subarray(157, 257));
    const size = extended.size ?? ownSize;
    extended = {};
    const target = type === '1' ? places.get(link) : undefined;
    if (target) members.push({ ...target, name });
    // Links, devices and folders have no bytes, whatever size they tell. The oldest archives mark folders by a slash.
    if ('123456'.includes(type) || (type === '\0' && name.endsWith('/'))) {
      at = data;
      continue;
    }
    if (data + size > file.size) throw new Error(`"${name}" is cut off, or its size is wrong`);
    at = data + padded(size);
    if (type !== '0' && type !== '\0' && type !== '7') continue;
    const member = { name, offset: data, size };
    members.push(member);
    places.set(name, member);
  }
  return members;
}

/**
 * A tar archive (ustar, GNU, pax), indexed by going through its headers once. Symbolic links, devices and folders are
 * left out; a hard link is the file that it is another name of.
 */
export class TarFile {
  readonly members: readonly TarMember[];
  readonly file: StoredFile;

  /**
   * @param name as messages call it
   * @throws UserError that says why it is no archive that can be read
   */
  constructor(path: string, name: string) {
    this.file = new StoredFile(path, name);
    try {
      this.members = parseMembers(this.file);
    } catch (error) {
      this.file.close();
      throw new UserError(`${name}: not a readable tar archive: ${messageOf(error)}.`);
    }
  }

  /** @throws Error when the file has become shorter since */
  async read({ offset, size }: TarMember): Promise<Uint8Array> {
    const bytes = await this.file.read(offset, size);
    if (bytes.length < size) throw new Error('it is cut off');
    return bytes;
  }

  close(): void {
    this.file.close();
  }
}
