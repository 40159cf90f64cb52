// Kills a sweep at random moments and resumes it, until it has ended often enough, and compares report.json with that of
// an uninterrupted run, byte for byte. The built tool is what runs.
//
//   node test/kills.mjs [--kills 25] [--images 512] [--n 2-9] [--resolution 64] [--seed 1] [--race] [--dataset NAME=SPEC]
//                       [--extractor FILE [--dims 64] --reference FOLDER]
//
// Without --extractor the bundled network measures; FILE is weights for "models import", such as those of test/fixtures,
// and needs a reference of real images.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';

const CLI = resolve(import.meta.dirname, '..', 'dist', 'cli', 'main.js');

const { values } = parseArgs({
  options: {
    kills: { type: 'string', default: '25' },
    images: { type: 'string', default: '512' },
    seed: { type: 'string', default: '1' },
    extractor: { type: 'string' },
    dims: { type: 'string' },
    reference: { type: 'string' },
    n: { type: 'string', default: '2-9' },
    resolution: { type: 'string', default: '64' },
    dataset: { type: 'string', default: 'Programs=programs' },
    race: { type: 'boolean', default: false },
  },
});

const home = mkdtempSync(join(tmpdir(), 'fidsweep-kills-'));
const env = { ...process.env, NO_COLOR: '1' };
if (values.extractor) {
  // Models of one's own lie under XDG_DATA_HOME.
  env.XDG_DATA_HOME = join(home, 'data');
  mkdirSync(env.XDG_DATA_HOME);
  fidsweep(['models', 'import', resolve(values.extractor), '--allow-hash', '--as', 'small']);
}

/** Runs the tool to its end. */
function fidsweep(args) {
  const { status, stderr } = spawnSync(process.execPath, [CLI, ...args], { cwd: home, env, encoding: 'utf8' });
  if (status !== 0) throw new Error(`fidsweep ${args.join(' ')}: exit ${status}\n${stderr}`);
}

const flags = [
  ...[
    '--dataset',
    values.dataset.replace(/=(?!programs$)(?:programs:)?(.*)$/, (all, path) => all.replace(path, resolve(path))),
  ],
  ...['--images', values.images, '--resolution', values.resolution, '--n', values.n],
  ...(values.extractor ? ['--extractor', 'small'] : []),
  ...(values.dims ? ['--dims', values.dims] : []),
  ...(values.reference ? ['--reference', resolve(values.reference)] : []),
  ...(values.race ? ['--strategy', 'race'] : []),
];

// A generator of our own, so that a failure can be made again: Numerical Recipes' LCG.
let state = Number(values.seed) >>> 0;
function uniform() {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
  return state / 2 ** 32;
}

/** Starts or resumes a run and kills it after some milliseconds; whether it had ended by itself. */
function runFor(out, ms) {
  const begun = existsSync(join(out, 'run.json'));
  const args = begun ? ['resume', out] : ['sweep', ...flags, '--out', out];
  return new Promise((settle, reject) => {
    const child = spawn(process.execPath, [CLI, ...args], { cwd: home, env, stdio: ['ignore', 'ignore', 'pipe'] });
    let said = '';
    child.stderr.on('data', (data) => {
      said += data;
    });
    const timer = setTimeout(() => child.kill('SIGKILL'), ms);
    child.on('exit', (code, signal) => {
      clearTimeout(timer);
      if (signal === 'SIGKILL') settle(false);
      else if (code === 0) settle(true);
      else reject(new Error(`fidsweep ${args[0]}: exit ${code ?? signal}\n${said}`));
    });
  });
}

try {
  let began = performance.now();
  fidsweep(['sweep', ...flags, '--out', join(home, 'whole')]);
  const whole = performance.now() - began;
  began = performance.now();
  fidsweep(['resume', join(home, 'whole')]);
  const startUp = performance.now() - began;
  const wanted = readFileSync(join(home, 'whole', 'report.json'));
  const kills = Number(values.kills);
  // Moments over the whole of a run: of its start, its blocks and its end.
  const longest = 2 * (startUp + whole / kills);
  let killed = 0;
  let ended = 0;
  for (let round = 0; killed < kills; round++) {
    const out = join(home, `killed-${round}`);
    for (;;) {
      // The last run of all ends by itself.
      const alone = killed >= kills;
      if (await runFor(out, alone ? 2 ** 31 - 1 : uniform() * longest)) break;
      killed++;
    }
    ended++;
    if (!readFileSync(join(out, 'report.json')).equals(wanted))
      throw new Error(`report.json of ${out} differs from that of the uninterrupted run in ${join(home, 'whole')}`);
    rmSync(out, { recursive: true });
  }
  const seconds = (ms) => (ms / 1000).toFixed(1);
  console.log(
    `${killed} kills over ${ended} runs of ${seconds(whole)} s: report.json is that of the uninterrupted run, byte for byte (${wanted.length} bytes).`,
  );
  rmSync(home, { recursive: true });
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}
