import type { InferenceSession, Tensor } from 'onnxruntime-node';
import { messageOf, oneOf, UserError } from '../core/errors.js';
import { createGraph } from '../core/graph.js';
import { loadRuntime } from '../core/runtime.js';
import { pictureInput } from './picture-input.js';
import { quoted } from './quoted.js';
import type { OnnxExtractor } from './registry.js';
import { resizeMatrix } from './resize.js';

/** A user's own ONNX model: checked before the runtime sees it, and run behind the preprocessing of its sidecar. */

/** The part of the sidecar that says how the model is run. */
export type OnnxSpec = Pick<OnnxExtractor, 'input' | 'output' | 'pooling'>;

/** An opened network: what `pictureInput` wants in, features out. */
export interface Network {
  /** @returns float32, row-major, one row a picture */
  run(feeds: Readonly<Record<'images' | 'rows' | 'columns', Tensor>>): Promise<Float32Array>;
  release(): Promise<void>;
}

/** Parts of one kind (nodes, tensors) in a graph, and bytes of a name; no real model comes near. */
const MOST = 1_000_000;

/** A message of the wire format (protobuf.dev/programming-guides/encoding): its bytes. */
type Message = Uint8Array;

/**
 * The fields of a message in their order: number, and its whole number or its bytes. Read here rather than with a
 * decoder of the whole schema, because that one takes the last of a repeated graph where the runtime merges them, drops
 * what is newer than its schema, and turns gigabytes of weights into objects; here nothing that the runtime reads is missed.
 */
function* fields(message: Message): Generator<readonly [number, number | Message]> {
  let at = 0;
  const varint = (): number => {
    let value = 0;
    for (let shift = 0; shift < 10; shift++) {
      const byte = message[at++];
      if (byte === undefined) break;
      value += (byte & 127) * 128 ** shift;
      if (byte < 128) return value;
    }
    throw new RangeError('a number without an end');
  };
  while (at < message.length) {
    const key = varint();
    const kind = key % 8;
    if (kind !== 0 && kind !== 1 && kind !== 2 && kind !== 5) throw new RangeError(`a field of kind ${kind}`);
    const whole = kind === 1 || kind === 5 ? undefined : varint();
    const length = { 0: 0, 1: 8, 2: whole!, 5: 4 }[kind];
    if (length > message.length - at) throw new RangeError('a field that is longer than what it is in');
    yield [Math.floor(key / 8), kind === 0 ? whole! : message.subarray(at, at + length)];
    at += length;
  }
}

/** Every value at a path of field numbers: repeated fields all, as the runtime merges what occurs twice. */
function find(message: Message, ...[field, ...rest]: number[]): (number | Message)[] {
  const found: (number | Message)[] = [];
  for (const [number, value] of fields(message)) {
    if (number !== field) continue;
    if (rest.length === 0) found.push(value);
    else if (typeof value !== 'number') for (const inner of find(value, ...rest)) found.push(inner);
    if (found.length > MOST) throw new RangeError(`more than ${MOST} parts of one kind`);
  }
  return found;
}
const messages = (message: Message, ...path: number[]) => find(message, ...path).filter((v) => typeof v !== 'number');
const numbers = (message: Message, ...path: number[]) => find(message, ...path).filter((v) => typeof v === 'number');
const texts = (message: Message, ...path: number[]) =>
  messages(message, ...path).map((bytes) => {
    if (bytes.length > MOST) throw new RangeError(`a name of ${bytes.length} bytes`);
    return Buffer.from(bytes).toString();
  });

/** Field numbers of onnx.proto. */
const MODEL = { graph: 7, training: 20, functions: 25 };
const GRAPH = { node: 1, initializer: 5, input: 11, output: 12, sparseInitializer: 15 };
const NODE = { operator: 4, attribute: 5, domain: 7 };
const ATTRIBUTE = { tensors: [5, 10], graphs: [6, 11], sparseTensors: [22, 23] };
const TENSOR = { name: 8, externalData: 13, dataLocation: 14 };
/** ValueInfoProto.name, and the way from there to its tensor type. */
const VALUE = { name: 1, elementType: [2, 1, 1], shape: [2, 1, 2], dimension: [2, 1, 2, 1] };
const FLOAT32 = 1;

/** Operators that run a graph of the model's again and again, for as long as the model says. */
const LOOPS = ['Loop', 'Scan', 'SequenceMap', 'BeamSearch', 'WhisperBeamSearch', 'GreedySearch', 'Sampling'];
const DOMAINS = ['', 'ai.onnx', 'ai.onnx.ml', 'com.microsoft'];

/** Refuses what may not run: in every graph and subgraph of the model, however deep. */
function checkNodes(model: Message, refuse: (why: string) => UserError): void {
  if (messages(model, MODEL.functions).length)
    throw refuse('it has functions of its own. Export it with its functions inlined (onnx.inliner)');
  const graphs = [...messages(model, MODEL.graph), ...[1, 2].flatMap((part) => messages(model, MODEL.training, part))];
  const tensors: Message[] = [];
  for (let graph = graphs.pop(); graph; graph = graphs.pop()) {
    for (const tensor of messages(graph, GRAPH.initializer)) tensors.push(tensor);
    for (const part of [1, 2])
      for (const tensor of messages(graph, GRAPH.sparseInitializer, part)) tensors.push(tensor);
    for (const node of messages(graph, GRAPH.node)) {
      const operator = texts(node, NODE.operator).find((name) => LOOPS.includes(name));
      if (operator) throw refuse(`it has the operator ${operator}, which can hang`);
      const domain = texts(node, NODE.domain).find((name) => !DOMAINS.includes(name));
      if (domain) throw refuse(`it has operators of the domain ${quoted(domain)}, which are not built in`);
      for (const attribute of messages(node, NODE.attribute)) {
        for (const field of ATTRIBUTE.graphs) graphs.push(...messages(attribute, field));
        for (const field of ATTRIBUTE.tensors) tensors.push(...messages(attribute, field));
        for (const field of ATTRIBUTE.sparseTensors)
          for (const part of [1, 2]) tensors.push(...messages(attribute, field, part));
      }
    }
  }
  if (
    tensors.some(
      (tensor) => find(tensor, TENSOR.externalData).length || numbers(tensor, TENSOR.dataLocation).some(Boolean),
    )
  )
    throw refuse(
      'its weights are in other files. Save it as a single file (onnx.save with save_as_external_data=False)',
    );
}

/**
 * Checks a model before the runtime sees it: one file, no loops, only built-in operators, one float32 input of four
 * dimensions that agrees with the sidecar, and the output that the sidecar names.
 *
 * @param name how messages call the file
 * @returns the name of the input, and whether it takes one picture at a time only
 * @throws UserError saying what is wrong
 */
export function checkOnnxModel(
  bytes: Uint8Array,
  name: string,
  spec: OnnxSpec,
): { readonly input: string; readonly single: boolean } {
  const refuse = (why: string) => new UserError(`${name}: this model is not run: ${why}.`);
  try {
    const graphs = messages(bytes, MODEL.graph);
    if (graphs.length === 0) throw new RangeError('there is no graph in it');
    checkNodes(bytes, refuse);

    const initialised = new Set([
      ...texts(bytes, MODEL.graph, GRAPH.initializer, TENSOR.name),
      ...texts(bytes, MODEL.graph, GRAPH.sparseInitializer, 1, TENSOR.name),
    ]);
    const nameOf = (value: Message) => texts(value, VALUE.name).at(-1) ?? '';
    const inputs = messages(bytes, MODEL.graph, GRAPH.input).filter((value) => !initialised.has(nameOf(value)));
    if (inputs.length !== 1)
      throw refuse(
        `it has ${inputs.length || 'no'} inputs (${inputs.slice(0, 5).map(nameOf).map(quoted).join(', ')}), expected 1`,
      );
    const [input] = inputs as [Message];
    const elements = numbers(input, ...VALUE.elementType).at(-1);
    // DimensionProto: a size in field 1, or a name; exporters write 0 and −1 too for a size that is free.
    const shape = messages(input, ...VALUE.dimension).map((dimension) => {
      const size = numbers(dimension, 1).at(-1);
      return size !== undefined && size > 0 && Number.isSafeInteger(size) ? size : undefined;
    });
    const { size, layout } = spec.input;
    const wanted = layout === 'NCHW' ? [1, 3, size, size] : [1, size, size, 3];
    if (
      elements !== FLOAT32 ||
      shape.length !== 4 ||
      !shape.every((given, i) => given === undefined || given === wanted[i])
    ) {
      const given = `${elements === FLOAT32 ? 'float32' : `type ${elements ?? 'unknown'}`} [${shape.map((s) => s ?? '?').join(', ')}]`;
      throw refuse(
        `its input ${quoted(nameOf(input))} is ${given}, expected float32 [1 or ?, ${wanted.slice(1).join(', ')}] (${layout})`,
      );
    }
    const outputs = messages(bytes, MODEL.graph, GRAPH.output).map(nameOf);
    if (!outputs.includes(spec.output))
      throw refuse(
        `it has no output "${spec.output}", expected ${oneOf(outputs.slice(0, 20).map(quoted)) || 'at least one'}`,
      );
    return { input: nameOf(input), single: shape[0] === 1 };
  } catch (error) {
    if (error instanceof RangeError) throw new UserError(`${name}: not an ONNX model: ${error.message}.`);
    throw error;
  }
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
      `${name}: its output "${of}" is ${type} [${dims?.join(', ')}] for ${count} pictures, ` +
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

/**
 * Checks a model and runs it once, on two grey pictures.
 *
 * @returns `dims`: numbers in a feature
 * @throws UserError when it is refused, fails, or gives what is no vector of finite numbers a picture
 */
export async function inspectOnnxModel(
  bytes: Uint8Array,
  name: string,
  spec: OnnxSpec,
): Promise<{ readonly dims: number }> {
  const network = await openOnnxModel(bytes, name, spec, { executionProviders: ['cpu'] });
  try {
    const { Tensor } = await loadRuntime();
    const { size } = spec.input;
    // Two, because a model may say that it takes any number of pictures and then does not.
    const images = new Tensor('uint8', new Uint8Array(2 * size * size * 3).fill(128), [2, size, size, 3]);
    const matrix = new Tensor('float32', resizeMatrix(spec.input, size, size), [size, size]);
    const features = await network.run({ images, rows: matrix, columns: matrix });
    const odd = features.find((value) => !Number.isFinite(value));
    if (odd !== undefined)
      throw new UserError(`${name}: a grey picture gives ${odd} among the features, expected finite numbers.`);
    return { dims: features.length / 2 };
  } finally {
    await network.release();
  }
}
