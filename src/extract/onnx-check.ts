import { oneOf, UserError } from '../core/errors.js';
import { checkNodes, FLOAT32, onnxSignature, shown } from '../core/onnx-safety.js';
import { quoted } from '../core/quoted.js';
import type { OnnxExtractor } from './registry.js';

/** The part of the sidecar that says how the model is run. */
export type OnnxSpec = Pick<OnnxExtractor, 'input' | 'output' | 'pooling'>;

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
    checkNodes(bytes, refuse);
    const { inputs, outputs } = onnxSignature(bytes);
    const names = inputs.slice(0, 5).map(({ name }) => quoted(name));
    if (inputs.length !== 1) throw refuse(`it has ${inputs.length || 'no'} inputs (${names.join(', ')}), expected 1`);
    const input = inputs[0]!;
    const { type, shape } = input;
    const { size, layout } = spec.input;
    const wanted = layout === 'NCHW' ? [1, 3, size, size] : [1, size, size, 3];
    const fits = shape.length === 4 && shape.every((given, i) => given === undefined || given === wanted[i]);
    if (type !== FLOAT32 || !fits)
      throw refuse(
        `its input ${quoted(input.name)} is ${shown(input)}, expected float32 [1 or ?, ${wanted.slice(1).join(', ')}] (${layout})`,
      );
    const given = outputs.map((value) => value.name);
    if (!given.includes(spec.output))
      throw refuse(
        `it has no output "${spec.output}", expected ${oneOf(given.slice(0, 20).map(quoted)) || 'at least one'}`,
      );
    return { input: input.name, single: shape[0] === 1 };
  } catch (error) {
    if (error instanceof RangeError) throw new UserError(`${name}: not an ONNX model: ${error.message}.`);
    throw error;
  }
}
