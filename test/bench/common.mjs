// What the benchmarks share.
import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

export const ROOT = resolve(import.meta.dirname, '..', '..');
export const MAIN = join(ROOT, 'dist', 'cli', 'main.js');

/** A folder that is gone when the benchmarks end. */
export const scratch = mkdtempSync(join(tmpdir(), 'fidsweep-bench-'));
process.on('exit', () => rmSync(scratch, { recursive: true, force: true }));

export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  return (sorted[Math.ceil(middle) - 1] + sorted[Math.floor(middle)]) / 2;
}
export const print = (what, ratio, target, detail) =>
  process.stdout.write(`${what.padEnd(66)} ${ratio.padStart(7)}   target ${target}\n    ${detail}\n`);

/** Highest resident memory of a process and its children, in MiB, while it runs. */
export async function peakMemory(args) {
  const child = spawn(process.execPath, [MAIN, ...args], { stdio: 'ignore' });
  const peaks = new Map();
  const parentOf = (pid) => Number(readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1).split(' ')[1]);
  const look = () => {
    for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
      try {
        if (Number(pid) !== child.pid && parentOf(pid) !== child.pid) continue;
        // A process that has just ended has no such line: its last reading stands.
        const peak = /VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
        if (peak) peaks.set(pid, Number(peak[1]) / 1024);
      } catch {
        // It ended between two looks.
      }
    }
  };
  const timer = setInterval(look, 200);
  const code = await new Promise((done) => child.once('exit', done));
  clearInterval(timer);
  if (code !== 0) throw new Error(`${args.join(' ')} ended with code ${code}`);
  return [...peaks.values()].reduce((sum, value) => sum + value, 0);
}
