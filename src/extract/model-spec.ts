import { invalid, messageOf, UserError } from '../core/errors.js';
import { choice, fields, line, whole } from '../core/sidecar.js';
import type { ResizeKind } from './preprocessing.js';
import type { OnnxExtractor } from './registry.js';

/** What a sidecar says of a user's own ONNX model. */
export interface ModelSpec extends Pick<OnnxExtractor, 'input' | 'output' | 'pooling'> {
  readonly name?: string;
  readonly description?: string;
  readonly licence: string;
  readonly comparable?: string;
}

const RESIZES: readonly ResizeKind[] = ['bilinear', 'bicubic-antialiased', 'tf1'];
function numbers(value: unknown, where: string, count: number): number[] {
  const good = Array.isArray(value) && value.length === count && value.every((x) => Number.isFinite(x));
  if (!good) throw invalid(where, value, `${count} numbers`);
  return value as number[];
}

function input(value: unknown, where: string): ModelSpec['input'] {
  const given = fields(value, where, ['size', 'layout', 'range', 'resize'], ['mean', 'std', 'fit']);
  const at = (key: string) => `"${key}" in ${where}`;
  const range = numbers(given.range, at('range'), 2) as [number, number];
  if (range[0] === range[1]) throw invalid(at('range'), range, 'two different numbers: what black and white become');
  const three = (key: string) =>
    given[key] === undefined ? undefined : (numbers(given[key], at(key), 3) as [number, number, number]);
  const mean = three('mean');
  const std = three('std');
  if (std?.some((x) => x <= 0)) throw invalid(at('std'), std, '3 numbers above 0');
  return {
    size: whole(given.size, at('size'), 1, 2048),
    layout: choice(given.layout, at('layout'), ['NCHW', 'NHWC']),
    range,
    resize: choice(given.resize, at('resize'), RESIZES),
    ...(given.fit !== undefined && { fit: choice(given.fit, at('fit'), ['stretch', 'cover']) }),
    ...(mean && { mean }),
    ...(std && { std }),
  };
}

/**
 * A sidecar's content, checked: nothing is guessed and no unknown key is passed over.
 *
 * @param where how messages call it
 */
export function modelSpec(value: unknown, where: string): ModelSpec {
  const optional = ['name', 'description', 'comparable'] as const;
  const given = fields(value, where, ['input', 'output', 'pooling', 'licence'], optional);
  const texts = optional.filter((key) => given[key] !== undefined);
  return {
    ...Object.fromEntries(texts.map((key) => [key, line(given[key], `"${key}" in ${where}`)])),
    input: input(given.input, `"input" in ${where}`),
    output: line(given.output, `"output" in ${where}`),
    pooling: choice(given.pooling, `"pooling" in ${where}`, ['none', 'mean', 'first-token']),
    licence: line(given.licence, `"licence" in ${where}`),
  };
}

/** The value of a JSON text; what is no JSON is a user error. */
export function json(bytes: Uint8Array, where: string): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (error) {
    throw new UserError(`${where}: no JSON: ${messageOf(error)}.`);
  }
}
