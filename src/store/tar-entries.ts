import { Header } from 'tar';

const BLOCK = 512;

/** Of every entry, so that equal pictures make equal bytes: the first date that a ZIP can have, too. */
export const ENTRY_DATE = new Date('1980-01-01T00:00:00Z');

/** What ends an archive: two blocks of zeros (POSIX.1-1988, ustar). */
export const TAR_END: Uint8Array = new Uint8Array(2 * BLOCK);

/** Bytes of the entry whose header these begin with, up to the next one; nothing where no header of ours is. */
export function tarEntryBytes(bytes: Uint8Array): number | undefined {
  if (bytes.length < BLOCK) return undefined;
  const { cksumValid, size } = new Header(Buffer.from(bytes.buffer, bytes.byteOffset, BLOCK));
  return cksumValid && size !== undefined ? BLOCK + Math.ceil(size / BLOCK) * BLOCK : undefined;
}

/** A file as an entry of a ustar archive: its header, its bytes, and zeros up to a whole block. */
export function tarEntry(path: string, data: Uint8Array): Uint8Array[] {
  const header = new Header({
    path,
    mode: 0o644,
    uid: 0,
    gid: 0,
    size: data.length,
    mtime: ENTRY_DATE,
    type: 'File',
    uname: '',
    gname: '',
  });
  const block = Buffer.alloc(BLOCK);
  if (header.encode(block)) throw new Error(`"${path}" needs more than a ustar header`);
  return [block, data, new Uint8Array(-data.length & (BLOCK - 1))];
}
