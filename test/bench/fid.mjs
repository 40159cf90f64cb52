// npm run bench -- fid [PHOTOS]: the speed and memory of "fidsweep fid" with weights of full size and random values, as
// ratios to baselines of the same run. PHOTOS is a folder of photographs; without it crops of the test pictures stand in.
import { spawn, spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { extname, join, resolve } from 'node:path';
import { randomInception, writeLegacy } from '../extract/torch-writer.mjs';
import { MAIN, median, peakMemory, print, ROOT, scratch } from './common.mjs';

const dist = (...path) => import(join(ROOT, 'dist', ...path));

/** Imports random weights of the canonical layout, divided in width, into a data folder of this run's own. */
function importWeights(name, widthDivisor) {
  process.env.XDG_DATA_HOME = join(scratch, 'data');
  const file = join(scratch, `${name}.pth`);
  writeFileSync(file, writeLegacy(randomInception(1, { widthDivisor })));
  const { status, stderr } = spawnSync(process.execPath, [
    MAIN,
    'models',
    'import',
    file,
    '--as',
    name,
    '--allow-hash',
  ]);
  if (status !== 0) throw new Error(String(stderr));
}

/** Folders of `count` pictures each: photographs, or crops of the test pictures as JPEG of 256 × 256. */
async function folders(photos, count, names) {
  const { default: sharp } = await import('sharp');
  const from = resolve(photos ?? join(ROOT, 'test', 'fixtures', 'images'));
  const files = readdirSync(from).filter((name) => /\.(jpe?g|png)$/i.test(name));
  let next = 0;
  for (const name of names) {
    const folder = join(scratch, name);
    mkdirSync(folder, { recursive: true });
    for (let i = 0; i < count; i++, next++) {
      const file = files[next % files.length];
      const to = join(folder, `${String(i).padStart(6, '0')}${photos ? extname(file) : '.jpg'}`);
      if (photos) copyFileSync(join(from, file), to);
      else {
        const { width, height } = await sharp(join(from, file)).metadata();
        const side = Math.max(16, Math.min(width, height) - (next % 16));
        const left = (next * 7) % (width - side + 1);
        const top = (next * 5) % (height - side + 1);
        const crop = sharp(join(from, file)).extract({ left, top, width: side, height: side }).resize(256, 256);
        await crop.jpeg({ quality: 90 }).toFile(to);
      }
    }
  }
  return names.map((name) => join(scratch, name));
}

function run(args) {
  return new Promise((done, fail) => {
    const child = spawn(process.execPath, [MAIN, ...args], { stdio: ['ignore', 'ignore', 'inherit'] });
    child.once('exit', (code) => (code === 0 ? done() : fail(new Error(`${args.join(' ')} ended with code ${code}`))));
  });
}

/** Images a second of the extractor alone, on one constant batch. */
async function bareRate(rounds) {
  const { Extractor } = await dist('extract', 'session.js');
  const { findExtractor } = await dist('extract', 'registry.js');
  const extractor = await Extractor.open(findExtractor('bench-full'));
  const batch = 16;
  const blank = new Uint8Array(batch * 256 * 256 * 3).fill(127);
  await extractor.features(blank, batch, 256, 256);
  const began = performance.now();
  for (let i = 0; i < rounds; i++) await extractor.features(blank, batch, 256, 256);
  const rate = (rounds * batch) / ((performance.now() - began) / 1000);
  await extractor.dispose();
  return rate;
}

export async function fidRate(photos) {
  const count = 1200;
  importWeights('bench-full', 1);
  const pair = await folders(photos, count, ['a', 'b']);
  const ratios = [];
  let before = await bareRate(30);
  for (let round = 0; round < 2; round++) {
    const began = performance.now();
    await run(['fid', ...pair, '--extractor', 'bench-full']);
    const rate = (2 * count) / ((performance.now() - began) / 1000);
    const after = await bareRate(30);
    ratios.push(rate / ((before + after) / 2));
    before = after;
  }
  print(
    'fidsweep fid A B images/s ÷ bare ONNX session on constant input',
    median(ratios).toFixed(2),
    '≥ 0.85',
    `2 × ${count} ${photos ? 'photographs' : 'crops of the test pictures'}, whole command from start to exit; rounds ${ratios.map((ratio) => ratio.toFixed(2)).join(', ')}; last bare ${before.toFixed(1)} images/s`,
  );
}

/** Features with a falling spectrum, as networks give: float32, count × d. */
function randomFeatures(count, d, seed) {
  let state = seed;
  return Float32Array.from({ length: count * d }, (_, i) => {
    state = (state * 1664525 + 1013904223) >>> 0;
    return Math.max(0, (state / 2 ** 32 - 0.3) * Math.exp((-3 * (i % d)) / d));
  });
}

export async function algebra() {
  const { Accumulator } = await dist('statistics', 'gaussian.js');
  const { frechetDistance } = await dist('metrics', 'frechet.js');
  const { product } = await dist('core', 'products.js');
  const d = 2048;
  const rows = randomFeatures(5000, d, 1);
  const fold = async (times) => {
    const accumulator = new Accumulator(d);
    for (let k = 0; k < times; k++)
      for (let from = 0; from < 5000; from += 100) await accumulator.add(rows.subarray(from * d, (from + 100) * d));
    return accumulator.gaussian();
  };
  const began = performance.now();
  const a = await fold(10);
  const folded = (performance.now() - began) / 1000;
  const accumulator = new Accumulator(d);
  await accumulator.add(randomFeatures(4096, d, 7));
  const b = await accumulator.gaussian();
  const timed = async (task) => {
    const start = performance.now();
    await task();
    return (performance.now() - start) / 1000;
  };
  await product(a.covariance, b.covariance);
  const pairs = [];
  for (let k = 0; k < 5; k++)
    pairs.push([await timed(() => frechetDistance(a, b)), await timed(() => product(a.covariance, b.covariance))]);
  const seconds = [0, 1].map((i) => median(pairs.map((pair) => pair[i])));
  print(
    'Fréchet term at d = 2048 ÷ one float64 2048³ product by the runtime',
    median(pairs.map(([term, one]) => term / one)).toFixed(1),
    '≤ 20',
    `median of 5 pairs; the term ${seconds[0].toFixed(2)} s (target ≤ 3 s), the product ${seconds[1].toFixed(2)} s`,
  );
  print('covariance of 50,000 × 2048 features, seconds', folded.toFixed(1), '≤ 12', 'added 100 at a time');
}

export async function fidMemory() {
  importWeights('bench-slim', 8);
  const [few] = await folders(undefined, 1000, ['few']);
  const many = join(scratch, 'many');
  mkdirSync(many);
  // The same thousand files, again and again under other names.
  for (let i = 0; i < 20_000; i++)
    copyFileSync(
      join(few, `${String(i % 1000).padStart(6, '0')}.jpg`),
      join(many, `${String(i).padStart(6, '0')}.jpg`),
    );
  const peak = (folder) => peakMemory(['fid', folder, few, '--extractor', 'bench-slim']);
  const small = await peak(few);
  const large = await peak(many);
  print(
    'peak memory of fidsweep fid: 20,000 ÷ 1,000 pictures',
    (large / small).toFixed(2),
    '0.8 … 1.2',
    `${large.toFixed(0)} MiB and ${small.toFixed(0)} MiB; the network an eighth as wide, so that it takes minutes`,
  );
}

/** The same network and folder in PyTorch, where Debian's python3-torch is installed. */
export async function torch(photos) {
  // Debian's own first: another python3 may stand before it in PATH.
  const interpreter = ['/usr/bin/python3', 'python3'].find(
    (name) => spawnSync(name, ['-c', 'import torch, PIL, numpy']).status === 0,
  );
  if (interpreter === undefined) {
    process.stdout.write(
      'fidsweep ÷ PyTorch: left out, python3-torch, python3-pil or python3-numpy is not installed\n',
    );
    return;
  }
  const count = 320;
  importWeights('bench-full', 1);
  const [folder] = await folders(photos, count, ['torch']);
  const file = join(scratch, 'bench-full.pth');
  const script = join(ROOT, 'test', 'bench', 'inception_torch.py');
  const ours = [];
  const theirs = [];
  for (let round = 0; round < 2; round++) {
    const python = spawnSync(interpreter, [script, file, folder], { encoding: 'utf8' });
    if (python.status !== 0) throw new Error(python.stderr);
    theirs.push(count / Number(python.stdout.trim().split(' ')[0]));
    const began = performance.now();
    await run(['stats', folder, '--extractor', 'bench-full', '-o', join(scratch, 'torch.npz')]);
    ours.push(count / ((performance.now() - began) / 1000));
  }
  print(
    'fidsweep stats images/s ÷ PyTorch on the same network and folder',
    (median(ours) / median(theirs)).toFixed(2),
    '2 … 3',
    `${count} pictures; ours the whole command ${ours.map((r) => r.toFixed(1)).join(', ')}, PyTorch without its start ${theirs.map((r) => r.toFixed(1)).join(', ')} images/s`,
  );
}
