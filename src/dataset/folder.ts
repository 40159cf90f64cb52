import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, realpathSync, type Stats, statSync } from 'node:fs';
import { join } from 'node:path';
import { messageOf, UserError } from '../core/errors.js';
import { draws, permuted, STREAM } from '../core/random.js';
import { readRegularFile } from '../core/regular-file.js';
import type { Choice, Dataset } from './dataset.js';
import { decodeImage } from './decode.js';
import { pathOf, textOfName } from './file-name.js';

/** Endings of what is taken for a picture; what it is, its content says. */
export const IMAGE = /\.(png|jpe?g|webp|gif|tiff?|bmp|npy)$/i;

/** A million names of sixteen letters. */
const MOST_LIST_BYTES = 2 ** 24;

export interface FolderOptions {
  /** Only images below a folder of one of these names, at any depth. */
  readonly classes?: ReadonlySet<string>;
}

/** What a link leads to; nothing for one that leads nowhere, or to itself. */
function targetOf(link: string | Buffer): Stats | undefined {
  try {
    return statSync(link, { throwIfNoEntry: false });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ELOOP') return undefined;
    throw error;
  }
}

/**
 * Image files below a folder, as `/`-separated relative paths in code-unit order, the same on every system. Links are
 * followed, each folder once, so a link loop ends.
 */
function listImages(root: string): string[] {
  const found: string[] = [];
  const visited = new Set<string>();
  const walk = (prefix: string): void => {
    const folder = pathOf(join(root, prefix));
    // The native one alone takes names that are no UTF-8; a letter a byte tells all apart.
    const real = realpathSync.native(folder, 'latin1');
    if (visited.has(real)) return;
    visited.add(real);
    for (const entry of readdirSync(folder, { withFileTypes: true, encoding: 'buffer' })) {
      const name = textOfName(entry.name);
      let isFolder = entry.isDirectory();
      let isFile = entry.isFile();
      if (entry.isSymbolicLink()) {
        const target = targetOf(pathOf(join(root, prefix, name)));
        isFolder = target?.isDirectory() ?? false;
        isFile = target?.isFile() ?? false;
      }
      if (isFolder) walk(`${prefix}${name}/`);
      else if (isFile && IMAGE.test(name)) found.push(prefix + name);
    }
  };
  walk('');
  return found.sort((a, b) => (a < b ? -1 : 1));
}

/** Whether an image lies in a folder of one of these names, at any depth. */
const isOf = (classes: ReadonlySet<string>, path: string): boolean =>
  path
    .split('/')
    .slice(0, -1)
    .some((name) => classes.has(name));

/** All images of a folder and below it. Throws a UserError when it is missing, or holds none. */
export function allImagesOf(folder: string): string[] {
  let all: string[];
  try {
    all = listImages(folder);
  } catch (error) {
    throw new UserError(`Folder "${folder}": ${messageOf(error)}. Expected a folder of images.`);
  }
  if (!all.length) {
    throw new UserError(
      `Folder "${folder}": it holds no images, expected .png .jpg .jpeg .webp .gif .tif .bmp or .npy files in it or below it.`,
    );
  }
  return all;
}

/** Images of a folder. Throws a UserError when it is missing, or holds fewer than two. */
export function imagesOf(folder: string, { classes }: FolderOptions = {}): string[] {
  const all = allImagesOf(folder);
  const kept = classes ? all.filter((path) => isOf(classes, path)) : all;
  if (!kept.length)
    throw new UserError(`Folder "${folder}": none of its class folders is among the ${classes?.size} listed classes.`);
  if (kept.length < 2) {
    throw new UserError(
      `Folder "${folder}": it holds one image${classes ? ' of the listed classes' : ''}, ${kept[0]}; expected at least two, as an FID compares how images vary.`,
    );
  }
  return kept;
}

/** Whether a folder has images in one of these class folders. Throws a UserError when it is missing, or holds none. */
export function hasClasses(folder: string, classes: ReadonlySet<string>): boolean {
  return allImagesOf(folder).some((path) => isOf(classes, path));
}

/** A list of class names, a line each; blank lines and what follows `#` are left out. */
export function readClasses(file: string): Set<string> {
  const names = readRegularFile(file, { most: MOST_LIST_BYTES, name: `Class list "${file}"` })
    .toString()
    .split(/\r?\n/)
    .map((line) => line.replace(/#.*/, '').trim())
    .filter(Boolean);
  if (!names.length)
    throw new UserError(`Class list "${file}": it names no classes, expected a class folder's name a line.`);
  return new Set(names);
}

/** Bytes of pictures that are read to tell a folder from another; of a larger one, some of the files. */
const READ_BYTES = 512 * 1024 ** 2;
const READ_FILES = 256;

/** What a file holds; that it cannot be read, where it cannot. */
function contentOf(path: string | Buffer): Uint8Array {
  try {
    return readFileSync(path);
  } catch {
    return Buffer.from('unreadable');
  }
}

/** What tells a folder's pictures from others: names and sizes of all, and what the files hold, of all or of `read` of them. */
function fingerprint(folder: string, images: readonly string[]) {
  const names = createHash('sha256');
  let bytes = 0;
  for (const image of images) {
    const { size } = statSync(pathOf(join(folder, image)));
    bytes += size;
    names.update(`${image}\0${size}\0`);
  }
  const step = bytes <= READ_BYTES ? 1 : Math.max(1, Math.floor(images.length / READ_FILES));
  const some = images.filter((_, i) => i % step === 0);
  const contents = createHash('sha256');
  for (const image of some)
    contents.update(
      createHash('sha256')
        .update(contentOf(pathOf(join(folder, image))))
        .digest(),
    );
  return { namesAndSizesSha256: names.digest('hex'), contentsSha256: contents.digest('hex'), read: some.length };
}

/** A folder of images as base images. */
export function openFolder(name: string, spec: string, folder: string, options: FolderOptions = {}): Dataset {
  const images = imagesOf(folder, options);
  const size = images.length;
  return {
    name,
    spec,
    identity: { kind: 'folder', images: size, ...fingerprint(folder, images) },
    takes: [],
    fit: (resolution) => `cover ${resolution}`,
    choose(output, n, seed, unusable) {
      const used = new Set<string>();
      const usable = size - unusable.size;
      if (usable < 2) {
        throw new UserError(
          `Data set "${name}": ${usable || 'none'} of its ${size} images can be used, expected at least two.`,
        );
      }
      return Array.from({ length: n }, (_, slot): Choice => {
        let id = images[permuted(output % size, size, seed, Math.floor(output / size))]!;
        const uniform = draws(seed, STREAM.choice, output, slot);
        // An image is mixed with others, not with itself, as long as there are others.
        const taken = () => unusable.has(id) || (used.has(id) && used.size < usable);
        if (slot > 0) id = images[Math.floor(uniform() * size)]!;
        while (taken()) id = images[Math.floor(uniform() * size)]!;
        used.add(id);
        return { id, output, slot };
      });
    },
    async load({ id }, _seed, resolution) {
      const { data } = await decodeImage(join(folder, id), id, resolution);
      return { kind: 'pixels', pixels: data };
    },
  };
}
