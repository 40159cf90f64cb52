import { basename } from 'node:path';
import type { Extractor } from '../extract/session.js';
import { frechetDistance } from '../metrics/frechet.js';
import { checkComparable } from '../reference.js';
import { formatFid } from '../report/table.js';
import { plain } from '../report/terminal.js';
import { gaussianOf } from '../score.js';
import type { Gaussian } from '../statistics/gaussian.js';
import { decodeStatistics, type Provenance } from '../statistics/npz.js';
import { isStatistics, openExtractor, readBytes, referencePath } from './open.js';
import { measureSource } from './stats.js';
import { flag, text, type Values } from './values.js';

interface Side {
  readonly name: string;
  readonly gaussian: Gaussian;
  readonly provenance?: Provenance;
  readonly warnings: readonly string[];
}

async function openSide(given: string, values: Values, extractor: Extractor): Promise<Side> {
  const path = referencePath(given);
  if (!isStatistics(path)) {
    const { accumulator, provenance } = await measureSource(path, values, extractor);
    return { name: provenance.source, gaussian: accumulator.gaussian(), provenance, warnings: [] };
  }
  const name = basename(path);
  const statistics = decodeStatistics(readBytes(path), name);
  const { provenance } = statistics;
  const warnings = checkComparable(name, statistics, extractor.identity);
  return { name, gaussian: gaussianOf(statistics), warnings, ...(provenance && { provenance }) };
}

/** Images the two sides had, and what a reader of the number must know. */
function cautions(a: Side, b: Side, extractor: Extractor): string[] {
  const out = [...a.warnings, ...b.warnings];
  const { dims } = extractor.identity;
  for (const { name, provenance } of [a, b]) {
    if (provenance && provenance.count < 2 * dims) {
      out.push(
        `${name}: ${provenance.count} images are few for features of ${dims} dimensions; FID is biased upwards.`,
      );
    }
    if (provenance?.note) out.push(`${name}: ${provenance.note}`);
  }
  if (a.provenance && b.provenance && a.provenance.fit !== b.provenance.fit) {
    out.push(`${a.name} is at "${a.provenance.fit}", ${b.name} at "${b.provenance.fit}".`);
  }
  return out;
}

export async function runFid(values: Values): Promise<void> {
  const extractor = await openExtractor(values);
  try {
    const a = await openSide(text(values, 'a')!, values, extractor);
    const b = await openSide(text(values, 'b')!, values, extractor);
    const fid = frechetDistance(a.gaussian, b.gaussian);
    const warnings = cautions(a, b, extractor);
    for (const warning of warnings) process.stderr.write(`Note: ${plain(warning)}\n`);
    if (flag(values, 'json')) {
      const side = ({ name, provenance }: Side) => ({ name, ...provenance });
      const { identity, comparable } = extractor;
      process.stdout.write(
        `${JSON.stringify({ fid, a: side(a), b: side(b), extractor: identity, comparable, warnings }, null, 2)}\n`,
      );
    } else {
      process.stdout.write(
        `FID ${formatFid(fid.value)}   ${plain(a.name)} against ${plain(b.name)}\n${extractor.identity.id}: ${extractor.comparable}.\n`,
      );
    }
  } finally {
    await extractor.dispose();
  }
}
