import { crc32 } from 'node:zlib';

/**
 * A ZIP archive whose entries are stored as they are (PKWARE APPNOTE 6.3, method 0): pictures are compressed already, and
 * readers can map them. Written from the front to the back, so that an archive that was cut is gone on with from its own
 * entries. Beyond 65,534 entries or 4 GiB the ZIP64 records are written, which Python and Info-ZIP read.
 */

const LOCAL = 0x04034b50;
const CENTRAL = 0x02014b50;
const END = 0x06054b50;
const END64 = 0x06064b50;
const LOCATOR64 = 0x07064b50;
const LOCAL_BYTES = 30;

/** Bits 9 … 15 the year since 1980, 5 … 8 the month, 0 … 4 the day: the first of January 1980, at midnight. */
const DATE = (1 << 5) | 1;
const MOST_16 = 0xffff;
const MOST_32 = 0xffffffff;

/** -rw-r--r-- of a plain file, made by a Unix. */
const ATTRIBUTES = 0o100644 * 2 ** 16;
const UNIX = 3;

interface Entry {
  readonly path: string;
  readonly crc: number;
  readonly size: number;
  readonly offset: number;
}

/** What local and central headers share: versions to the sizes, of a stored entry with an ASCII name. */
function writeCommon(bytes: Buffer, at: number, { crc, size, path }: Entry, version: number): void {
  bytes.writeUInt16LE(version, at);
  bytes.writeUInt16LE(DATE, at + 8);
  bytes.writeUInt32LE(crc, at + 10);
  bytes.writeUInt32LE(size, at + 14);
  bytes.writeUInt32LE(size, at + 18);
  bytes.writeUInt16LE(path.length, at + 22);
}

function localHeader(entry: Entry): Buffer {
  const bytes = Buffer.alloc(LOCAL_BYTES + entry.path.length);
  bytes.writeUInt32LE(LOCAL, 0);
  writeCommon(bytes, 4, entry, 10);
  bytes.write(entry.path, LOCAL_BYTES, 'latin1');
  return bytes;
}

function centralHeader(entry: Entry): Buffer {
  const { path, offset } = entry;
  const far = offset >= MOST_32;
  const bytes = Buffer.alloc(46 + path.length + (far ? 12 : 0));
  bytes.writeUInt32LE(CENTRAL, 0);
  const version = far ? 45 : 10;
  bytes.writeUInt16LE((UNIX << 8) | version, 4);
  writeCommon(bytes, 6, entry, version);
  bytes.writeUInt16LE(far ? 12 : 0, 30);
  bytes.writeUInt32LE(ATTRIBUTES, 38);
  bytes.writeUInt32LE(far ? MOST_32 : offset, 42);
  bytes.write(path, 46, 'latin1');
  if (far) {
    bytes.writeUInt16LE(1, 46 + path.length);
    bytes.writeUInt16LE(8, 48 + path.length);
    bytes.writeBigUInt64LE(BigInt(offset), 50 + path.length);
  }
  return bytes;
}

function endRecords(entries: number, size: number, offset: number): Buffer[] {
  const end = Buffer.alloc(22);
  end.writeUInt32LE(END, 0);
  end.writeUInt16LE(Math.min(entries, MOST_16), 8);
  end.writeUInt16LE(Math.min(entries, MOST_16), 10);
  end.writeUInt32LE(Math.min(size, MOST_32), 12);
  end.writeUInt32LE(Math.min(offset, MOST_32), 16);
  if (entries < MOST_16 && size < MOST_32 && offset < MOST_32) return [end];
  const end64 = Buffer.alloc(56);
  end64.writeUInt32LE(END64, 0);
  end64.writeBigUInt64LE(44n, 4);
  end64.writeUInt16LE((UNIX << 8) | 45, 12);
  end64.writeUInt16LE(45, 14);
  end64.writeBigUInt64LE(BigInt(entries), 24);
  end64.writeBigUInt64LE(BigInt(entries), 32);
  end64.writeBigUInt64LE(BigInt(size), 40);
  end64.writeBigUInt64LE(BigInt(offset), 48);
  const locator = Buffer.alloc(20);
  locator.writeUInt32LE(LOCATOR64, 0);
  locator.writeBigUInt64LE(BigInt(offset + size), 8);
  locator.writeUInt32LE(1, 16);
  return [end64, locator, end];
}

/** The entries of an archive so far, from which its directory is made. */
export class ZipEntries {
  readonly #entries: Entry[] = [];
  #offset = 0;

  /** Where the next entry begins, in bytes from the start. */
  get offset(): number {
    return this.#offset;
  }

  get count(): number {
    return this.#entries.length;
  }

  /** The bytes of the next entry. @param path in ASCII, unlike those before it */
  add(path: string, data: Uint8Array): Uint8Array[] {
    const entry = { path, crc: crc32(data), size: data.length, offset: this.#offset };
    const header = localHeader(entry);
    this.#push(entry);
    return [header, data];
  }

  /**
   * Takes up the entry at `offset` from what an archive that was cut holds there.
   *
   * @param bytes of the archive from `offset` on: the header and the name at least
   * @returns false where no entry of ours begins
   */
  resume(bytes: Uint8Array): boolean {
    const head = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    if (head.length < LOCAL_BYTES || head.readUInt32LE(0) !== LOCAL) return false;
    const path = head.toString('latin1', LOCAL_BYTES, LOCAL_BYTES + head.readUInt16LE(26));
    this.#push({ path, crc: head.readUInt32LE(14), size: head.readUInt32LE(18), offset: this.#offset });
    return path.length === head.readUInt16LE(26);
  }

  /** What ends the archive: its directory. */
  end(): Uint8Array[] {
    const directory = this.#entries.map(centralHeader);
    const size = directory.reduce((sum, { length }) => sum + length, 0);
    return [...directory, ...endRecords(this.#entries.length, size, this.#offset)];
  }

  #push(entry: Entry): void {
    this.#entries.push(entry);
    this.#offset += LOCAL_BYTES + entry.path.length + entry.size;
  }
}
