import { basename } from 'node:path';
import { messageOf, UserError } from '../core/errors.js';
import { CorruptImage } from './dataset.js';
import { IMAGE } from './folder.js';
import { checkBytes } from './picture-bytes.js';
import type { PictureSet } from './picture-set.js';
import { TarFile } from './tar.js';
import { ZipFile } from './zip.js';

/** A member that is taken for a picture; macOS adds files of its own that have the same endings. */
const isPicture = (name: string): boolean =>
  IMAGE.test(name) && !/(^|\/)__MACOSX\//.test(name) && !basename(name).startsWith('._');

/** A member's name as that of the file in the folder that was packed: `tar -C folder .` puts `./` before each. */
const nameOf = (member: { readonly name: string }): string => member.name.replace(/^(\.\/+)+/, '');

interface Archive<M> {
  read(member: M): Promise<Uint8Array>;
  close(): void;
}

function picturesOf<M extends { readonly name: string; readonly size: number }>(
  path: string,
  name: string,
  prefix: string,
  archive: Archive<M>,
  members: readonly M[],
): PictureSet {
  if (!members.length)
    throw new UserError(`${name}: it holds no images, expected .png .jpg .jpeg .webp .gif .tif .bmp or .npy members.`);
  const ids = members.map((member) => prefix + nameOf(member));
  const seen = new Set<string>();
  for (const id of ids) {
    // Which of the two was meant? Another member under its name would be a picture left out, or counted twice.
    if (seen.has(id)) throw new UserError(`${name}: it holds "${id}" twice. Pack it again with one of each name.`);
    seen.add(id);
  }
  return {
    name: basename(path),
    ids,
    async read(index) {
      const member = members[index]!;
      checkBytes(member.size, ids[index]!);
      try {
        return await archive.read(member);
      } catch (error) {
        throw new CorruptImage(ids[index]!, messageOf(error));
      }
    },
    async close() {
      archive.close();
    },
  };
}

/** What is made of an archive, which is closed when there can be nothing. */
function owning<A extends { close(): void }>(archive: A, make: () => PictureSet): PictureSet {
  try {
    return make();
  } catch (error) {
    archive.close();
    throw error;
  }
}

/**
 * Pictures of a zip archive in the code-unit order of their names, as those of the folder that was packed.
 *
 * @param prefix stands before each name
 * @throws UserError for what is no archive, holds no pictures, one name twice, or what cannot be unpacked
 */
export function openZip(path: string, prefix = ''): PictureSet {
  const name = `Archive "${path}"`;
  const zip = new ZipFile(path, name);
  return owning(zip, () => {
    const members = zip.members
      .filter((member) => isPicture(member.name))
      .sort((a, b) => (nameOf(a) < nameOf(b) ? -1 : nameOf(a) > nameOf(b) ? 1 : 0));
    for (const member of members) zip.checkReadable(member);
    return picturesOf(path, name, prefix, zip, members);
  });
}

/** Pictures of a tar archive in the order in which it holds them. Parameters and errors are those of `openZip`. */
export function openTar(path: string, prefix = ''): PictureSet {
  const name = `Archive "${path}"`;
  const tar = new TarFile(path, name);
  return owning(tar, () => {
    const members = tar.members.filter((member) => isPicture(member.name));
    return picturesOf(path, name, prefix, tar, members);
  });
}
