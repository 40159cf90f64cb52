import { requestOf, unask } from '../store/control.js';

/** How often a paused sweep looks whether it may go on. */
const EVERY_MS = 300;

/**
 * Heeds what a run is asked to do by files in its folder (`src/store/control.ts`): waits while there is `pause`, and ends
 * the sweep once for `stop`, which is taken away.
 *
 * @param signal of the sweep: an interrupt ends a pause
 * @param onStop asked to end the sweep
 */
export function gateOf(
  folder: string,
  signal: AbortSignal,
  say: (message: string) => void,
  onStop: () => void,
): () => Promise<void> {
  return async () => {
    for (let paused = false; ; paused = true) {
      const request = signal.aborted ? undefined : requestOf(folder);
      if (request === 'stop') {
        unask(folder);
        onStop();
        return;
      }
      if (request !== 'pause') {
        if (paused) say(signal.aborted ? 'The pause ended.' : 'Going on.');
        return;
      }
      if (!paused) say('Paused: the file "pause" is in the folder of the run. Remove it to go on.');
      await new Promise((resolve) => setTimeout(resolve, EVERY_MS));
    }
  };
}
