import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '../core/errors.js';

/** A layer as Keras describes it; `inbound_nodes` of a layer that is used once: [[[name, 0, 0, {}], …]]. */
export interface KerasLayer {
  readonly name: string;
  readonly class_name: string;
  readonly config: Readonly<Record<string, unknown>>;
  readonly inbound_nodes: readonly (readonly (readonly [string, ...unknown[]])[])[];
}

/** A weight as TensorFlow.js quantises it: value = scale·byte + min, row-major in `shape`. */
export interface KerasWeight {
  readonly shape: readonly number[];
  readonly bytes: Uint8Array;
  readonly scale: number;
  readonly min: number;
}

export interface KerasModel {
  readonly layers: readonly KerasLayer[];
  readonly weights: ReadonlyMap<string, KerasWeight>;
}

/** The text of the one module in a browserify bundle: what stands after `exports=`. Nothing is executed. */
function bundledModule(text: string, file: string): string {
  const start = /\.exports=(?=[{"])/.exec(text);
  const end = text.lastIndexOf('},{}]},{},[1])');
  if (!start || end < start.index) throw new UserError(`${file}: not the bundle of a single module.`);
  return text.slice(start.index + start[0].length, end);
}

const TOKEN = /("(?:[^"\\]|\\.)*")|([A-Za-z_$][\w$]*)(?=:)|!([01])|(-?)(\.?\d[\d.]*(?:e[+-]?\d+)?)|(null|[{}[\],:])/gy;

/**
 * The value of a minified object literal of plain data, by rewriting each token as JSON: bare keys get quotes, `!0` is
 * true, `.5` is 0.5. Any other token (a call, a name, an operator) is an error.
 */
export function parseLiteral(text: string): unknown {
  const json: string[] = [];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < text.length) {
    const at = TOKEN.lastIndex;
    const token = TOKEN.exec(text);
    if (!token) throw new Error(`not plain data at character ${at}: ${text.slice(at, at + 40)}`);
    const [, string, key, not, sign, number, other] = token;
    if (key !== undefined) json.push(`"${key}"`);
    else if (not !== undefined) json.push(not === '0' ? 'true' : 'false');
    else if (number !== undefined) json.push(`${sign}${number.startsWith('.') ? '0' : ''}${number}`);
    else json.push(string ?? other!);
  }
  return JSON.parse(json.join(''));
}

interface WeightSpec {
  readonly name: string;
  readonly shape: readonly number[];
  readonly quantization?: { readonly dtype: string; readonly scale: number; readonly min: number };
}

interface ModelFile {
  readonly modelTopology: { readonly model_config: { readonly config: { readonly layers: readonly KerasLayer[] } } };
  readonly weightsManifest: readonly { readonly paths: readonly string[]; readonly weights: readonly WeightSpec[] }[];
}

/**
 * Reads a TensorFlow.js layers model that is bundled as JavaScript text (`model.min.js` with the layer graph and the
 * quantisation, `….min.js` shards of base64), as the npm package `nsfwjs` carries it. The files are read as text only.
 *
 * @param folder where the files are
 * @param pins SHA-256 of every file by its name; a file that differs is refused, so is one without a pin
 */
export function readKerasModel(folder: string, pins: Readonly<Record<string, string>>): KerasModel {
  const read = (name: string): string => {
    const file = join(folder, name);
    const text = readFileSync(file);
    const hash = createHash('sha256').update(text).digest('hex');
    if (hash !== pins[name]) {
      throw new UserError(
        `${file}: its SHA-256 is ${hash}, expected ${pins[name] ?? 'no such file'}. Reinstall the package.`,
      );
    }
    return bundledModule(text.toString('latin1'), file);
  };

  const { modelTopology, weightsManifest } = parseLiteral(read('model.min.js')) as ModelFile;
  const weights = new Map<string, KerasWeight>();
  for (const group of weightsManifest) {
    const data = Buffer.concat(group.paths.map((path) => Buffer.from(read(`${path}.min.js`).slice(1, -1), 'base64')));
    let offset = 0;
    for (const { name, shape, quantization } of group.weights) {
      if (quantization?.dtype !== 'uint8') throw new Error(`${name}: expected uint8 weights`);
      const length = shape.reduce((product, n) => product * n, 1);
      const bytes = data.subarray(offset, offset + length);
      weights.set(name, { shape, bytes, scale: quantization.scale, min: quantization.min });
      offset += length;
    }
    if (offset !== data.length) throw new Error(`${data.length} bytes of weights, ${offset} described`);
  }
  return { layers: modelTopology.model_config.config.layers, weights };
}
