import { open } from 'node:fs/promises';
import { messageOf } from '../core/errors.js';
import { CorruptImage } from './dataset.js';
import { pathOf } from './file-name.js';

/** Pictures are smaller when packed: what is larger is none, or meant to fill the memory. */
const LARGEST = 256 * 1024 ** 2;

/** Refuses a file by its size, before it is read. @throws CorruptImage naming `id` */
export function checkBytes(bytes: number, id: string): void {
  if (bytes > LARGEST) throw new CorruptImage(id, `${bytes} bytes are too many, at most ${LARGEST} are read`);
}

/**
 * The bytes of a picture's file.
 *
 * @throws CorruptImage naming `id` and not the path, where it cannot be read or is too large to be a picture
 */
export async function readPictureBytes(file: string, id: string): Promise<Buffer> {
  try {
    const handle = await open(pathOf(file));
    try {
      checkBytes((await handle.stat()).size, id);
      return await handle.readFile();
    } finally {
      await handle.close();
    }
  } catch (error) {
    if (error instanceof CorruptImage) throw error;
    // Without the system's own text: it holds the path.
    const { code } = error as NodeJS.ErrnoException;
    throw new CorruptImage(id, code ? `cannot be read (${code})` : messageOf(error));
  }
}
