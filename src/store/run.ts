import { closeSync, existsSync, openSync, readdirSync, readFileSync, readSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { messageOf, UserError } from '../core/errors.js';
import { fileError, makeFolder, writeAtomically } from '../core/files.js';
import { encodeNpy } from '../core/npy.js';
import type { ExtractorIdentity } from '../extract/session.js';

const SCHEMA = 1;

export interface DatasetRecord {
  readonly name: string;
  readonly spec: string;
  readonly identity: Readonly<Record<string, string | number | boolean>>;
  readonly fit: string;
}

/** A program or file that was left out, and why. */
export interface SetAside {
  readonly dataset: string;
  readonly id: string;
  readonly why: string;
}

export interface ReferenceRecord {
  readonly source: string;
  /** Images it was made of; absent when its file does not say. */
  readonly count?: number;
  readonly fit?: string;
  /** SHA-256 of its `.npz` bytes. */
  readonly sha256: string;
  /** What could not be checked, or differs without forbidding the comparison. */
  readonly warnings: readonly string[];
  /** What its maker wants said wherever it is used. */
  readonly note?: string;
}

/** Everything that decides the numbers of a run, and what made them. */
export interface RunRecord {
  readonly schema: typeof SCHEMA;
  readonly tool: string;
  readonly started: string;
  readonly datasets: readonly DatasetRecord[];
  /** Setting keys, in the table's order. */
  readonly settings: readonly string[];
  /** Images a setting, asked for. */
  readonly images: number;
  readonly resolution: number;
  readonly seed: number;
  readonly recipeVersion: number;
  readonly extractor: ExtractorIdentity;
  /** What the extractor's numbers may be compared with. */
  readonly comparable: string;
  readonly reference: ReferenceRecord;
  /** Outputs a block; it changes no recipe and no pixel. */
  readonly block: number;
  /** Of what made the numbers: Node and the packages that render, decode and infer. */
  readonly versions: Readonly<Record<string, string>>;
  readonly device: { readonly backend: string; readonly renderer: string; readonly version: string };
  readonly setAside: readonly SetAside[];
  /** Filled in when the run ends. */
  readonly seconds?: number;
  readonly baseRenders?: number;
}

export interface Cell {
  readonly dataset: string;
  /** Setting key. */
  readonly setting: string;
  readonly images: number;
  readonly fid: number;
  readonly meanTerm: number;
  readonly covarianceTerm: number;
}

/**
 * A run's folder: `run.json` (what made it), `reference.npz`, `features/<data set>/block-NNNNN.npy` (float32, settings ×
 * outputs × d) and `scores.json`. Every file is written whole or not at all, so a crash loses at most a block.
 */
export class Run {
  readonly folder: string;
  #record: RunRecord;

  private constructor(folder: string, record: RunRecord) {
    this.folder = folder;
    this.#record = record;
  }

  /** Starts a run in a folder that is new, empty or holds no finished block; throws a UserError for any other. */
  static create(
    folder: string,
    record: Omit<RunRecord, 'schema'>,
    reference: Uint8Array,
    { overwrite = false } = {},
  ): Run {
    Run.check(folder, { overwrite });
    const run = new Run(folder, { schema: SCHEMA, ...record });
    try {
      for (const name of ['reference.npz', 'scores.json', 'features', 'report.md', 'report.json'])
        rmSync(join(folder, name), { recursive: true, force: true });
      makeFolder(folder);
      // First of all, so that what a crash leaves here is known to be ours.
      writeAtomically(join(folder, 'run.json'), json(run.#record));
      for (const index of record.datasets.keys()) makeFolder(run.#shards(index));
    } catch (error) {
      throw fileError(error, folder);
    }
    writeAtomically(join(folder, 'reference.npz'), reference);
    return run;
  }

  /** Whether a run may be started in this folder; throws a UserError that says why not. */
  static check(folder: string, { overwrite = false } = {}): void {
    let entries: string[] = [];
    try {
      if (existsSync(folder)) entries = readdirSync(folder);
    } catch (error) {
      throw new UserError(`Output folder "${folder}": ${messageOf(error)}.`);
    }
    if (!entries.length) return;
    if (!entries.includes('run.json'))
      throw new UserError(`Output folder "${folder}" is not empty and holds no run; choose another --out.`);
    // Somebody else's run.json is not to be replaced either.
    Run.open(folder);
    // A sweep that ended before its first block left nothing worth keeping.
    const features = join(folder, 'features');
    const kept =
      existsSync(features) && readdirSync(features, { recursive: true }).some((name) => /\.npy$/.test(String(name)));
    if (kept && !overwrite)
      throw new UserError(
        `Output folder "${folder}" holds a run already; choose another --out, or replace it with --overwrite.`,
      );
  }

  static open(folder: string): Run {
    const path = join(folder, 'run.json');
    let record: RunRecord | null;
    try {
      record = JSON.parse(readFileSync(path, 'utf8')) as RunRecord | null;
    } catch (error) {
      throw new UserError(
        `"${folder}" is no run folder: ${path}: ${messageOf(error)}. Expected what "fidsweep sweep --out" wrote.`,
      );
    }
    if (record?.schema !== SCHEMA)
      throw new UserError(`${path}: schema ${record?.schema}, this fidsweep reads ${SCHEMA}.`);
    return new Run(folder, record);
  }

  get record(): RunRecord {
    return this.#record;
  }

  update(change: Partial<Pick<RunRecord, 'device' | 'setAside' | 'seconds' | 'baseRenders'>>): void {
    this.#record = { ...this.#record, ...change };
    writeAtomically(join(this.folder, 'run.json'), json(this.#record));
  }

  /** Keeps a block's features: float32, settings × outputs × d. */
  writeBlock(dataset: number, block: number, outputs: number, features: Float32Array): void {
    const { settings, extractor } = this.#record;
    writeAtomically(this.#shard(dataset, block), encodeNpy(features, [settings.length, outputs, extractor.dims]));
  }

  /** Outputs that every setting of every data set has: whole blocks, contiguous from the first. */
  images(): number {
    const { block, images, datasets } = this.#record;
    let blocks = 0;
    while (datasets.every((_, dataset) => existsSync(this.#shard(dataset, blocks)))) blocks++;
    return Math.min(blocks * block, images);
  }

  /** Features of one setting block by block (float32, outputs × d), as many outputs as every data set has. */
  *features(dataset: number, setting: number): Generator<Float32Array> {
    const { block, extractor } = this.#record;
    const total = this.images();
    for (let first = 0; first < total; first += block) {
      const outputs = Math.min(block, total - first);
      yield readSlice(this.#shard(dataset, first / block), outputs * extractor.dims, setting);
    }
  }

  reference(): Uint8Array {
    const path = join(this.folder, 'reference.npz');
    try {
      return readFileSync(path);
    } catch (error) {
      throw new UserError(`${path}: ${messageOf(error)}. The run folder is damaged.`);
    }
  }

  /** The scores last written, when they are those of all cells and of all the images kept by now. */
  readScores(): Cell[] | undefined {
    const path = join(this.folder, 'scores.json');
    if (!existsSync(path)) return undefined;
    try {
      const { cells } = JSON.parse(readFileSync(path, 'utf8')) as { cells: Cell[] };
      const { datasets, settings } = this.#record;
      const kept = this.images();
      const complete = cells.length === datasets.length * settings.length;
      return complete && cells.every(({ images }) => images === kept) ? cells : undefined;
    } catch (error) {
      throw new UserError(`${path}: ${messageOf(error)}. Remove the file, and the scores are computed again.`);
    }
  }

  writeScores(cells: readonly Cell[]): void {
    writeAtomically(join(this.folder, 'scores.json'), json({ schema: SCHEMA, cells }));
  }

  #shards(dataset: number): string {
    return join(this.folder, 'features', String(dataset));
  }

  #shard(dataset: number, block: number): string {
    return join(this.#shards(dataset), `block-${String(block).padStart(5, '0')}.npy`);
  }
}

const json = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;

/** Slice `index` (of `values` numbers) along the first axis of a shard, read alone. */
function readSlice(path: string, values: number, index: number): Float32Array {
  const out = new Float32Array(values);
  const file = openSync(path, 'r');
  try {
    const head = Buffer.alloc(10);
    readSync(file, head, 0, 10, 0);
    const start = 10 + head.readUInt16LE(8);
    if (head.toString('latin1', 0, 6) !== '\x93NUMPY')
      throw new UserError(`${path}: not a shard of features. The run folder is damaged.`);
    const bytes = Buffer.from(out.buffer);
    const got = readSync(file, bytes, 0, bytes.length, start + index * bytes.length);
    if (got !== bytes.length)
      throw new UserError(
        `${path}: cut off: ${got} bytes of ${bytes.length} for setting ${index}. The run folder is damaged.`,
      );
  } finally {
    closeSync(file);
  }
  return out;
}
