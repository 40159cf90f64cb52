import { basename } from 'node:path';
import { invalid } from '../core/errors.js';
import type { Dataset } from './dataset.js';
import { type FolderOptions, openFolder } from './folder.js';
import { checkUnambiguous } from './unambiguous.js';

/** A spec's options, `?seed=7&count=5`: a path before them may have question marks of its own. */
const QUERY = /\?[a-z]+=[^?]*$/s;

/** A spec without the folders in it. */
export function shortSpec(spec: string): string {
  const [query = ''] = QUERY.exec(spec) ?? [];
  const [, kind = '', what = ''] = /^([a-z]+:)?(.*)$/s.exec(spec.slice(0, spec.length - query.length))!;
  const shown = query.replace(/([?&][a-z]+=)([^&]*)/gs, (_, key: string, value: string) => key + basename(value));
  return `${kind}${basename(what) || what}${shown}`;
}

/** Splits `NAME=SPEC`; without a name the spec, or the folder's own name, is the title. */
export function parseNamed(text: string): { name: string; spec: string } {
  // A spec has equals signs of its own: programs:grammar?seed=7.
  if (isMade(text)) return { name: basename(text.replace(QUERY, '').replace(/\/+$/, '')) || text, spec: text };
  const match = /^([^=/]{1,80})=(.+)$/su.exec(text);
  const name = match?.[1]?.trim();
  if (match && name) return { name, spec: match[2]! };
  if (match || !text.trim() || text.startsWith('=') || text.endsWith('=')) throw invalid('data set', text, 'NAME=SPEC');
  return { name: basename(text.replace(/\/+$/, '')) || text, spec: text };
}

/** How a data set of a kind is opened, by the text before the first colon. */
const KINDS: Readonly<Record<string, (name: string, spec: string) => Promise<Dataset>>> = {
  programs: async (name, spec) => (await import('./programs.js')).openPrograms(name, spec),
  deadleaves: async (name, spec) => (await import('./painted.js')).openDeadLeaves(name, spec),
  fractals: async (name, spec) => (await import('./painted.js')).openFractals(name, spec),
  generator: async (name, spec) => (await import('./generator.js')).openGenerator(name, spec),
  stylegan: async (name, spec) => (await import('./stylegan.js')).openStylegan(name, spec),
};

/** What data-set specs look like, for messages. */
export const SPECS =
  'programs, programs:s1k, programs:s21k, programs:grammar?seed=7&count=5000, programs:FOLDER, deadleaves:mixed, fractals:1k, generator:FILE.onnx, stylegan:oriented, or a folder of images';

const kindOf = (spec: string): string | undefined =>
  spec === 'programs' ? spec : Object.keys(KINDS).find((kind) => spec.startsWith(`${kind}:`));

/** Whether a text is the spec of a data set that is made, rather than a path. */
export const isMade = (spec: string): boolean => kindOf(spec) !== undefined;

/**
 * Opens a data set that is made, or a folder of images by its path; `./programs` is a folder.
 *
 * @throws UserError for what is neither
 */
export async function openDataset(name: string, spec: string, options: FolderOptions = {}): Promise<Dataset> {
  const kind = kindOf(spec);
  if (spec === 'programs') checkUnambiguous(spec, 'programs');
  return kind === undefined ? openFolder(name, spec, spec, options) : KINDS[kind]!(name, spec);
}
