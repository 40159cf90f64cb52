import type { InferenceSession, Tensor } from 'onnxruntime-node';
import { messageOf, UserError } from '../core/errors.js';
import { createGraph } from '../core/graph.js';
import { loadRuntime } from '../core/runtime.js';
import { checkOnnxModel, type OnnxSpec } from './onnx-check.js';
import { pictureInput } from './picture-input.js';

/** A user's own ONNX model: checked before the runtime sees it, and run behind the preprocessing of its sidecar. */

/** An opened network: what `pictureInput` wants in, features out. */
export interface Network {
  /** @returns float32, row-major, one row a picture */
  run(feeds: Readonly<Record<'images' | 'rows' | 'columns', Tensor>>): Promise<Float32Array>;
  release(): Promise<void>;
}

/** What an output must be, batch first, for each pooling. */
const EXPECTED = {
  none: '[N, values]',
  mean: '[N, tokens, channels] or four dimensions in the layout of the input',
  'first-token': '[N, tokens, channels]',
};

/** One vector a picture from the model's output. Means are taken in float64. */
function pooled(output: Tensor, count: number, { input, output: of, pooling }: OnnxSpec, name: string): Float32Array {
  const { dims, type } = output;
  const rank = { none: [2], mean: [3, 4], 'first-token': [3] }[pooling];
  if (type !== 'float32' || !rank.includes(dims.length) || dims[0] !== count || dims.includes(0)) {
    throw new UserError(
      `${name}: its output "${of}" is ${type} [${dims?.join(', ')}] for ${count} picture${count === 1 ? '' : 's'}, ` +
        `expected float32 ${EXPECTED[pooling]} for the pooling "${pooling}".`,
    );
  }
  const data = output.data as Float32Array;
  if (pooling === 'none') return data;
  const channelsLast = dims.length === 3 || input.layout === 'NHWC';
  const channels = channelsLast ? dims.at(-1)! : dims[1]!;
  const places = data.length / count / channels;
  const [acrossPlaces, acrossChannels] = channelsLast ? [channels, 1] : [1, places];
  const used = pooling === 'mean' ? places : 1;
  const features = new Float32Array(count * channels);
  for (let n = 0; n < count; n++)
    for (let c = 0; c < channels; c++) {
      let sum = 0;
      for (let p = 0; p < used; p++) sum += data[n * places * channels + p * acrossPlaces + c * acrossChannels]!;
      features[n * channels + c] = sum / used;
    }
  return features;
}

/**
 * Opens a model that passes `checkOnnxModel`, behind a graph of its preprocessing.
 *
 * @param name how messages call the file
 */
export async function openOnnxModel(
  bytes: Uint8Array,
  name: string,
  spec: OnnxSpec,
  options: InferenceSession.SessionOptions = {},
): Promise<Network> {
  const { input, single } = checkOnnxModel(bytes, name, spec);
  const { InferenceSession, Tensor } = await loadRuntime();
  const g = createGraph('preprocessing');
  const prepared = pictureInput(g, spec.input);
  g.output(prepared, 'float32', ['N', 'A', 'B', 'C']);
  /** Errors of the runtime are the model's, which is the user's; the runtime's own lines on stderr say nothing more. */
  const attempt = async <T>(what: string, work: () => Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (error) {
      throw new UserError(`${name}: ONNX Runtime cannot ${what} it: ${messageOf(error).split('\n')[0]!.slice(0, 400)}`);
    }
  };
  const model = await attempt('open', () => InferenceSession.create(bytes, { ...options, logSeverityLevel: 4 }));
  const preparation = await InferenceSession.create(g.encode(), options);

  const run = async (pictures: Tensor): Promise<Float32Array> => {
    const results = await attempt('run', () => model.run({ [input]: pictures }, [spec.output]));
    return pooled(results[spec.output]!, pictures.dims[0]!, spec, name);
  };
  return {
    async run(feeds) {
      const pictures = (await preparation.run(feeds))[prepared]!;
      if (!single) return run(pictures);
      const [count, ...shape] = pictures.dims as [number, ...number[]];
      const each = pictures.size / count;
      const rows: Float32Array[] = [];
      for (let n = 0; n < count; n++) {
        const one = (pictures.data as Float32Array).subarray(n * each, (n + 1) * each);
        rows.push(await run(new Tensor('float32', one, [1, ...shape])));
      }
      const dims = rows[0]!.length;
      const features = new Float32Array(count * dims);
      for (const [n, row] of rows.entries()) features.set(row, n * dims);
      return features;
    },
    async release() {
      await Promise.all([model.release(), preparation.release()]);
    },
  };
}
