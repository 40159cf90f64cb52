import { cpSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { zipSync } from 'fflate';
import { createGraph } from '../src/core/graph.js';
import { draws, STREAM } from '../src/core/random.js';
import { importModel } from '../src/extract/model-store.js';
import { CLI } from './built.js';
import { succeed, writePictures, writePrograms } from './cli/run.js';
import { FIXTURES } from './extract/fixtures.js';
import { ROOT } from './pages.js';

/** A network z → image, 16 × 16. */
function generator(): Uint8Array {
  const g = createGraph('generator');
  const uniform = draws(1, STREAM.sample, 0);
  const mixture = Float32Array.from({ length: 4 * 768 }, () => 2 * uniform() - 1);
  const z = g.input('z', 'float32', [1, 4]);
  const values = g.node('Tanh', [g.node('MatMul', [z, g.constant('mixture', mixture, [4, 768])])]);
  const shape = g.constant('shape', BigInt64Array.of(1n, 3n, 16n, 16n), [4]);
  g.output(g.node('Reshape', [values, shape], {}, 'img'), 'float32', [1, 3, 16, 16]);
  return g.encode();
}

/** A network of three numbers a picture: its mean colour. */
function means(): Uint8Array {
  const g = createGraph('means');
  const x = g.input('x', 'float32', ['N', 3, 8, 8]);
  g.output(g.node('Flatten', [g.node('GlobalAveragePool', [x])], {}, 'y'), 'float32', ['N', 3]);
  return g.encode();
}

/**
 * Makes what the pages take for granted: folders of pictures (`photos`, `real`, `generated`, `imagenet/train`), `real.npz`,
 * programs, models, `sweep.yaml`, `downstream.csv`, two finished runs, and `fidsweep` in the PATH. `XDG_DATA_HOME` says
 * where models are kept, among them `slim`, so slim that a picture takes a millisecond.
 *
 * @returns the environment that commands run in
 */
export async function prepareFolder(home: string, dataHome: string): Promise<NodeJS.ProcessEnv> {
  const at = (...parts: string[]) => join(home, ...parts);
  for (const folder of ['bin', '.zfunc', 'node_modules', 'imagenet']) mkdirSync(at(folder), { recursive: true });
  writeFileSync(at('bin', 'fidsweep'), `#!/bin/sh\nexec '${process.execPath}' '${CLI}' "$@"\n`, { mode: 0o755 });
  symlinkSync(ROOT, at('node_modules', 'fidsweep'));
  writeFileSync(at('package.json'), '{ "type": "module" }');
  importModel(join(FIXTURES, 'inception-slim-legacy.pth'), { as: 'slim', allowHash: true });
  cpSync(join(FIXTURES, 'inception-slim-zip.pth'), at('my.pth'));
  for (const [i, folder] of ['photos', 'real', 'generated'].entries()) await writePictures(at(folder), 24, i + 1);
  const [first, second] = readFileSync(join(ROOT, 'models', 'classes', 'imagenet100.txt'), 'utf8').split('\n');
  for (const name of [first!, second!, 'n00000000']) await writePictures(at('imagenet', 'train', name), 12);
  const names = Array.from({ length: 24 }, (_, i) =>
    join(i % 3 ? '.' : 'class one', `picture ${i}.${i % 2 ? 'png' : 'jpg'}`),
  );
  const files = names.map((name) => [name, new Uint8Array(readFileSync(at('real', name)))] as const);
  writeFileSync(at('real.zip'), zipSync(Object.fromEntries(files)));
  writePrograms(at('my-shaders'));
  writeFileSync(at('net.onnx'), generator());
  writeFileSync(at('net.json'), JSON.stringify({ latent: 4, image: 'img', range: [-1, 1] }));
  writeFileSync(at('my.onnx'), means());
  const input = { size: 8, layout: 'NCHW', range: [0, 1], resize: 'bilinear' };
  writeFileSync(
    at('my.json'),
    JSON.stringify({ name: 'mean', input, output: 'y', pooling: 'none', licence: 'CC0-1.0' }),
  );
  writeFileSync(at('sweep.yaml'), 'dataset: { Shaders: programs, Photos: photos/ }\nmethods: [none, mixup, cutmix]\n');
  const rows = ['none,40.1', 'mixup:2,41.5', 'MixUp 3,42.0', 'cutmix:2,39.8', 'CutMix 3,40.5'];
  writeFileSync(at('downstream.csv'), `setting,accuracy\n${rows.join('\n')}\n`);
  const path = `${at('bin')}:${process.env.PATH}`;
  const env = {
    ...process.env,
    ...{ HOME: home, PATH: path, XDG_DATA_HOME: dataHome, NO_COLOR: '1' },
    // Lines are run beside each other: drawing need not take every core for itself.
    LP_NUM_THREADS: '1',
  };
  const small = ['--extractor', 'slim', '--dims', '64', '--resolution', '16'];
  await succeed(home, ['stats', 'real', ...small, '--output', 'real.npz'], env);
  const run = (out: string, seed: string) => {
    const data = ['--dataset', 'p=programs:my-shaders', '--images', '64'];
    const settings = ['--methods', 'none,mixup,cutmix', '--n', '2-3'];
    const args = [...data, ...settings, '--reference', 'real.npz', ...small, '--seed', seed, '--out', `runs/${out}`];
    return succeed(home, ['sweep', ...args], env);
  };
  await Promise.all([run('first', '0'), run('second', '1')]);
  return env;
}
