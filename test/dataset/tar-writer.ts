export interface TarEntry {
  readonly name: string;
  readonly bytes?: Uint8Array;
  /** `0`, a plain file, where it is not said. */
  readonly type?: string;
  readonly link?: string;
  readonly prefix?: string;
  /** The size field as it stands in the header, in place of the length of the bytes. */
  readonly size?: string | Uint8Array;
}

/** A ustar header and its bytes (POSIX.1-1988). */
function entry({ name, bytes = new Uint8Array(), type = '0', link = '', prefix = '', size }: TarEntry): Buffer {
  const header = Buffer.alloc(512);
  header.write(name, 0, 100);
  header.write('0000644\0', 100);
  if (size instanceof Uint8Array) header.set(size, 124);
  else header.write(size ?? `${bytes.length.toString(8).padStart(11, '0')}\0`, 124);
  header.write('        ', 148);
  header.write(type, 156);
  header.write(link, 157);
  header.write('ustar\x0000', 257, 'latin1');
  header.write(prefix, 345);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return Buffer.concat([header, bytes, Buffer.alloc((512 - (bytes.length % 512)) % 512)]);
}

export const tar = (entries: readonly TarEntry[]): Buffer => Buffer.concat([...entries.map(entry), Buffer.alloc(1024)]);

/** A pax extended header for the entry that follows. */
export function pax(records: Readonly<Record<string, string>>): TarEntry {
  const lines = Object.entries(records).map(([key, value]) => {
    const rest = Buffer.byteLength(` ${key}=${value}\n`);
    let length = rest + 1;
    while (String(length).length + rest !== length) length++;
    return `${length} ${key}=${value}\n`;
  });
  return { name: 'PaxHeaders/x', type: 'x', bytes: Buffer.from(lines.join('')) };
}
