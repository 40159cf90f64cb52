import { existsSync, statSync } from 'node:fs';
import { basename, dirname, relative, resolve } from 'node:path';
import { invalid, messageOf, UserError } from '../core/errors.js';
import { openTar, openZip } from './archive.js';
import { npzKeys, openArray } from './array.js';
import { expandPattern, isPattern } from './pattern.js';
import { openFolderPictures, openList } from './picture-files.js';
import type { PictureSet } from './picture-set.js';

export { npzKeys };

const ACCEPTED =
  'a folder of pictures, a .zip or .tar archive, several of these by a pattern (part-{000..127}.tar, part-*.tar), a text list of paths (.txt or .lst), or an .npz or .npy of pictures';

type Open = (path: string, prefix?: string) => PictureSet | Promise<PictureSet>;

/** How an archive is opened, by its ending. */
function archiveOf(path: string): Open | undefined {
  if (/\.zip$/i.test(path)) return openZip;
  return /\.tar$/i.test(path) ? openTar : undefined;
}

function openerOf(path: string): Open | undefined {
  if (/\.(txt|lst)$/i.test(path)) return openList;
  return /\.np[yz]$/i.test(path) ? openArray : archiveOf(path);
}

async function openOne(path: string): Promise<PictureSet> {
  let isFolder: boolean;
  try {
    const target = statSync(path);
    isFolder = target.isDirectory();
    if (!isFolder && !target.isFile()) throw new Error('neither a folder nor a file');
  } catch (error) {
    throw new UserError(`Pictures "${path}": ${messageOf(error)}. Expected ${ACCEPTED}.`);
  }
  if (isFolder) return openFolderPictures(path);
  if (/\.(tgz|tar\.\w+)$/i.test(path)) {
    const remedy = 'Unpack it once (gunzip, or "tar xf"): a compressed tar can only be read from its beginning.';
    throw invalid('pictures', path, 'a .tar that is not compressed', remedy);
  }
  const open = openerOf(path);
  if (!open) throw invalid('pictures', path, ACCEPTED);
  return open(path);
}

/** The deepest folder that all paths lie in. */
function commonFolder(paths: readonly string[]): string {
  return paths
    .map((path) => dirname(resolve(path)))
    .reduce((common, folder) => {
      while (/^\.\.(\/|$)/.test(relative(common, folder))) common = dirname(common);
      return common;
    });
}

/** Sets as one, in their order; their names differ already. */
function joined(name: string, sets: readonly PictureSet[]): PictureSet {
  const firsts: number[] = [];
  const ids: string[] = [];
  for (const set of sets) {
    firsts.push(ids.length);
    for (const id of set.ids) ids.push(id);
  }
  return {
    name,
    ids,
    read(index) {
      const place = firsts.findLastIndex((first) => first <= index);
      return sets[place]!.read(index - firsts[place]!);
    },
    async close() {
      await Promise.all(sets.map((set) => set.close()));
    },
  };
}

async function openSeveral(pattern: string): Promise<PictureSet> {
  const paths = expandPattern(pattern);
  const openers = paths.map((path) => {
    const open = archiveOf(path);
    if (!open) throw invalid('pictures', path, `.zip or .tar archives where a pattern names several (${pattern})`);
    return open;
  });
  const folder = commonFolder(paths);
  const sets: PictureSet[] = [];
  try {
    for (const [i, path] of paths.entries()) sets.push(await openers[i]!(path, `${relative(folder, resolve(path))}/`));
  } catch (error) {
    await Promise.all(sets.map((set) => set.close()));
    throw error;
  }
  return joined(basename(pattern), sets);
}

/**
 * Opens pictures wherever they lie: a folder (and below it), a `.zip` or `.tar` archive, several archives by braces,
 * `*` and `?`, a text list of paths, or an array of pictures (`.npz` with `arr_0`, `.npy`). What is there by the very
 * name is that, even where it reads as a pattern. Names of several archives' pictures begin with the archive's.
 *
 * @throws UserError for anything else, and for what holds no pictures
 */
export async function openPictures(source: string): Promise<PictureSet> {
  return !existsSync(source) && isPattern(source) ? openSeveral(source) : openOne(source);
}
