import { basename } from 'node:path';
import { UserError } from '../core/errors.js';
import { extractors } from '../extract/registry.js';
import type { Extractor } from '../extract/session.js';
import { frechetDistance } from '../metrics/frechet.js';
import { checkComparable, sameSize, unchecked } from '../reference.js';
import { formatFid } from '../report/table.js';
import { plain } from '../report/terminal.js';
import { gaussianOf } from '../score.js';
import type { Gaussian } from '../statistics/gaussian.js';
import { decodeStatistics, type Provenance, type Statistics } from '../statistics/npz.js';
import { isStatistics, openExtractor, readBytes, referencePath } from './open.js';
import { measureSource } from './stats.js';
import { flag, text, type Values } from './values.js';

interface Side {
  readonly name: string;
  readonly dims: number;
  readonly gaussian: Gaussian;
  readonly provenance?: Provenance;
  /** Of a file; what was measured here is comparable by itself. */
  readonly statistics?: Statistics;
}

function readSide(path: string): Side {
  const name = basename(path);
  const statistics = decodeStatistics(readBytes(path), name);
  const { provenance, mean } = statistics;
  return { name, dims: mean.length, gaussian: gaussianOf(statistics), statistics, ...(provenance && { provenance }) };
}

async function measureSide(source: string, values: Values, extractor: Extractor): Promise<Side> {
  const { accumulator, provenance } = await measureSource(source, values, extractor);
  return { name: provenance.source, dims: accumulator.dims, gaussian: accumulator.gaussian(), provenance };
}

/** Refuses two sides by different extractors; returns what a reader of their distance must know. */
function compare(a: Side, b: Side): string[] {
  const out: string[] = [];
  for (const [side, other] of [
    [a, b],
    [b, a],
  ] as const) {
    const { name, dims, statistics, provenance } = side;
    if (dims !== other.dims)
      throw new UserError(`${name}: features of ${dims} dimensions, those of ${other.name} have ${other.dims}.`);
    if (statistics && other.provenance) out.push(...checkComparable(name, statistics, other.provenance.extractor));
    else if (statistics && !provenance) out.push(unchecked(name));
    if (provenance && provenance.count < 2 * dims) {
      out.push(
        `${name}: ${provenance.count} images are few for features of ${dims} dimensions; FID is biased upwards.`,
      );
    }
    if (provenance?.note) out.push(`${name}: ${provenance.note}`);
  }
  if (a.provenance && b.provenance && !sameSize(a.provenance.fit, b.provenance.fit)) {
    out.push(`${a.name} is at "${a.provenance.fit}", ${b.name} at "${b.provenance.fit}".`);
  }
  return [...new Set(out)];
}

export async function runFid(values: Values): Promise<void> {
  const paths = [text(values, 'a')!, text(values, 'b')!].map(referencePath);
  // Two files need no network, and may come from one that is not here.
  const extractor = paths.every(isStatistics) ? undefined : await openExtractor(values);
  try {
    const sides: Side[] = [];
    for (const path of paths)
      sides.push(isStatistics(path) ? readSide(path) : await measureSide(path, values, extractor!));
    const [a, b] = sides as [Side, Side];
    const warnings = compare(a, b);
    const fid = frechetDistance(a.gaussian, b.gaussian);
    const identity = extractor?.identity ?? a.provenance?.extractor ?? b.provenance?.extractor;
    const known = extractors().find(({ sha256 }) => sha256 === identity?.sha256);
    const comparable =
      known?.comparable ??
      'comparable with numbers of the same extractor and preprocessing, which these files do not name';
    for (const warning of warnings) process.stderr.write(`Note: ${plain(warning)}\n`);
    if (flag(values, 'json')) {
      const shown = ({ name, provenance }: Side) => ({ name, ...provenance });
      const result = { fid, a: shown(a), b: shown(b), extractor: identity ?? null, comparable, warnings };
      process.stdout.write(`${JSON.stringify(result, null, 2)}\n`);
    } else {
      const by = identity ? `${identity.id}: ` : '';
      process.stdout.write(
        `FID ${formatFid(fid.value)}   ${plain(a.name)} against ${plain(b.name)}\n${plain(by)}${comparable}.\n`,
      );
    }
  } finally {
    await extractor?.dispose();
  }
}
