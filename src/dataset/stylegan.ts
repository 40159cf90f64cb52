import { createHash } from 'node:crypto';
import { invalid, UserError } from '../core/errors.js';
import type { Choice, Dataset } from './dataset.js';
import { decodePicture } from './decode.js';
import { sessionOptions } from './session-options.js';
import { synthesisGraph } from './stylegan-graph.js';
import { SIDE } from './stylegan-layers.js';
import { networkNumber } from './stylegan-network.js';
import { openSynthesis } from './stylegan-picture.js';

/** Changes whenever the pictures of a seed change. */
export const STYLEGAN_VERSION = 1;

export interface StyleganOptions {
  /** By default as many as the process may use; no picture depends on it. */
  readonly threads?: number;
}

/**
 * `stylegan:oriented`: pictures of StyleGAN2's synthesis network with random weights, after "StyleGAN-Oriented" of Baradad et al.
 * (arXiv 2106.05963, section 3.4): sparse oriented wavelets for filters, noise maps shared by all channels, random biases.
 * A network makes 256 pictures (`networkNumber`), of 256 × 256 pixels, scaled to the sweep's resolution. Takes ψ, 1 by
 * default.
 *
 * @throws UserError for another spec
 */
export async function openStylegan(name: string, spec: string, { threads }: StyleganOptions = {}): Promise<Dataset> {
  if (spec !== 'stylegan:oriented') throw invalid('data set', spec, 'stylegan:oriented');
  const synthesis = await openSynthesis(sessionOptions(threads));
  const sha256 = createHash('sha256').update(synthesisGraph()).digest('hex');
  return {
    name,
    spec,
    identity: { kind: 'stylegan', variant: 'oriented', version: STYLEGAN_VERSION, sha256 },
    takes: ['psi'],
    fit: (resolution) => `made at ${SIDE}, cover ${resolution}`,
    choose: (output, n) =>
      Array.from({ length: n }, (_, slot): Choice => ({ id: `network ${networkNumber(output, slot)}`, output, slot })),
    async load({ id, output, slot }, seed, resolution, { time, psi = 1 } = {}) {
      if (time) throw new UserError(`Data set "${name}": the time range ${time.join('-')} is an option of programs.`);
      const pixels = await synthesis.picture(seed, output, slot, psi);
      const { data } = await decodePicture({ width: SIDE, height: SIDE, data: pixels }, id, resolution);
      return { kind: 'pixels', pixels: data };
    },
    dispose: () => synthesis.dispose(),
  };
}
