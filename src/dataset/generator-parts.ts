import { createHash } from 'node:crypto';
import { realpathSync } from 'node:fs';
import { dirname, isAbsolute, join, relative } from 'node:path';
import { invalid, messageOf, UserError } from '../core/errors.js';
import { quoted } from '../core/quoted.js';
import { readRegularFile } from '../core/regular-file.js';
import type { Dataset } from './dataset.js';
import { classValue, type GeneratorModel, openGeneratorModel } from './generator-model.js';
import type { Output } from './generator-picture.js';
import type { GeneratorSpec } from './generator-spec.js';
import { filled, meanDraws, normals, truncated } from './latent.js';
import { sessionOptions } from './session-options.js';

/** Beyond this no generator is read. */
const MOST_MODEL_BYTES = 2 ** 30;

/** A file that a sidecar names: in the model's folder or below it, also once links are followed. */
function insideOf(model: string, file: string, where: string): string {
  const outside = () => invalid(where, file, "a file in the model's folder");
  if (isAbsolute(file)) throw outside();
  const folder = dirname(model);
  let path: string;
  try {
    path = relative(realpathSync(folder), realpathSync(join(folder, file)));
  } catch (error) {
    throw new UserError(`${where}: ${quoted(file)}: ${messageOf(error).split(',')[0]}.`);
  }
  if (path === '' || path.startsWith('..') || isAbsolute(path)) throw outside();
  return join(folder, file);
}

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/** How ψ is applied, for the record. */
function truncationOf({ mapping, psi }: GeneratorSpec): string {
  if (mapping) return `about the mean of w over ${mapping.samples} z`;
  return psi === undefined ? 'z scaled, its mean is 0' : `input ${psi}`;
}

/** The input that takes the latent: the one that is named, or the one that nothing else takes. */
function latentInput(
  { inputs }: GeneratorModel,
  others: ReadonlySet<string>,
  named: string | undefined,
  name: string,
): string {
  const free = inputs.filter((input) => !others.has(input.name)).map((input) => input.name);
  if (named !== undefined && !free.includes(named))
    throw new UserError(
      `${name}: it has no input ${quoted(named)} for the latent, but ${free.slice(0, 5).map(quoted).join(', ') || 'none'}.`,
    );
  if (named === undefined && free.length !== 1)
    throw new UserError(
      `${name}: it has ${free.length || 'no'} inputs that may be the latent (${free.slice(0, 5).map(quoted).join(', ')}), expected 1. Name it in the sidecar: "latent": {"name": …, "size": …}.`,
    );
  return named ?? free[0]!;
}

/** A generator that is open: z → picture. */
export interface Generator {
  readonly identity: Dataset['identity'];
  /** @param uniform the draws of one image: its z, then its class */
  output(uniform: () => number, psi: number): Promise<Output>;
  dispose(): Promise<void>;
}

/** What a data set's spec names. */
export interface Named {
  readonly file: string;
  readonly sidecar: string;
  /** ψ where a setting has none. */
  readonly psi: number;
}

/**
 * Opens a generator's model, and its mapping where the sidecar names one.
 *
 * @throws UserError saying what is wrong
 */
export async function openParts({ file, sidecar, psi: usual }: Named, spec: GeneratorSpec): Promise<Generator> {
  const name = `Generator "${file}"`;
  const { latent, image, mapping, class: classes } = spec;
  const options = sessionOptions();
  const bytes = readRegularFile(file, { most: MOST_MODEL_BYTES, name });
  const mapped = mapping && insideOf(file, mapping.file, `"file" in "mapping" in sidecar "${sidecar}"`);
  const mapName = `Mapping "${mapped}"`;
  const mapBytes =
    mapped === undefined ? undefined : readRegularFile(mapped, { most: MOST_MODEL_BYTES, name: mapName });
  const model = await openGeneratorModel(bytes, name, image, options);
  let map: GeneratorModel | undefined;
  const dispose = async () => {
    await Promise.all([model.release(), map?.release()]);
  };
  try {
    if (mapBytes && mapping) map = await openGeneratorModel(mapBytes, mapName, mapping.output, options);
    const others = new Set([classes?.input, spec.psi].filter((one) => one !== undefined));
    const parts = map ? [map, model] : [model];
    for (const input of others)
      if (!parts.some(({ inputs }) => inputs.some((one) => one.name === input)))
        throw new UserError(`${name}: it has no input ${quoted(input)}, which the sidecar names.`);
    const zInput = latentInput(parts[0]!, others, latent.name, map ? mapName : name);
    const wInput = map && latentInput(model, others, undefined, name);

    /** What is fed beside the latent: the same of both files. */
    const beside = (uniform: () => number, psi: number): [string, Float32Array | number][] => [
      ...(classes ? [[classes.input, classValue(classes, uniform)] as [string, Float32Array | number]] : []),
      ...(spec.psi === undefined ? [] : [[spec.psi, psi] as [string, number]]),
    ];
    const wOf = async (z: Float32Array, others: [string, Float32Array | number][]) =>
      (await map!.run(new Map([...others, [zInput, z]]))).data;
    let mean: Promise<Float32Array> | undefined;
    const meanOf = async (): Promise<Float32Array> => {
      let sum: Float64Array | undefined;
      for (let i = 0; i < mapping!.samples; i++) {
        const uniform = meanDraws(i);
        const z = filled(latent.size, normals(uniform));
        const w = await wOf(z, beside(uniform, 1));
        sum ??= new Float64Array(w.length);
        for (let k = 0; k < w.length; k++) sum[k]! += w[k]!;
      }
      return Float32Array.from(sum!, (value) => value / mapping!.samples);
    };
    return {
      identity: {
        kind: 'generator',
        sha256: sha256(bytes),
        ...(mapBytes && { mappingSha256: sha256(mapBytes) }),
        sidecar: JSON.stringify(spec),
        psi: usual,
        truncation: truncationOf(spec),
      },
      async output(uniform, psi) {
        const z = filled(latent.size, normals(uniform));
        const others = beside(uniform, psi);
        if (!map) {
          const given = spec.psi === undefined ? z.map((value) => psi * value) : z;
          return model.run(new Map([...others, [zInput, given]]));
        }
        let w = await wOf(z, others);
        if (psi !== 1) {
          mean ??= meanOf();
          w = truncated(w, await mean, psi);
        }
        return model.run(new Map([...others, [wInput!, w]]));
      },
      dispose,
    };
  } catch (error) {
    await dispose();
    throw error;
  }
}
