// Programs by the thousand: making their texts, compiling them with an empty and a filled cache of the driver, in one and two
// processes, and memory over thousands of them. The cache is Mesa's, in a folder of the benchmark's own.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { print, ROOT, scratch } from './common.mjs';

const RESOLUTION = 256;

/** Rendering children take their cache's place from the environment. */
const useCache = (name) => {
  process.env.MESA_SHADER_CACHE_DIR = join(scratch, `cache-${name}`);
};

const load = (path) => import(join(ROOT, 'dist', ...path.split('/')));

const resident = (pid) => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))[1]) / 1024;

/** Base images of outputs of a data set, nine an output, as a sweep of Table 1 asks for them. */
async function basesOf(dataset, first, outputs) {
  const choices = Array.from({ length: outputs }, (_, i) => dataset.choose(first + i, 9, 0, new Set())).flat();
  return Promise.all(choices.map((choice) => dataset.load(choice, 0, RESOLUTION)));
}

/** Base images a second of s21k, block after block of 288. */
async function drawRate(dataset, processes, cache, blocks = 2) {
  const { Renderer } = await load('render/renderer.js');
  useCache(cache);
  const renderer = await Renderer.open({ resolution: RESOLUTION, layers: 288, processes });
  const programs = new Set();
  const began = performance.now();
  try {
    for (let block = 0; block < blocks; block++) {
      const bases = await basesOf(dataset, 32 * block, 32);
      for (const { program } of bases) programs.add(program.id);
      const failures = await renderer.load(bases);
      if (failures.length) throw new Error(`${failures[0].program}: ${failures[0].why} ${failures[0].log}`);
    }
  } finally {
    await renderer.dispose();
  }
  const seconds = (performance.now() - began) / 1000;
  return { images: (288 * blocks) / seconds, programs: programs.size / seconds, distinct: programs.size };
}

export async function programs() {
  const { openDataset } = await load('dataset/spec.js');
  const { grammarProgram } = await load('dataset/grammar.js');

  const began = performance.now();
  let characters = 0;
  for (let index = 0; index < 21_000; index++) characters += grammarProgram(21, index).length;
  const making = (performance.now() - began) / 1000;
  print(
    'seconds for the texts of 21,000 programs, no GL',
    making.toFixed(1),
    '< 60',
    `${(characters / 21_000).toFixed(0)} characters a program on average`,
  );

  const dataset = await openDataset('s21k', 'programs:s21k');
  // One process twice with the same cache, then two processes with theirs, then one again: the machine's own rate moves.
  const cold = await drawRate(dataset, 1, 'one');
  const warm = await drawRate(dataset, 1, 'one');
  const coldTwo = await drawRate(dataset, 2, 'two');
  const warmTwo = await drawRate(dataset, 2, 'two');
  const coldAgain = await drawRate(dataset, 1, 'again');
  const rate = (value) => value.toFixed(1);
  print(
    's21k, programs/s: warm ÷ cold driver cache, one process',
    (warm.programs / ((cold.programs + coldAgain.programs) / 2)).toFixed(2),
    '-',
    `cold ${rate(cold.programs)} and ${rate(coldAgain.programs)}, warm ${rate(warm.programs)} programs/s, ${cold.distinct} programs; compiled and drawn`,
  );
  print(
    's21k, base images/s cold: 2 processes ÷ 1',
    (coldTwo.images / ((cold.images + coldAgain.images) / 2)).toFixed(2),
    '-',
    `1: ${rate(cold.images)} and ${rate(coldAgain.images)}, 2: ${rate(coldTwo.images)} images/s`,
  );
  print(
    's21k, base images/s warm: 2 processes ÷ 1',
    (warmTwo.images / warm.images).toFixed(2),
    '-',
    `1: ${rate(warm.images)}, 2: ${rate(warmTwo.images)} images/s`,
  );
}

/** Memory of the process that draws, after a thousand and after five thousand distinct programs. */
export async function programMemory() {
  const { readProgramSet } = await load('dataset/programs.js');
  const { pictureOf } = await load('dataset/program-set.js');
  const { Renderer } = await load('render/renderer.js');
  const set = await readProgramSet('s21k');
  const renderer = await Renderer.open({ resolution: 64, layers: 100 });
  const own = () => process.memoryUsage().rss / 2 ** 20;
  const seen = [];
  try {
    for (let first = 0; first < 5000; first += 100) {
      const some = set.ids.slice(first, first + 100);
      await renderer.load(
        some.map((id, i) => ({ kind: 'program', program: set.read(id), ...pictureOf(first + i, 0, 0) })),
      );
      seen.push({ programs: first + 100, child: resident(renderer.pid), own: own() });
    }
  } finally {
    await renderer.dispose();
  }
  const peak = (from, to, of) => Math.max(...seen.filter(({ programs }) => programs > from && programs <= to).map(of));
  const total = ({ child, own: ours }) => child + ours;
  print(
    'memory over distinct programs: the last 1,000 of 5,000 ÷ the first 1,000',
    (peak(4000, 5000, total) / peak(0, 1000, total)).toFixed(2),
    '0.8 … 1.2',
    `drawing process ${peak(0, 1000, ({ child }) => child).toFixed(0)} and ${peak(4000, 5000, ({ child }) => child).toFixed(0)} MiB, its parent ${peak(0, 1000, ({ own: ours }) => ours).toFixed(0)} and ${peak(4000, 5000, ({ own: ours }) => ours).toFixed(0)} MiB`,
  );
}
