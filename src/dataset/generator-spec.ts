import { invalid, messageOf, oneOf, UserError } from '../core/errors.js';
import { choice, fields, line, whole } from '../core/sidecar.js';

/** A sidecar: what an ONNX generator takes and gives. */
export interface GeneratorSpec {
  /** Numbers of z, and the input that takes them where the model has several. */
  readonly latent: { readonly size: number; readonly name?: string };
  /** The output that is the picture. */
  readonly image: string;
  /** What black and white are. */
  readonly range: readonly [number, number];
  readonly layout: 'NCHW' | 'NHWC';
  readonly class?: ClassInput;
  /** The input that takes ψ, of a model that truncates itself. */
  readonly psi?: string;
  readonly mapping?: Mapping;
}

/** An input of classes, of which an image has one, each equally likely. */
export interface ClassInput {
  readonly input: string;
  readonly classes: number;
  readonly form: 'one-hot' | 'index';
}

/** z → w, of a generator in two files. */
export interface Mapping {
  /** In the model's folder. */
  readonly file: string;
  readonly output: string;
  /** z that the mean of w is taken over. */
  readonly samples: number;
}

const MOST_LATENT = 65_536;
const MOST_CLASSES = 100_000;
const MOST_SAMPLES = 1_000_000;
const SAMPLES = 10_000;
const RANGES = [
  [-1, 1],
  [0, 1],
  [0, 255],
] as const;

function latent(value: unknown, where: string): GeneratorSpec['latent'] {
  if (typeof value === 'number') return { size: whole(value, where, 1, MOST_LATENT) };
  const given = fields(value, where, ['name', 'size']);
  return {
    size: whole(given.size, `"size" in ${where}`, 1, MOST_LATENT),
    name: line(given.name, `"name" in ${where}`),
  };
}

function range(value: unknown, where: string): readonly [number, number] {
  const found = RANGES.find((one) => JSON.stringify(one) === JSON.stringify(value));
  if (!found) throw invalid(where, value, oneOf(RANGES.map((one) => JSON.stringify(one))));
  return found;
}

function classInput(value: unknown, where: string): ClassInput {
  const given = fields(value, where, ['input', 'classes', 'form']);
  return {
    input: line(given.input, `"input" in ${where}`),
    classes: whole(given.classes, `"classes" in ${where}`, 1, MOST_CLASSES),
    form: choice(given.form, `"form" in ${where}`, ['one-hot', 'index']),
  };
}

function mapping(value: unknown, where: string): Mapping {
  const given = fields(value, where, ['file', 'output'], ['samples']);
  return {
    file: line(given.file, `"file" in ${where}`),
    output: line(given.output, `"output" in ${where}`),
    samples: given.samples === undefined ? SAMPLES : whole(given.samples, `"samples" in ${where}`, 1, MOST_SAMPLES),
  };
}

/**
 * A sidecar's content, checked: nothing is guessed and no unknown key is passed over.
 *
 * @param where how messages call the file
 * @throws UserError naming the key
 */
export function generatorSpec(bytes: Uint8Array, where: string): GeneratorSpec {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (error) {
    throw new UserError(`${where}: no JSON: ${messageOf(error)}.`);
  }
  const optional = ['layout', 'class', 'psi', 'mapping', 'distribution'];
  const given = fields(value, where, ['latent', 'image', 'range'], optional);
  const at = (key: string) => `"${key}" in ${where}`;
  if (given.distribution !== undefined) choice(given.distribution, at('distribution'), ['normal']);
  if (given.psi !== undefined && given.mapping !== undefined)
    throw invalid(at('psi'), given.psi, 'nothing beside "mapping"', 'Truncation is done by one of them.');
  return {
    latent: latent(given.latent, at('latent')),
    image: line(given.image, at('image')),
    range: range(given.range, at('range')),
    layout: given.layout === undefined ? 'NCHW' : choice(given.layout, at('layout'), ['NCHW', 'NHWC']),
    ...(given.class !== undefined && { class: classInput(given.class, at('class')) }),
    ...(given.psi !== undefined && { psi: line(given.psi, at('psi')) }),
    ...(given.mapping !== undefined && { mapping: mapping(given.mapping, at('mapping')) }),
  };
}
