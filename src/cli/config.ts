import { parse } from 'yaml';
import { invalid, messageOf, oneOf, UserError } from '../core/errors.js';
import { readRegularFile } from '../core/regular-file.js';
import type { Values } from './values.js';

/** No file of flags comes near; of more, finding repeated keys would take the parser minutes. */
const MOST_BYTES = 2 ** 16;

/**
 * A YAML file of a command's flags, without their dashes. `dataset` may be a map of NAME: SPEC, whose names are as on
 * the command line: not blank, at most 80 characters, no `=` and no `/`. Unknown keys are refused.
 *
 * @param known the flags that may stand in it
 */
export function readConfig(file: string, known: readonly string[]): Values {
  const text = readRegularFile(file, { most: MOST_BYTES, name: `Config "${file}"` }).toString();
  let value: unknown;
  try {
    // Aliases are bounded, so a small file cannot unfold into a huge one.
    value = parse(text, { maxAliasCount: 50 });
  } catch (error) {
    throw new UserError(`Config "${file}": ${messageOf(error)}`);
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw invalid(`config "${file}"`, value, 'a map of flags to values');
  for (const key of Object.keys(value)) {
    if (!known.includes(key)) throw invalid(`key in config "${file}"`, key, oneOf(known));
  }
  const config = value as Record<string, unknown>;
  const { dataset } = config;
  if (typeof dataset !== 'object' || dataset === null || Array.isArray(dataset)) return config;
  const named = Object.entries(dataset).map(([name, spec]: [string, unknown]) => {
    // Given back as NAME=SPEC: another name would be split elsewhere.
    if (!/^[^=/]{1,80}$/u.test(name) || !name.trim())
      throw invalid(`data set's name in config "${file}"`, name, '1 to 80 characters without "=" and "/"');
    if (typeof spec === 'string' || typeof spec === 'number') return `${name}=${spec}`;
    throw invalid(`data set "${name}" in config "${file}"`, spec, 'its SPEC, a text');
  });
  return { ...config, dataset: named };
}

/** Flags over the file: what was given on the command line wins. */
export function withConfig(flags: Values, known: readonly string[]): Values {
  const { config } = flags;
  if (config === undefined) return flags;
  if (typeof config !== 'string') throw invalid('--config', config, 'one YAML file');
  const given = Object.fromEntries(Object.entries(flags).filter(([, value]) => value !== undefined));
  return { ...readConfig(config, known), ...given };
}
