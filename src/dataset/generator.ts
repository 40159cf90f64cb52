import { basename } from 'node:path';
import { invalid, UserError } from '../core/errors.js';
import { readRegularFile } from '../core/regular-file.js';
import type { Choice, Dataset } from './dataset.js';
import { decodePicture } from './decode.js';
import { type Named, openParts } from './generator-parts.js';
import { pictureOf } from './generator-picture.js';
import { generatorSpec } from './generator-spec.js';
import { imageDraws } from './latent.js';

const MOST_SIDECAR_BYTES = 2 ** 20;
const MOST_PSI = 2;

/** Reads `generator:FILE.onnx`, `generator:FILE.onnx?psi=0.7`, `generator:FILE.onnx?spec=FILE.json&psi=0.7`. */
function parseSpec(spec: string): Named {
  const expected = 'generator:FILE.onnx, generator:FILE.onnx?psi=0.7 or generator:FILE.onnx?spec=FILE.json';
  const { file, query = '' } = /^generator:(?<file>[^?]+\.onnx)(?:\?(?<query>.*))?$/isu.exec(spec)?.groups ?? {};
  if (!file) throw invalid('data set', spec, expected);
  let sidecar = file.replace(/\.onnx$/i, '.json');
  let psi = 1;
  for (const pair of query ? query.split('&') : []) {
    const [, key, value = ''] = /^([^=]*)=(.*)$/s.exec(pair) ?? [];
    if (key === 'spec' && value) sidecar = value;
    else if (key === 'psi') {
      psi = /^(\d+\.?\d*|\.\d+)$/.test(value) ? Number(value) : Number.NaN;
      if (!(psi <= MOST_PSI)) throw invalid('psi of a generator', value, `a number from 0 to ${MOST_PSI}`);
    } else throw invalid('data set', spec, expected);
  }
  return { file, sidecar, psi };
}

/**
 * `generator:FILE.onnx`: pictures of an ONNX model z → image, z standard normal, one image at a time. Its sidecar (FILE.json, or
 * `?spec=PATH`; see `GeneratorSpec`) says what it takes and gives. Truncation ψ (`?psi=`, or a setting's) is about the
 * mean of w where there is a mapping (Karras et al., arXiv 1812.04948, appendix B), by an input of the model's, or else z
 * scaled; z and class are the same for every ψ. Opening makes one image, to see that it works.
 *
 * @throws UserError saying what is wrong with the spec, the sidecar or a model
 */
export async function openGenerator(name: string, spec: string): Promise<Dataset> {
  const named = parseSpec(spec);
  const { file, sidecar, psi: usual } = named;
  const where = `sidecar "${sidecar}"`;
  const read = generatorSpec(readRegularFile(sidecar, { most: MOST_SIDECAR_BYTES, name: `The ${where}` }), where);
  const generator = await openParts(named, read);
  const id = basename(file);
  const make = async (seed: number, output: number, slot: number, psi: number) =>
    pictureOf(
      await generator.output(imageDraws(seed, output, slot), psi),
      read,
      `Generator "${file}", output ${output}, slot ${slot}`,
    );
  try {
    await make(0, 0, 0, 1);
  } catch (error) {
    await generator.dispose();
    throw error;
  }
  return {
    name,
    spec,
    identity: generator.identity,
    takes: ['psi'],
    fit: (resolution) => `cover ${resolution}`,
    choose: (output, n) => Array.from({ length: n }, (_, slot): Choice => ({ id, output, slot })),
    async load({ output, slot }, seed, resolution, { time, psi = usual } = {}) {
      if (time) throw new UserError(`Data set "${name}": the time range ${time.join('-')} is an option of programs.`);
      const { data } = await decodePicture(await make(seed, output, slot, psi), id, resolution);
      return { kind: 'pixels', pixels: data };
    },
    dispose: () => generator.dispose(),
  };
}
