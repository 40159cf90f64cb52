import type { InferenceSession, Tensor } from 'onnxruntime-node';
import { messageOf, oneOf, UserError } from '../core/errors.js';
import { DATA_TYPE } from '../core/graph.js';
import { checkNodes, FLOAT32, type OnnxValue, onnxSignature, shown } from '../core/onnx-safety.js';
import { quoted } from '../core/quoted.js';
import { loadRuntime } from '../core/runtime.js';
import type { ClassInput } from './generator-spec.js';

/** ONNX models as parts of a generator: checked before the runtime sees them, run for one image at a time. */

/** Numbers that an output may have: a picture of 8192 × 8192. */
const MOST_NUMBERS = 3 * 2 ** 26;

/** What an input is fed with, by its name. */
export type Inputs = ReadonlyMap<string, Float32Array | number>;

/** An open model. */
export interface GeneratorModel {
  /** Its inputs, initialisers left out. */
  readonly inputs: readonly OnnxValue[];
  /** @throws UserError where the runtime fails, or the output is not float32 */
  run(inputs: Inputs): Promise<{ readonly data: Float32Array; readonly dims: readonly number[] }>;
  release(): Promise<void>;
}

/** The shape of `count` numbers of one image for an input; its free sizes are 1, or what is left of the numbers. */
function shapeOf({ shape }: OnnxValue, count: number): number[] {
  // The last free size but the batch's, which comes first, takes what the fixed ones leave; [1, count] where none is free.
  const fixed = shape.reduce<number>((product, size) => product * (size ?? 1), 1);
  const free = shape.findIndex((size, i) => size === undefined && (i > 0 || shape.length === 1));
  return shape.map((size, i) => size ?? (i === free ? count / fixed : 1));
}

const takes = (input: OnnxValue, count: number): boolean => {
  const shape = shapeOf(input, count);
  return (shape.length < 2 || shape[0] === 1) && shape.reduce((product, size) => product * size, 1) === count;
};

/**
 * Opens a model that passes `checkNodes` and has exactly the inputs that are asked for.
 *
 * @param name how messages call the file
 * @param output the one that is read
 * @throws UserError saying what is wrong
 */
export async function openGeneratorModel(
  bytes: Uint8Array,
  name: string,
  output: string,
  options: InferenceSession.SessionOptions,
): Promise<GeneratorModel> {
  const refuse = (why: string) => new UserError(`${name}: this model is not run: ${why}.`);
  let inputs: readonly OnnxValue[];
  try {
    checkNodes(bytes, refuse);
    const signature = onnxSignature(bytes);
    inputs = signature.inputs;
    const outputs = signature.outputs.map((value) => value.name);
    if (!outputs.includes(output))
      throw refuse(`it has no output ${quoted(output)}, expected ${oneOf(outputs.slice(0, 20).map(quoted)) || 'one'}`);
    const size = signature.outputs
      .find((value) => value.name === output)!
      .shape.reduce<number>((product, side) => product * (side ?? 1), 1);
    if (size > MOST_NUMBERS)
      throw refuse(`its output ${quoted(output)} has ${size} numbers, at most ${MOST_NUMBERS} are read`);
  } catch (error) {
    if (error instanceof RangeError) throw new UserError(`${name}: not an ONNX model: ${error.message}.`);
    throw error;
  }
  const { InferenceSession, Tensor } = await loadRuntime();
  const attempt = async <T>(what: string, work: () => Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (error) {
      throw new UserError(`${name}: ONNX Runtime cannot ${what} it: ${messageOf(error).split('\n')[0]!.slice(0, 400)}`);
    }
  };
  const session = await attempt('open', () => InferenceSession.create(bytes, { ...options, logSeverityLevel: 4 }));

  const tensor = (input: OnnxValue, value: Float32Array | number): Tensor => {
    const numbers = typeof value === 'number' ? [value] : value;
    const shape = shapeOf(input, numbers.length);
    if (input.type === FLOAT32) return new Tensor('float32', Float32Array.from(numbers), shape);
    const index = typeof value === 'number' && Number.isInteger(value);
    if (index && input.type === DATA_TYPE.int64) return new Tensor('int64', BigInt64Array.of(BigInt(value)), shape);
    if (index && input.type === DATA_TYPE.int32) return new Tensor('int32', Int32Array.of(value), shape);
    throw refuse(
      `its input ${quoted(input.name)} is ${shown(input)}, expected float32${index ? ' or a whole number' : ''}`,
    );
  };
  return {
    inputs,
    async run(given) {
      const feeds: Record<string, Tensor> = {};
      for (const input of inputs) {
        const value = given.get(input.name);
        const count = typeof value === 'number' ? 1 : value?.length;
        if (value === undefined || count === undefined)
          throw refuse(`it has an input ${quoted(input.name)}, which the sidecar does not name`);
        if (!takes(input, count))
          throw refuse(`its input ${quoted(input.name)} is ${shown(input)}, expected ${count} numbers of one image`);
        feeds[input.name] = tensor(input, value);
      }
      const result = (await attempt('run', () => session.run(feeds, [output])))[output]!;
      if (result.type !== 'float32') throw refuse(`its output ${quoted(output)} is ${result.type}, expected float32`);
      return { data: result.data as Float32Array, dims: result.dims };
    },
    release: () => session.release(),
  };
}

/** An image's class, 0 … classes − 1, as the model takes it. */
export function classValue({ classes, form }: ClassInput, uniform: () => number): Float32Array | number {
  const index = Math.floor(uniform() * classes);
  return form === 'index' ? index : new Float32Array(classes).fill(1, index, index + 1);
}
