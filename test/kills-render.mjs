// Kills "fidsweep render" at random moments and gives the same command again, until it has ended often enough, and compares
// every file with those of an uninterrupted run, byte for byte: for each format. The built tool is what runs.
//
//   node test/kills-render.mjs [KILLS [IMAGES]] [--format folder,webdataset,zip] [--resolution 64] [--mix mixup:6]
//                              [--spec programs] [--shard-images K] [--seed 1] [--cli dist/cli/main.js]
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    format: { type: 'string', default: 'folder,webdataset,zip' },
    resolution: { type: 'string', default: '64' },
    mix: { type: 'string', default: 'mixup:6' },
    spec: { type: 'string', default: 'programs' },
    'shard-images': { type: 'string' },
    seed: { type: 'string', default: '1' },
    cli: { type: 'string', default: join(import.meta.dirname, '..', 'dist', 'cli', 'main.js') },
  },
});
const [kills, images] = [Number(positionals[0] ?? 5), Number(positionals[1] ?? 2000)];
const CLI = resolve(values.cli);
const home = mkdtempSync(join(tmpdir(), 'fidsweep-kills-render-'));

// A generator of our own, so that a failure can be made again: Numerical Recipes' LCG.
let state = Number(values.seed) >>> 0;
function uniform() {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
  return state / 2 ** 32;
}

const argsFor = (format, out) => [
  ...[CLI, 'render', values.spec, '--mix', values.mix, '--resolution', values.resolution, '--images', String(images)],
  ...['--format', format, '-o', out],
  ...(format === 'folder' ? [] : ['--shard-images', values['shard-images'] ?? String(Math.ceil(images / 3.5))]),
];

/** Runs it to its end; gives milliseconds. */
function whole(args) {
  const began = performance.now();
  const { status, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`exit ${status}\n${stderr}`);
  return performance.now() - began;
}

/** Starts or goes on and kills it after some milliseconds; whether it had ended by itself. */
function runFor(args, ms) {
  return new Promise((settle, reject) => {
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'pipe'] });
    let said = '';
    child.stderr.on('data', (data) => {
      said += data;
    });
    const timer = setTimeout(() => child.kill('SIGKILL'), ms);
    child.on('exit', (code, signal) => {
      clearTimeout(timer);
      const after = Number(/Going on with .* after (\d+) of/.exec(said)?.[1] ?? 0);
      if (signal === 'SIGKILL') settle({ ended: false, after });
      else if (code === 0) settle({ ended: true, after });
      else reject(new Error(`exit ${code ?? signal}\n${said}`));
    });
  });
}

/** Every file below a folder, by its relative path. */
const filesOf = (folder) =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .sort();

/** Throws where two folders differ in a file's name or bytes. */
function compare(folder, wanted) {
  const [own, others] = [filesOf(folder), filesOf(wanted)];
  const odd = own.find((name) => !others.includes(name)) ?? others.find((name) => !own.includes(name));
  if (odd) throw new Error(`only one of ${folder} and ${wanted} has ${odd}`);
  for (const name of own)
    if (!readFileSync(join(folder, name)).equals(readFileSync(join(wanted, name))))
      throw new Error(`${name} of ${folder} differs from that of the uninterrupted run in ${wanted}`);
  return own.length;
}

try {
  for (const format of values.format.split(',')) {
    const wanted = join(home, `${format}-whole`);
    const took = whole(argsFor(format, wanted));
    // The second time it has all images: what is left is the start alone.
    const startUp = whole(argsFor(format, wanted));
    const longest = 2 * (startUp + 1500 + took / kills);
    let killed = 0;
    let goneOn = 0;
    let files = 0;
    let round = 0;
    for (; killed < kills; round++) {
      const out = join(home, `${format}-${round}`);
      for (;;) {
        // The last run of all ends by itself.
        const { ended, after } = await runFor(
          argsFor(format, out),
          killed >= kills ? 2 ** 31 - 1 : uniform() * longest,
        );
        if (after) goneOn++;
        if (ended) break;
        killed++;
      }
      files = compare(out, wanted);
      rmSync(out, { recursive: true });
    }
    rmSync(wanted, { recursive: true });
    console.log(
      `${format}: ${killed} kills over ${round} ${round === 1 ? 'run' : 'runs'} of ${(took / 1000).toFixed(1)} s, ${goneOn} times gone on in the middle: ${files} files are those of an uninterrupted run, byte for byte.`,
    );
  }
  rmSync(home, { recursive: true });
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}
