import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { PACKAGE_ROOT } from '../core/paths.js';

let library: ReadonlyMap<string, string> | undefined;

/** The GLSL library that programs of ours include: file name without ending → text. */
export function programLibrary(): ReadonlyMap<string, string> {
  if (!library) {
    const folder = join(PACKAGE_ROOT, 'shaders', 'lib');
    const files = readdirSync(folder).filter((file) => file.endsWith('.glsl'));
    library = new Map(
      files.sort().map((file) => [basename(file, '.glsl'), readFileSync(join(folder, file), 'utf8')] as const),
    );
  }
  return library;
}
