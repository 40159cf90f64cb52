import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '../core/errors.js';
import { fileError, makeFolder } from '../core/files.js';
import { exactJson, sha256 } from './canonical.js';
import { type Change, type MomentsRow, type SetAsideRow, shardFile } from './contents.js';
import { RunDatabase } from './database.js';
import { checkWritable, makeDurableFolder, writeDurably } from './durable.js';
import { refuseLinks } from './links.js';
import { FolderLock } from './lock.js';
import { encodeMoments } from './moments-file.js';
import { setAsideOf, slicesOf } from './rebuild.js';
import { type RunRecord, SCHEMA, type SetAside } from './record.js';
import { faultOfRecord } from './record-fault.js';
import { openDatabase } from './repair.js';
import { databasePath, findRecord, kindOfFolder, removeOrphans, removeOwn, tooOld } from './run-folder.js';
import { type Extension, faultOf, readRunJson, runIdentity, writeRunJson } from './run-json.js';
import { onlyFirst } from './set-aside.js';
import { encodeShard } from './shard.js';
import { REFERENCE_FILE, SELECTION_FILE, StoredRun } from './stored-run.js';
import { added, type TimingDelta } from './timing.js';
import { brokenRows } from './verify.js';

export { openRun } from './open-run.js';
export type { RunReader } from './stored-run.js';

/** Files that a run is started with: statistics of the reference, and of the part that settings are chosen on. */
export interface RunFiles {
  readonly reference: Uint8Array;
  readonly selection?: Uint8Array;
}

/**
 * A run folder, open for writing by this process alone until it is closed: `run.json` (what made it), `reference.npz`,
 * `run.sqlite` (what is kept, set aside, measured), `features/<data set>/block-NNNNN[-part].npy` and
 * `moments/<data set>/…npz`. A file is on the disk before the database says so, so that a crash at any moment loses at
 * most what was being written.
 */
export class Run extends StoredRun {
  readonly #lock: FolderLock;
  readonly #database: RunDatabase;
  readonly #identity: string;

  private constructor(lock: FolderLock, folder: string, database: RunDatabase, record: RunRecord, notes: string[]) {
    super(folder, record, database.contents, notes);
    this.#lock = lock;
    this.#database = database;
    this.#identity = runIdentity(record);
  }

  /**
   * `new`: missing, empty, or a run folder without any block, which may be replaced; with `overwrite` any folder that
   * `create` would take. `run`: holds a run that can be opened. Throws a UserError for anything else, for a folder that
   * cannot be written or made, and while another process works in it. Leaves nothing behind.
   */
  static check(folder: string, { overwrite = false } = {}): 'new' | 'run' {
    const kind = kindOfFolder(folder);
    if (kind === 'old' && !overwrite) throw tooOld(folder);
    refuseLinks(folder);
    FolderLock.check(folder);
    checkWritable(folder);
    return kind === 'run' && !overwrite ? 'run' : 'new';
  }

  /**
   * Starts a run in a folder that is `new`, or with `overwrite` in place of a run, old or not: what fidsweep wrote there
   * is removed, nothing else. Throws a UserError for other folders, and while another process works in it.
   */
  static create(folder: string, record: Omit<RunRecord, 'schema'>, files: RunFiles, { overwrite = false } = {}): Run {
    const { reference, selection } = files;
    const whole: RunRecord = { schema: SCHEMA, ...record };
    checkRecord(whole);
    checkStatistics(whole, files);
    checkFree(folder, overwrite);
    try {
      makeFolder(folder);
    } catch (error) {
      throw fileError(error, folder);
    }
    const lock = FolderLock.take(folder);
    try {
      // Again: another process may have been at work until now.
      checkFree(folder, overwrite);
      removeOwn(folder);
      writeRunJson(folder, whole);
      writeDurably(join(folder, REFERENCE_FILE), reference);
      if (selection) writeDurably(join(folder, SELECTION_FILE), selection);
      const totals = { started: new Date().toISOString(), seconds: 0, baseRenders: 0, images: 0, inferenceMs: 0 };
      const database = RunDatabase.create(databasePath(folder), { record: whole, totals });
      return new Run(lock, folder, database, whole, []);
    } catch (error) {
      lock.release();
      throw error;
    }
  }

  /**
   * Opens a run to go on with it. A damaged or missing database is moved aside and made again from `run.json` and the
   * files, a damaged `run.json` from its copy in the database; `notes` says so. Throws a UserError for what is no run of
   * this version's, and while another process works in it.
   */
  static open(folder: string): Run {
    const before = readRunJson(folder);
    if (before.kind === 'old') throw tooOld(folder);
    findRecord(folder, before);
    refuseLinks(folder);
    const lock = FolderLock.take(folder);
    try {
      const found = readRunJson(folder);
      const record = findRecord(folder, found);
      const notes: string[] = [];
      if (found.kind !== 'record') {
        writeRunJson(folder, record);
        notes.push(`${faultOf(found)}: it was written again from its copy in run.sqlite.`);
      }
      const database = openDatabase(folder, record, notes);
      return new Run(lock, folder, database, record, notes);
    } catch (error) {
      lock.release();
      throw error;
    }
  }

  /** Changes what of the record may change. */
  extend(change: Extension): void {
    const record: RunRecord = { ...this.record, ...change };
    checkRecord(record);
    writeRunJson(this.folder, record);
    this.record = record;
    this.#database.write({ record });
  }

  /** Keeps features of a block (float32, settings × outputs × d) and what was set aside while they were made. */
  writeBlock(
    dataset: number,
    block: number,
    outputs: number,
    settings: readonly string[],
    features: Float32Array,
    setAside: readonly SetAside[],
  ): void {
    const { dims } = this.record.extractor;
    if (features.length !== settings.length * outputs * dims || !features.length)
      throw new Error(`${features.length} values for ${settings.length} × ${outputs} × ${dims}`);
    if (outputs > this.record.block || new Set(settings).size !== settings.length)
      throw new Error(`block ${block}: ${outputs} outputs of ${settings.join(', ')}`);
    const part = this.contents.nextPart(dataset, block);
    const file = shardFile(dataset, block, part);
    const known = this.#known(dataset);
    const about = { run: this.#identity, dataset, block, outputs, dims, settings, setAside, known };
    const { bytes, shard } = encodeShard(about, features);
    this.#put(file, bytes, { slices: slicesOf(file, shard), setAside: setAsideOf(part, shard) });
  }

  /**
   * Keeps moments of a cell in place of the features of its first blocks, all of which must be there.
   *
   * @param bytes of a statistics file, or of any other kind: they are given back as they are
   */
  replaceByMoments(dataset: number, setting: string, blocks: number, bytes: Uint8Array): void {
    for (let block = 0; block < blocks; block++) {
      if (!this.has(dataset, setting, block)) throw new Error(`no block ${block} of ${setting}, of ${blocks}`);
    }
    const images = Math.min(blocks * this.record.block, this.record.images);
    const about = { run: this.#identity, dataset, setting, blocks, images, setAside: this.#known(dataset) };
    const { bytes: sealed, trailer } = encodeMoments(about, bytes);
    const name = `moments/${dataset}/${sha256(setting).slice(0, 16)}-${String(blocks).padStart(5, '0')}`;
    let file = `${name}.npz`;
    // Never over a file that counts: the database still says what is in it.
    for (let i = 1; this.contents.uses(file); i++) file = `${name}-${i}.npz`;
    const moments: MomentsRow = { dataset, setting, blocks, images, file, sha256: trailer.sha256 };
    const forgetSlices = this.contents.slicesOf(dataset, setting).filter(({ block }) => block < blocks);
    this.#put(file, sealed, { moments: [moments], forgetSlices });
  }

  /**
   * Reads and hashes every file: what is broken or missing is forgotten, so that it is made again, and files and halves of
   * files that nothing stands for are removed. Gives the number of slices (and moments) that were forgotten. Others have
   * their turn between files; an abort forgets nothing and throws the signal's reason.
   */
  async verify(onProgress: (done: number, total: number) => void = () => {}, signal?: AbortSignal): Promise<number> {
    const { folder, record, contents } = this;
    const { forgetSlices, forgetMoments } = await brokenRows(folder, record, contents, onProgress, signal);
    if (forgetSlices.length || forgetMoments.length) this.#database.write({ forgetSlices, forgetMoments });
    refuseLinks(folder);
    removeOrphans(folder, (file) => this.contents.uses(file));
    return forgetSlices.length + forgetMoments.length;
  }

  /** Adds to the times measured so far: seconds, milliseconds and what they were measured on are summed, cell by cell. */
  addTiming(delta: TimingDelta): void {
    this.#database.write(added(this.contents, delta));
  }

  /** Keeps a value, its keys in their order, under a key that says all it was computed from; undefined takes it away. */
  writeResult(key: string, value: unknown): void {
    this.#database.write({ results: new Map([[key, value === undefined ? undefined : exactJson(value)]]) });
  }

  /** Ends the work in the folder. Everything was on the disk before. */
  override close(): void {
    super.close();
    this.#database.close();
    this.#lock.release();
  }

  /** What was set aside in a data set so far: every file says so, as any may be the last that is left. */
  #known(dataset: number): SetAsideRow[] {
    const rows = this.contents.setAside.filter((row) => row.dataset === dataset);
    return onlyFirst(rows, ({ entry }) => entry);
  }

  /** Writes a file through to the disk, then says so in the database, and removes what that made superfluous. */
  #put(file: string, bytes: Uint8Array, change: Change): void {
    const path = join(this.folder, file);
    const [kind, dataset] = file.split('/');
    makeDurableFolder(this.folder, kind!, dataset!);
    writeDurably(path, bytes);
    let freed: readonly string[];
    try {
      freed = this.#database.write(change);
    } catch (error) {
      // Nothing stands for it, and the disk may be full.
      remove(path);
      throw error;
    }
    for (const name of freed) remove(join(this.folder, name));
  }
}

/** Removes a file that nothing stands for; where that fails, `verify` does it another time. */
function remove(path: string): void {
  try {
    rmSync(path, { force: true });
  } catch {
    // It costs room, and is never read.
  }
}

function checkRecord(record: RunRecord): void {
  const fault = faultOfRecord(record);
  if (fault !== undefined) throw new Error(`record of a run: ${fault}`);
}

function checkHash(bytes: Uint8Array, hash: string | undefined): void {
  if (sha256(bytes) !== hash) throw new Error(`statistics that are not those of the record (${hash})`);
}

function checkStatistics(record: RunRecord, { reference, selection }: RunFiles): void {
  checkHash(reference, record.reference.sha256);
  if (selection) checkHash(selection, record.selection?.sha256);
  else if (record.selection) throw new Error('a selection without its statistics');
}

function checkFree(folder: string, overwrite: boolean): void {
  refuseLinks(folder);
  if (kindOfFolder(folder) !== 'new' && !overwrite)
    throw new UserError(
      `Output folder "${folder}" holds a run already; choose another --out, or replace it with --overwrite.`,
    );
}
