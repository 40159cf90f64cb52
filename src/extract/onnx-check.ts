import { oneOf, UserError } from '../core/errors.js';
import { find, type Message, messages, numbers, texts } from './onnx-wire.js';
import { quoted } from './quoted.js';
import type { OnnxExtractor } from './registry.js';

/** What may not run is refused before the runtime sees it. */

/** The part of the sidecar that says how the model is run. */
export type OnnxSpec = Pick<OnnxExtractor, 'input' | 'output' | 'pooling'>;

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
/** Operators that draw random numbers, with a seed too: the runtime draws on from run to run. */
const CHANCE = /^(Random.*|Multinomial|Bernoulli)$/s;
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
      const operators = texts(node, NODE.operator);
      const loop = operators.find((name) => LOOPS.includes(name));
      if (loop) throw refuse(`it has the operator ${loop}, which can hang`);
      const chance = operators.find((name) => CHANCE.test(name));
      if (chance)
        throw refuse(
          `it has the operator ${quoted(chance)}, by which the same picture gives other features each time. Export it for inference (model.eval())`,
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

/**
 * Checks a model before the runtime sees it: one file, no loops, no chance, only built-in operators, one float32 input of four
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
