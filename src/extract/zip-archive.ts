import { crc32, inflateRawSync } from 'node:zlib';
import { messageOf, UserError } from '../core/errors.js';
import { quoted } from '../core/quoted.js';

/** A zip archive that is all in memory. Names are looked up exactly as they are written: nothing is a path. */
export interface ZipArchive {
  readonly names: readonly string[];
  /** The unpacked bytes of an entry, kept from the first time on; a stored one shares them with the archive. */
  read(entry: string): Uint8Array;
}

interface Entry {
  readonly flags: number;
  readonly method: number;
  readonly crc: number;
  readonly packed: number;
  readonly size: number;
  /** Where its local header stands. */
  readonly at: number;
}

const LOCAL = 0x04034b50;
const CENTRAL = 0x02014b50;
const END = 0x06054b50;
const END_64 = 0x06064b50;
const LOCATOR_64 = 0x07064b50;

const MOST_ENTRIES = 2 ** 18;

/** What compressed entries may unpack to, all together: far more than weights are ever compressed. */
const mostUnpacked = (archive: number): number => Math.max(2 ** 24, 16 * archive);

export const isZip = (bytes: Uint8Array): boolean =>
  bytes.length >= 4 && new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true) === LOCAL;

/** Numbers and parts at byte positions, little-endian, never past the end. */
function fields(bytes: Uint8Array) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const decoder = new TextDecoder();
  const within = (at: number, size: number): number => {
    if (at < 0 || at + size > bytes.length) throw new UserError('it is cut off, or points past its end');
    return at;
  };
  return {
    u16: (at: number) => view.getUint16(within(at, 2), true),
    u32: (at: number) => view.getUint32(within(at, 4), true),
    u64(at: number): number {
      const value = view.getBigUint64(within(at, 8), true);
      if (value > Number.MAX_SAFE_INTEGER) throw new UserError('it points past its end');
      return Number(value);
    },
    part: (at: number, size: number) => bytes.subarray(within(at, size), at + size),
    text: (at: number, size: number) => decoder.decode(bytes.subarray(within(at, size), at + size)),
  };
}

type Fields = ReturnType<typeof fields>;

/** Where the directory lies. The end record is the last thing but for a comment of the length that it states. */
function directoryOf({ u16, u32, u64 }: Fields, length: number): { at: number; size: number; count: number } {
  let end = length - 22;
  const first = Math.max(0, end - 0xffff);
  while (end >= first && !(u32(end) === END && end + 22 + u16(end + 20) === length)) end--;
  if (end < first) throw new UserError('it has no directory, as if it were cut off');
  if (u16(end + 4) || u16(end + 6)) throw new UserError('it is one volume of several');
  const short = { at: u32(end + 16), size: u32(end + 12), count: u16(end + 10) };
  if (end < 20 || u32(end - 20) !== LOCATOR_64) return short;

  const wide = u64(end - 12);
  if (u32(wide) !== END_64) throw new UserError('its 64-bit directory record is missing');
  const long = { at: u64(wide + 48), size: u64(wide + 40), count: u64(wide + 32) };
  const agree = (a: number, b: number, full: number): boolean => a === full || a === b;
  if (
    !agree(short.at, long.at, 0xffffffff) ||
    !agree(short.size, long.size, 0xffffffff) ||
    !agree(short.count, long.count, 0xffff)
  ) {
    throw new UserError('its two directory records contradict each other');
  }
  return long;
}

/** The 64-bit values of an entry's extra field, for those of its `values` that are too large for 32 bits. */
function widened({ u16, u64 }: Fields, values: readonly number[], from: number, to: number): number[] {
  let at = from;
  while (at + 4 <= to && u16(at) !== 1) at += 4 + u16(at + 2);
  const end = at + 4 <= to ? Math.min(to, at + 4 + u16(at + 2)) : 0;
  at += 4;
  return values.map((value) => {
    if (value !== 0xffffffff) return value;
    if (at + 8 > end) throw new UserError('an entry lacks its 64-bit size');
    at += 8;
    return u64(at - 8);
  });
}

function readDirectory(read: Fields, length: number): Map<string, Entry> {
  const { u16, u32, text } = read;
  const { at: start, size, count } = directoryOf(read, length);
  if (count > MOST_ENTRIES) throw new UserError(`it claims ${count} entries`);
  const entries = new Map<string, Entry>();
  let at = start;
  for (let i = 0; i < count; i++) {
    if (u32(at) !== CENTRAL) throw new UserError(`its directory is damaged at byte ${at}`);
    const nameEnd = at + 46 + u16(at + 28);
    const extraEnd = nameEnd + u16(at + 30);
    const name = text(at + 46, nameEnd - at - 46);
    if (entries.has(name)) throw new UserError(`it holds two entries named ${quoted(name)}`);
    const [full, packed, local] = widened(read, [u32(at + 24), u32(at + 20), u32(at + 42)], nameEnd, extraEnd);
    entries.set(name, {
      flags: u16(at + 8),
      method: u16(at + 10),
      crc: u32(at + 16),
      packed: packed!,
      size: full!,
      at: local!,
    });
    at = extraEnd + u16(at + 32);
  }
  if (at !== start + size) throw new UserError('its directory is not as long as it says');
  return entries;
}

/** The bytes of an entry as they lie in the archive. */
function packedBytes({ u16, u32, text, part }: Fields, name: string, entry: Entry): Uint8Array {
  const { at, flags, packed } = entry;
  if (flags & 0x2041) throw new UserError('encrypted');
  if (u32(at) !== LOCAL) throw new UserError('the directory points at no entry');
  const nameLength = u16(at + 26);
  if (text(at + 30, nameLength) !== name) throw new UserError('the directory and the entry itself give two names');
  return part(at + 30 + nameLength + u16(at + 28), packed);
}

/** Undoes DEFLATE, never making more than `size` bytes. */
function inflate(packed: Uint8Array, size: number): Uint8Array {
  let data: Uint8Array;
  try {
    data = inflateRawSync(packed, { maxOutputLength: Math.max(1, size) });
  } catch (error) {
    throw new UserError(`it does not unpack to ${size} bytes (${messageOf(error)})`);
  }
  if (data.length !== size) throw new UserError(`it unpacks to ${data.length} bytes, not ${size}`);
  return data;
}

/**
 * Opens an archive that one program wrote in one go: ZIP and ZIP64 with stored and deflated entries (PKWARE's
 * APPNOTE.TXT). Refuses what two readers could understand in two ways: duplicate names, names and sizes that contradict
 * each other, a wrong checksum. Unpacks no more than a fixed multiple of the archive.
 *
 * @param name how messages call the archive
 */
export function openZip(bytes: Uint8Array, name: string): ZipArchive {
  const read = fields(bytes);
  const explained = <T>(what: string, act: () => T): T => {
    try {
      return act();
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      throw new UserError(`${what}: ${error.message}.`);
    }
  };
  const entries = explained(`${name}: not a readable zip archive`, () => readDirectory(read, bytes.length));

  const done = new Map<string, Uint8Array>();
  let packedInAll = 0;
  let unpackedInAll = 0;
  const dataOf = (wanted: string): Uint8Array => {
    const entry = entries.get(wanted);
    if (!entry) throw new UserError('not in the archive');
    const { method, size, crc } = entry;
    const packed = packedBytes(read, wanted, entry);
    if (method !== 0 && method !== 8) throw new UserError(`compression method ${method}, expected stored or deflated`);
    if (method === 0 && packed.length !== size) throw new UserError('stored in another size than its own');
    // Entries that share their bytes would make a small file cost the time and memory of a large one.
    packedInAll += packed.length;
    if (packedInAll > bytes.length) throw new UserError('it overlaps with others');
    if (method === 8) unpackedInAll += size;
    if (unpackedInAll > mostUnpacked(bytes.length))
      throw new UserError(`unpacking it makes ${unpackedInAll} bytes out of an archive of ${bytes.length}`);
    const data = method === 0 ? packed : inflate(packed, size);
    // PyTorch can be told to write no true checksums; then nobody could tell a damaged file from a sound one.
    if (crc32(data) !== crc)
      throw new UserError(
        'its checksum is wrong: damaged, or saved after torch.serialization.set_crc32_options(False)',
      );
    done.set(wanted, data);
    return data;
  };
  return {
    names: [...entries.keys()],
    read: (entry) => explained(`${name}: the entry ${quoted(entry)}`, () => done.get(entry) ?? dataOf(entry)),
  };
}
