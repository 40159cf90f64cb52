import type { Listener } from '../compare-sources.js';
import { plain } from '../core/plain.js';
import { startProgress } from './progress.js';

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
        progress.say(plain(`Set aside: ${why.startsWith(id) ? why : `${id}: ${why}`}`));
      },
      onNote: (text) => progress.say(plain(`Note: ${text}`)),
    },
    end() {
      if (skipped) progress.say(`${skipped} images or programs were set aside.`);
      progress.end();
    },
  };
}
