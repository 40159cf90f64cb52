import { existsSync } from 'node:fs';
import { didYouMean } from '../core/errors.js';
import { COMMANDS, findCommand, wordOf } from './commands.js';
import { MADE_SPECS, SHIPPED_REFERENCE } from './completion-values.js';
import { flagsOf } from './known-flags.js';
import type { Values } from './values.js';

/** Words as yargs lists those that it does not know: `Unknown arguments: methds, foo`. */
const UNKNOWN = /^Unknown (?:argument|command)s?: (.*)$/m;

/**
 * "Did you mean", for a command or a flag that is none; an empty text where nothing is near.
 *
 * @param message why yargs refused the words
 * @param args all words after the tool's name
 */
export function suggestion(message: string, args: readonly string[]): string {
  const unknown = UNKNOWN.exec(message)?.[1]?.split(', ') ?? [];
  const found = findCommand(args);
  if (!found) {
    const [first = ''] = args;
    if (first.startsWith('--')) return didYouMean(first.slice(2), ['help', 'version'], '--');
    return didYouMean(unknown[0], COMMANDS.map(wordOf));
  }
  const { command, parent = command, rest } = found;
  const flags = flagsOf(command).flatMap(({ name, aliases }) => [name, ...aliases]);
  const words = (parent.commands ?? []).map(wordOf).filter((word) => word !== '$0');
  const isFlag = (name: string) => args.some((arg) => arg.replace(/=.*/s, '') === `--${name}`);
  // A mistyped word is taken for an argument, where the parent takes one: what follows is refused instead.
  const meant = [...unknown, ...(unknown.length ? rest.slice(0, 1) : [])].map((name) =>
    isFlag(name)
      ? didYouMean(
          name,
          flags.filter((flag) => flag.length > 1),
          '--',
        )
      : didYouMean(name, words),
  );
  return [...new Set(meant)].join('');
}

/** Where data-set specs stand, and what else may stand there. */
const PLACES: Readonly<Record<string, readonly string[]>> = {
  dataset: [],
  reference: [SHIPPED_REFERENCE],
  'confirm-reference': [SHIPPED_REFERENCE],
  a: [SHIPPED_REFERENCE],
  b: [SHIPPED_REFERENCE],
  source: [],
  spec: [],
  specs: [],
};

/**
 * "Did you mean", for a data set that is refused because it is neither made nor there: `program`, `deadleaves:mixd`.
 *
 * @param message why a command refused its values
 */
export function specSuggestion(message: string, values: Values): string {
  if (message.includes('Did you mean')) return '';
  for (const [key, others] of Object.entries(PLACES)) {
    for (const value of [values[key]].flat()) {
      if (typeof value !== 'string') continue;
      const spec = key === 'dataset' ? value.replace(/^[^=/:]{1,80}=/u, '') : value;
      const path = spec.replace(/^[a-z]+:/, '');
      if (existsSync(path) || !(message.includes(spec) || message.includes(`"${path}"`))) continue;
      const made = key === 'reference' || key === 'confirm-reference' ? [] : MADE_SPECS;
      const near = didYouMean(spec, [...made, ...others]);
      if (near) return near;
    }
  }
  return '';
}
