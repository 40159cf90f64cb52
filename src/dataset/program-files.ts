import { isUtf8 } from 'node:buffer';
import { type Dirent, readdirSync, realpathSync, statSync } from 'node:fs';
import { basename, dirname, join, sep } from 'node:path';
import { crc32, inflateRawSync } from 'node:zlib';
import { messageOf, UserError } from '../core/errors.js';
import { PACKAGE_ROOT } from '../core/paths.js';
import { readRegularFile } from '../core/regular-file.js';
import type { Failure } from './dataset.js';
import { STORED, ZipFile, type ZipMember } from './zip.js';

/** Files beyond this are no programs: real ones stay under 100 kB. */
const LARGEST = 1024 ** 2;

/** A folder of more files than this is not one of programs; twenty thousand are many. */
const MOST_FILES = 1_000_000;

/** What stands beside programs in folders of them and is none, by its ending. Everything else is looked into. */
const OTHER =
  /\.(?:png|jpe?g|gif|webp|bmp|tiff?|svg|ico|exr|hdr|mp[34]|webm|mov|avi|ogg|wav|flac|pdf|html?|css|m?[jt]sx?|py|ipynb|sh|md|rst|ya?ml|toml|csv|tsv|log|lock|zip|tar|t?gz|7z|npz|npy|ttf|woff2?|vert|vs|vsh|geom|comp)$/i;

const isProgramName = (path: string): boolean =>
  !OTHER.test(path) && !path.split('/').some((part) => /^\.[^.]/.test(part) || part === '__MACOSX');

/** Files that may be programs, in the code-unit order of their paths inside the folder, which have `/` between parts. */
export interface ProgramFiles {
  readonly paths: readonly string[];
  /** What could not be looked into. */
  readonly failures: readonly Failure[];
  /** A file's bytes. @throws UserError that says why they cannot be had, without the path */
  read(path: string): Buffer;
}

/** @throws UserError for what is no text */
export function textOf(bytes: Buffer): string {
  if (bytes.includes(0) || !isUtf8(bytes)) throw new UserError('not a text: bytes that are no UTF-8');
  return bytes.toString('utf8');
}

/** Why the system refused, without its own text: it holds the path, and failures are recorded with a run. */
function refused(error: unknown): UserError {
  const [code] = /\bE[A-Z]{2,}\b/.exec((error as NodeJS.ErrnoException).code ?? messageOf(error)) ?? [
    'for no given reason',
  ];
  return new UserError(`cannot be read (${code})`);
}

function checkSize(size: number): void {
  if (size > LARGEST) throw new UserError(`${size} bytes is too large for a program, at most ${LARGEST} are read`);
}

function readFile(path: string): Buffer {
  let target: ReturnType<typeof statSync> | undefined;
  try {
    target = statSync(path, { throwIfNoEntry: false });
  } catch (error) {
    throw refused(error);
  }
  if (!target) throw new UserError('a link that leads nowhere');
  if (!target.isFile()) throw new UserError('not a file');
  checkSize(Number(target.size));
  try {
    return readRegularFile(path, { most: LARGEST });
  } catch (error) {
    throw refused(error);
  }
}

const byCodeUnits = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** Whether a real path is a folder or lies in it. */
const isInside = (path: string, folder: string): boolean =>
  path === folder || path.startsWith(folder.endsWith(sep) ? folder : folder + sep);

/** What a check leaves in the folder of its results, which may lie among the programs that it was of. */
const isOfCheck = (names: readonly string[]): boolean =>
  names.includes('journal.jsonl') && names.includes('lock.sqlite');

/**
 * A folder and those below it; a folder that links lead to is visited once, and a link to a folder around it never. Links
 * to folders outside it are not followed: another time, or elsewhere, they may lead to anything.
 */
function walk(root: string): { paths: string[]; failures: Failure[] } {
  const paths: string[] = [];
  const failures: Failure[] = [];
  const visited = new Set<string>();
  const links: string[] = [];
  const fail = (id: string, error: unknown) => failures.push({ id, why: refused(error).message });
  const visitAll = (from: string): void => {
    const folders = [from];
    for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
      let entries: Dirent[];
      try {
        const real = realpathSync(join(root, folder));
        if (visited.has(real)) continue;
        visited.add(real);
        entries = readdirSync(real, { withFileTypes: true });
        if (folder && isOfCheck(entries.map(({ name }) => name))) continue;
      } catch (error) {
        fail(folder, error);
        continue;
      }
      for (const entry of entries) {
        const path = folder ? `${folder}/${entry.name}` : entry.name;
        const isLink = entry.isSymbolicLink();
        if (entry.name.startsWith('.') || entry.name === '__MACOSX') continue;
        if (entry.isDirectory()) folders.push(path);
        else if (isLink && leadsToFolder(join(root, path))) links.push(path);
        else if (isProgramName(path)) paths.push(path);
        if (paths.length > MOST_FILES) throw new UserError(`more than ${MOST_FILES} files`);
      }
    }
  };
  const inside = realpathSync(root);
  visitAll('');
  // Folders by their own names first, whatever links to them; then links by name, and those behind them.
  for (let some = links.splice(0).sort(byCodeUnits); some.length; some = links.splice(0).sort(byCodeUnits)) {
    for (const link of some) {
      const target = realpathSync(join(root, link));
      if (!isInside(target, inside)) failures.push({ id: link, why: 'a link to a folder outside this one' });
      else if (!isInside(realpathSync(dirname(join(root, link))), target)) visitAll(link);
    }
  }
  return { paths: paths.sort(byCodeUnits), failures: failures.sort((a, b) => byCodeUnits(a.id, b.id)) };
}

function leadsToFolder(link: string): boolean {
  try {
    return statSync(link, { throwIfNoEntry: false })?.isDirectory() === true;
  } catch {
    // A link to itself, or into a folder that is closed: read as a file, it says so.
    return false;
  }
}

function openFolder(folder: string): ProgramFiles {
  const read = (path: string) => readFile(join(folder, path));
  // Beside what ships lie the library, preludes and lists, which are no programs.
  if (realpathSync(folder) === realpathSync(join(PACKAGE_ROOT, 'shaders'))) {
    const paths = readdirSync(folder).filter((file) => file.endsWith('.frag'));
    return { paths: paths.sort(byCodeUnits), failures: [], read };
  }
  return { ...walk(folder), read };
}

/** A member's bytes while the program waits: texts are short. */
function readMember(zip: ZipFile, member: ZipMember): Buffer {
  checkSize(member.size);
  zip.checkReadable(member);
  const header = zip.file.readNow(member.offset, 30);
  if (header.length < 30) throw new UserError('its header in the archive is missing');
  const start = member.offset + 30 + header.readUInt16LE(26) + header.readUInt16LE(28);
  const stored = zip.file.readNow(start, member.packed);
  let bytes = stored;
  try {
    // No more than it says is ever unpacked.
    if (member.method !== STORED) bytes = inflateRawSync(stored, { maxOutputLength: Math.max(member.size, 1) });
  } catch (error) {
    throw new UserError(`cannot be unpacked: ${messageOf(error)}`);
  }
  if (bytes.length !== member.size) throw new UserError(`it unpacks to ${bytes.length} bytes, not ${member.size}`);
  if (crc32(bytes) !== member.crc) throw new UserError('its checksum is wrong');
  return bytes;
}

/** Stays open: programs are read from it as they are asked for. */
function openArchive(path: string): ProgramFiles {
  const zip = new ZipFile(path, `Archive "${basename(path)}"`);
  const members = new Map<string, ZipMember>();
  for (const member of zip.members) {
    const name = member.name.replace(/^(?:\.\/+)+/, '');
    if (name.endsWith('/') || !isProgramName(name)) continue;
    if (members.has(name)) {
      zip.close();
      throw new UserError(`Archive "${basename(path)}" holds "${name}" twice. Pack it again with one of each name.`);
    }
    members.set(name, member);
  }
  return {
    paths: [...members.keys()].sort(byCodeUnits),
    failures: [],
    read: (name) => readMember(zip, members.get(name)!),
  };
}

/**
 * Files of a folder or a zip archive.
 *
 * @throws UserError for what is neither
 */
export function openProgramFiles(path: string): ProgramFiles {
  const expected = 'Expected a folder of programs, a .zip of one, or a list that "fidsweep programs check" wrote.';
  try {
    const target = statSync(path);
    if (target.isDirectory()) return openFolder(path);
    if (!target.isFile()) throw new Error('neither a folder nor a file');
    if (!/\.zip$/i.test(path)) throw new Error('not a folder');
  } catch (error) {
    throw new UserError(`Programs of "${path}": ${messageOf(error)}. ${expected}`);
  }
  return openArchive(path);
}
