import type { Listener } from '../compare-sources.js';
import { plain } from '../core/plain.js';
import { detail, say } from './loudness.js';
import { type Progress, startProgress } from './progress.js';

/** A remark on standard error; nothing with `--quiet`. */
export const note = (text: string): void => say(plain(`Note: ${text}`));

export function listen(title: string): Listener {
  detail(`measuring ${plain(title)}`);
  // Begun with the first picture: a second source is opened long before its turn.
  let progress: Progress | undefined;
  const begun = () => {
    progress ??= startProgress(plain(title), 'images');
    return progress;
  };
  let skipped = 0;
  return {
    options: {
      onProgress(done, total) {
        // The first batch takes no time that could be known.
        if (progress) progress.update(done, total);
        else begun();
      },
      onSetAside(id, why) {
        skipped++;
        begun().say(plain(`Set aside: ${why.startsWith(id) ? why : `${id}: ${why}`}`));
      },
      onNote: (text) => (progress ? progress.say(plain(`Note: ${text}`)) : note(text)),
    },
    end() {
      if (skipped) begun().say(`${skipped} images or programs were set aside.`);
      progress?.end();
    },
  };
}
