import { statSync } from 'node:fs';
import { basename } from 'node:path';
import { invalid, UserError } from '../core/errors.js';
import type { Dataset } from './dataset.js';
import { type FolderOptions, openFolder } from './folder.js';
import { openPrograms } from './programs.js';

/** Splits `NAME=SPEC`; without a name the spec, or the folder's own name, is the title. */
export function parseNamed(text: string): { name: string; spec: string } {
  const match = /^([^=/]{1,80})=(.+)$/su.exec(text);
  const name = match?.[1]?.trim();
  if (match && name) return { name, spec: match[2]! };
  if (match || !text.trim() || text.startsWith('=') || text.endsWith('=')) throw invalid('data set', text, 'NAME=SPEC');
  return { name: basename(text.replace(/\/+$/, '')) || text, spec: text };
}

/**
 * Refuses the name of something that ships where the user has a folder of that name: either could be meant.
 *
 * @param ships what it names otherwise
 */
export function checkUnambiguous(name: string, ships: string): void {
  if (!statSync(name, { throwIfNoEntry: false })?.isDirectory()) return;
  throw new UserError(
    `"${name}" could be the ${ships} that ship with fidsweep or the folder of that name here. Write "./${name}" for the folder; for what ships, run in another folder.`,
  );
}

/** Whether a text is a data-set spec that needs rendering, rather than a path. */
export const isPrograms = (spec: string): boolean => spec === 'programs' || spec.startsWith('programs:');

/**
 * Opens `programs` (the built-in ones), `programs:FOLDER`, or a folder of images by its path; `./programs` is a folder.
 *
 * @throws UserError for what is neither
 */
export function openDataset(name: string, spec: string, options: FolderOptions = {}): Dataset {
  if (spec === 'programs') {
    checkUnambiguous(spec, 'programs');
    return openPrograms(name, spec);
  }
  if (spec.startsWith('programs:')) return openPrograms(name, spec, spec.slice('programs:'.length));
  return openFolder(name, spec, spec, options);
}
