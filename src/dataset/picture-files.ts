import { readFileSync, type Stats, statSync } from 'node:fs';
import { basename, dirname, resolve } from 'node:path';
import { messageOf, UserError } from '../core/errors.js';
import { allImagesOf } from './folder.js';
import { readPictureBytes } from './picture-bytes.js';
import type { PictureSet } from './picture-set.js';

const pictureFiles = (path: string, ids: readonly string[], folder: string): PictureSet => ({
  name: basename(resolve(path)),
  ids,
  read: (index) => readPictureBytes(resolve(folder, ids[index]!), ids[index]!),
  async close() {},
});

/** Pictures of a folder and below it. @throws UserError when there are none */
export const openFolderPictures = (folder: string): PictureSet => pictureFiles(folder, allImagesOf(folder), folder);

/** Lists beyond this would not be read at all: ten million paths. */
const LARGEST_LIST = 512 * 1024 ** 2;

/**
 * Pictures that a text file names, a path a line, relative to the file's own folder; blank lines and lines that begin
 * with `#` are left out. The order is the list's.
 *
 * @throws UserError for an empty list, and with its line for a path that is no file or is there twice
 */
export function openList(path: string): PictureSet {
  const what = `Picture list "${path}"`;
  let text: string;
  try {
    const { size } = statSync(path);
    if (size > LARGEST_LIST) throw new Error(`${size} bytes are no list of paths`);
    text = readFileSync(path, 'utf8');
  } catch (error) {
    throw new UserError(`${what}: ${messageOf(error)}.`);
  }
  const folder = dirname(path);
  const lines = new Map<string, number>();
  for (const [i, raw] of text
    .replace(/^\ufeff/, '')
    .split('\n')
    .entries()) {
    const line = raw.trim();
    if (!line || line.startsWith('#')) continue;
    const first = lines.get(line);
    if (first !== undefined) throw new UserError(`${what}, line ${i + 1}: "${line}" is on line ${first} already.`);
    let target: Stats | undefined;
    try {
      target = statSync(resolve(folder, line), { throwIfNoEntry: false });
    } catch (error) {
      throw new UserError(`${what}, line ${i + 1}: ${messageOf(error)}.`);
    }
    if (!target?.isFile()) {
      const found = target ? 'is no file' : 'does not exist';
      throw new UserError(
        `${what}, line ${i + 1}: "${resolve(folder, line)}" ${found}. Paths are relative to the list's folder.`,
      );
    }
    lines.set(line, i + 1);
  }
  if (!lines.size) throw new UserError(`${what}: it names no pictures, expected a path a line.`);
  return pictureFiles(path, [...lines.keys()], folder);
}
