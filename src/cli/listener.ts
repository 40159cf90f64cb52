import { plain } from '../core/plain.js';
import type { SourceOptions } from '../source.js';
import { startProgress } from './progress.js';

/** What is said while a source is measured, on standard error. */
export interface Listener {
  readonly options: Required<Pick<SourceOptions, 'onProgress' | 'onSetAside' | 'onNote'>>;
  end(): void;
}

/** A remark on standard error. */
export const note = (text: string) => void process.stderr.write(`${plain(`Note: ${text}`)}\n`);

export function listen(title: string): Listener {
  const progress = startProgress(plain(title), 'images');
  let skipped = 0;
  return {
    options: {
      onProgress: (done, total) => progress.update(done, total),
      onSetAside(id, why) {
        skipped++;
        progress.say(plain(`Set aside: ${id}: ${why}`));
      },
      onNote: (text) => progress.say(plain(`Note: ${text}`)),
    },
    end() {
      if (skipped) progress.say(`${skipped} images or programs were set aside.`);
      progress.end();
    },
  };
}
