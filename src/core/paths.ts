import { accessSync, constants, mkdtempSync, rmSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { makeFolder } from './files.js';

/** The folder of the installed package: it holds `models`, `shaders` and `dist`. */
export const PACKAGE_ROOT = resolve(import.meta.dirname, '..', '..');

/**
 * A folder of this name that the tool may write and find again: under XDG_CACHE_HOME, else ~/.cache, else (no home, or
 * not writable) a fresh temporary folder, which serves this process only.
 */
export function cacheFolder(name: string): string {
  try {
    const folder = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'fidsweep', name);
    makeFolder(folder);
    accessSync(folder, constants.W_OK);
    return folder;
  } catch {
    // No home, or not writable: the temporary folder below is as good, only slower to fill again.
  }
  const temporary = mkdtempSync(join(tmpdir(), `fidsweep-${name}-`));
  process.once('exit', () => rmSync(temporary, { recursive: true, force: true }));
  return temporary;
}
