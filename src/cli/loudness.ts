/** What is said on standard error beside the result: nothing (`--quiet`), the usual, or every step (`--verbose`). */
export type Loudness = 'quiet' | 'usual' | 'verbose';

let loudness: Loudness = 'usual';
/** Whether the terminal's last line is one that is rewritten. */
let moving = false;

/** Decided once, before a command runs. */
export function setLoudness(to: Loudness): void {
  loudness = to;
}

/** Takes the moving line away. */
export function clearLine(): void {
  if (moving) process.stderr.write('\r\x1b[K');
  moving = false;
}

/** Rewrites the moving line of a terminal; elsewhere a line of its own. No more than the terminal's width is shown. */
export function showLine(line: string): void {
  if (loudness === 'quiet') return;
  if (process.stderr.isTTY !== true) process.stderr.write(`${line}\n`);
  else {
    process.stderr.write(`\r${line.slice(0, (process.stderr.columns ?? 80) - 1)}\x1b[K`);
    moving = true;
  }
}

/** A remark that stays, above the moving line; nothing with `--quiet`. Control characters are the caller's to take out. */
export function say(text: string): void {
  if (loudness === 'quiet') return;
  clearLine();
  process.stderr.write(`${text}\n`);
}

/** What is said however quiet the command is to be: it changes what a result may be taken for. */
export function warn(text: string): void {
  clearLine();
  process.stderr.write(`${text}\n`);
}

/** What `--verbose` says, with the seconds since the process began. */
export function detail(text: string): void {
  if (loudness === 'verbose') say(`[${(performance.now() / 1000).toFixed(2)} s] ${text}`);
}
