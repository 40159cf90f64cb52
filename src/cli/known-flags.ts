import type { Argv, Options } from 'yargs';
import type { Command } from './commands.js';

/** A flag as help, completion and suggestions know it. */
export interface KnownFlag {
  readonly name: string;
  readonly aliases: readonly string[];
  /** Whether a value follows it. */
  readonly valued: boolean;
  readonly describe: string;
}

/** Flags that every command takes. */
export const COMMON_FLAGS = {
  quiet: { type: 'boolean', describe: 'results and errors only: no progress, no notes' },
  verbose: { type: 'boolean', describe: 'say what is opened, by what, and how long every step takes' },
} as const satisfies Record<string, Options>;

const HELP: KnownFlag = { name: 'help', aliases: ['h'], valued: false, describe: 'show help' };

const known = (name: string, { alias = [], type, describe }: Options): KnownFlag => ({
  name,
  aliases: [alias].flat(),
  valued: type !== 'boolean',
  describe: describe || '',
});

/** The flags that a command takes, in the order in which it declares them; the common ones last. Yargs is not loaded for that. */
export function flagsOf({ flags }: Pick<Command, 'flags'>): KnownFlag[] {
  const declared: KnownFlag[] = [];
  const recorder: Argv = new Proxy({} as Argv, {
    get: (_, method) =>
      method === 'option'
        ? (name: string, options: Options) => {
            declared.push(known(name, options));
            return recorder;
          }
        : () => recorder,
  });
  flags(recorder);
  return [...declared, ...Object.entries(COMMON_FLAGS).map(([name, options]) => known(name, options)), HELP];
}
