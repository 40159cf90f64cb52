import { checkUnambiguous } from '../dataset/unambiguous.js';
import type { Values } from './values.js';

export type ProgramsAction = 'check' | 'show' | 'diversity';

/** Sets that have a name of their own, which could be a folder's too. */
const NAMED = /^(s1k|s21k|grammar)$/;

/**
 * What a user calls programs, as `readProgramSet` takes it: the spec of a data set without its `programs:`, or a path.
 *
 * @throws UserError for a name of ours that is a folder here, too
 */
export function programsOf(spec: string): string {
  const [, what] = /^programs(?::(.*))?$/s.exec(spec) ?? [undefined, undefined];
  if (spec === 'programs') return '';
  if (what !== undefined) return what;
  if (NAMED.test(spec)) checkUnambiguous(spec, 'programs');
  return spec;
}

/** One of the commands about programs. */
export async function runPrograms(action: ProgramsAction, values: Values): Promise<void> {
  if (action === 'check') return (await import('./programs-check.js')).runCheck(values);
  if (action === 'show') return (await import('./programs-show.js')).runShow(values);
  return (await import('./programs-diversity.js')).runDiversity(values);
}
