import { clearLine, detail, say, showLine } from './loudness.js';

/** Progress on standard error: one line that is rewritten in a terminal; elsewhere a plain line every half minute; nothing with `--quiet`. */
export interface Progress {
  update(done: number, total: number, detail?: string): void;
  /** A message that stays, above the moving line. */
  say(message: string): void;
  end(): void;
}

export function duration(seconds: number): string {
  if (!Number.isFinite(seconds)) return '–';
  const s = Math.round(seconds);
  if (s < 60) return `${s} s`;
  if (s < 3600) return `${Math.floor(s / 60)} min ${s % 60} s`;
  return `${Math.floor(s / 3600)} h ${Math.round((s % 3600) / 60)} min`;
}

const PLAIN_EVERY = 30_000;
const LIVE_EVERY = 100;

/** Milliseconds within which nothing can have been made. */
const AT_ONCE = 50;

/** @param unit what is counted, in the plural */
export function startProgress(title: string, unit: string): Progress {
  const live = process.stderr.isTTY === true;
  let began = performance.now();
  let last = live ? Number.NEGATIVE_INFINITY : began;
  // The rate is that of the last half minute, so that a slow start does not spoil it.
  let window: { at: number; done: number }[] = [];
  const started = began;
  // What was there from the start was not made at any rate.
  let inherited = 0;
  let reached = 0;
  return {
    update(done, total, detail) {
      const now = performance.now();
      reached = done;
      const before = window.at(-1);
      if (before && done < before.done) {
        // Work of another stretch: its rate is its own.
        window = [];
        began = before.at;
        inherited = 0;
      }
      if (!before && now - began < AT_ONCE) inherited = done;
      window.push({ at: now, done });
      if (now - last < (live ? LIVE_EVERY : PLAIN_EVERY)) return;
      last = now;
      window = window.filter(({ at }) => now - at < 30_000);
      const oldest = window.length > 1 ? window[0]! : { at: began, done: inherited };
      const rate = (done - oldest.done) / ((now - oldest.at) / 1000);
      const left = rate > 0 && Number.isFinite(rate) ? `, ${duration((total - done) / rate)} left` : '';
      const pace = done > oldest.done ? `, ${rate.toFixed(1)}/s${left}` : '';
      const line = `${title}: ${done} of ${total} ${unit}${detail ? `, ${detail}` : ''}${pace}`;
      showLine(line);
    },
    say,
    end() {
      clearLine();
      // It may be ended more than once, where something failed.
      if (reached) detail(`${title}: ${reached} ${unit} in ${((performance.now() - started) / 1000).toFixed(2)} s`);
      reached = 0;
    },
  };
}
