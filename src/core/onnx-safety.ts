import type { UserError } from './errors.js';
import { DATA_TYPE } from './graph.js';
import { find, type Message, messages, numbers, texts } from './onnx-wire.js';
import { quoted } from './quoted.js';

/** ONNX files that nobody vouches for: what may not run is refused before the runtime sees it. */

/** Field numbers of onnx.proto. */
const MODEL = { graph: 7, training: 20, functions: 25 };
const GRAPH = { node: 1, initializer: 5, input: 11, output: 12, sparseInitializer: 15 };
const NODE = { operator: 4, attribute: 5, domain: 7 };
const ATTRIBUTE = { tensors: [5, 10], graphs: [6, 11], sparseTensors: [22, 23] };
const TENSOR = { name: 8, externalData: 13, dataLocation: 14 };
/** ValueInfoProto.name, and the way from there to its tensor type. */
const VALUE = { name: 1, elementType: [2, 1, 1], dimension: [2, 1, 2, 1] };
/** Operators that run a graph of the model's again and again, for as long as the model says. */
const LOOPS = ['Loop', 'Scan', 'SequenceMap', 'BeamSearch', 'WhisperBeamSearch', 'GreedySearch', 'Sampling'];
/** Operators that draw random numbers, with a seed too: the runtime draws on from run to run. */
const CHANCE = /^(Random.*|Multinomial|Bernoulli)$/s;
const DOMAINS = ['', 'ai.onnx', 'ai.onnx.ml', 'com.microsoft'];

/**
 * Refuses what may not run, in every graph and subgraph of the model, however deep: operators that can hang, that draw random
 * numbers or are not built in, functions, weights in other files.
 *
 * @param refuse makes the error of a reason, which ends without a full stop
 * @throws RangeError for what is no ONNX model
 */
export function checkNodes(model: Message, refuse: (why: string) => UserError): void {
  if (messages(model, MODEL.graph).length === 0) throw new RangeError('there is no graph in it');
  if (messages(model, MODEL.functions).length)
    throw refuse('it has functions of its own. Export it with its functions inlined (onnx.inliner)');
  const graphs = [...messages(model, MODEL.graph), ...[1, 2].flatMap((part) => messages(model, MODEL.training, part))];
  const tensors: Message[] = [];
  for (let graph = graphs.pop(); graph; graph = graphs.pop()) {
    for (const tensor of messages(graph, GRAPH.initializer)) tensors.push(tensor);
    for (const part of [1, 2])
      for (const tensor of messages(graph, GRAPH.sparseInitializer, part)) tensors.push(tensor);
    for (const node of messages(graph, GRAPH.node)) {
      const operators = texts(node, NODE.operator);
      const loop = operators.find((name) => LOOPS.includes(name));
      if (loop) throw refuse(`it has the operator ${loop}, which can hang`);
      const chance = operators.find((name) => CHANCE.test(name));
      if (chance)
        throw refuse(
          `it has the operator ${quoted(chance)}, by which the same input gives another output each time. Export it for inference (model.eval(); a generator with constant noise)`,
        );
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

/** An input or output of a model. */
export interface OnnxValue {
  readonly name: string;
  /** By its number in TensorProto.DataType; undefined where it is no tensor. */
  readonly type: number | undefined;
  /** Sizes; undefined for one that is free. */
  readonly shape: readonly (number | undefined)[];
}

export const FLOAT32 = DATA_TYPE.float32;

/** `float32 [1, ?, 3]`, as a message may show it. */
export const shown = ({ type, shape }: OnnxValue): string =>
  `${type === FLOAT32 ? 'float32' : `type ${type ?? 'unknown'}`} [${shape.map((size) => size ?? '?').join(', ')}]`;

function readValue(message: Message): OnnxValue {
  // DimensionProto: a size in field 1, or a name; exporters write 0 and −1 too for a size that is free.
  const shape = messages(message, ...VALUE.dimension).map((dimension) => {
    const size = numbers(dimension, 1).at(-1);
    return size !== undefined && size > 0 && Number.isSafeInteger(size) ? size : undefined;
  });
  return {
    name: texts(message, VALUE.name).at(-1) ?? '',
    type: numbers(message, ...VALUE.elementType).at(-1),
    shape,
  };
}

/**
 * What a model takes and gives, initialisers left out.
 *
 * @throws RangeError for what is no ONNX model
 */
export function onnxSignature(model: Message): { readonly inputs: OnnxValue[]; readonly outputs: OnnxValue[] } {
  const initialised = new Set([
    ...texts(model, MODEL.graph, GRAPH.initializer, TENSOR.name),
    ...texts(model, MODEL.graph, GRAPH.sparseInitializer, 1, TENSOR.name),
  ]);
  return {
    inputs: messages(model, MODEL.graph, GRAPH.input)
      .map(readValue)
      .filter(({ name }) => !initialised.has(name)),
    outputs: messages(model, MODEL.graph, GRAPH.output).map(readValue),
  };
}
