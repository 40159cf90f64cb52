import type { CellTiming, RunRecord, SetAside, Timing } from './record.js';

/** Where a setting's features of a block lie: a slice of a shard. */
export interface SliceRow {
  /** Place in the record's data sets. */
  readonly dataset: number;
  /** Setting key. */
  readonly setting: string;
  readonly block: number;
  readonly outputs: number;
  /** From the run's folder. */
  readonly file: string;
  /** Where the slice begins in the file, in bytes. */
  readonly start: number;
  readonly sha256: string;
}

/** The moments that stand for a cell's first blocks. */
export interface MomentsRow {
  readonly dataset: number;
  readonly setting: string;
  readonly blocks: number;
  readonly images: number;
  readonly file: string;
  readonly sha256: string;
}

/** A program or file that was set aside, and while making what: the block, the part of it and the place in that. */
export interface SetAsideRow {
  readonly dataset: number;
  readonly block: number;
  readonly part: number;
  readonly position: number;
  readonly entry: SetAside;
}

export type Totals = Omit<Timing, 'cells'>;

/** What is put down at once, or not at all. */
export interface Change {
  readonly record?: RunRecord;
  readonly slices?: readonly SliceRow[];
  readonly forgetSlices?: readonly SliceRow[];
  readonly moments?: readonly MomentsRow[];
  readonly forgetMoments?: readonly MomentsRow[];
  readonly setAside?: readonly SetAsideRow[];
  readonly totals?: Totals;
  readonly timing?: readonly CellTiming[];
  /** Key → JSON; undefined takes it away. */
  readonly results?: ReadonlyMap<string, string | undefined>;
}

const cellKey = ({ dataset, setting }: { readonly dataset: number; readonly setting: string }) =>
  `${dataset} ${setting}`;

const partKey = (dataset: number, block: number) => `${dataset} ${block}`;

/** `features/0/block-00007.npy` is part 0 of its block, `block-00007-2.npy` part 2. */
const SHARD = /^features\/(\d+)\/block-(\d{5,})(?:-(\d+))?\.npy$/;

export function shardFile(dataset: number, block: number, part: number): string {
  return `features/${dataset}/block-${String(block).padStart(5, '0')}${part ? `-${part}` : ''}.npy`;
}

/** Data set, block and part of a shard's name; undefined for any other. */
export function shardPlace(file: string): { dataset: number; block: number; part: number } | undefined {
  const [, dataset, block, part] = SHARD.exec(file) ?? [];
  const place = { dataset: Number(dataset), block: Number(block), part: Number(part ?? 0) };
  return shardFile(place.dataset, place.block, place.part) === file ? place : undefined;
}

const MOMENTS = /^moments\/\d+\/[0-9a-f]{16}-\d{5,}(-\d+)?\.npz$/;

/** Whether this is a name that a run gives its files of moments. */
export const isMomentsFile = (file: string): boolean => MOMENTS.test(file);

/** What a run folder holds, as its database says: held in memory, and changed as the database is. */
export class Contents {
  record: RunRecord | undefined;
  totals: Totals | undefined;
  readonly #slices = new Map<string, Map<number, SliceRow>>();
  readonly #moments = new Map<string, MomentsRow>();
  readonly #setAside = new Map<string, SetAsideRow>();
  readonly #timing = new Map<string, CellTiming>();
  readonly #results = new Map<string, string>();
  /** How many rows stand for each file. */
  readonly #uses = new Map<string, number>();
  /** The highest part there has been of each block. */
  readonly #parts = new Map<string, number>();

  slice(dataset: number, setting: string, block: number): SliceRow | undefined {
    return this.#slices.get(cellKey({ dataset, setting }))?.get(block);
  }

  moments(dataset: number, setting: string): MomentsRow | undefined {
    return this.#moments.get(cellKey({ dataset, setting }));
  }

  result(key: string): string | undefined {
    return this.#results.get(key);
  }

  cellTiming(dataset: number, setting: string): CellTiming | undefined {
    return this.#timing.get(cellKey({ dataset, setting }));
  }

  get slices(): SliceRow[] {
    return [...this.#slices.values()].flatMap((blocks) => [...blocks.values()]);
  }

  slicesOf(dataset: number, setting: string): SliceRow[] {
    return [...(this.#slices.get(cellKey({ dataset, setting }))?.values() ?? [])];
  }

  get allMoments(): MomentsRow[] {
    return [...this.#moments.values()];
  }

  get timing(): CellTiming[] {
    return [...this.#timing.values()];
  }

  get results(): ReadonlyMap<string, string> {
    return this.#results;
  }

  /** In the order of data set, block, part and place. */
  get setAside(): SetAsideRow[] {
    return [...this.#setAside.values()].sort(
      (a, b) => a.dataset - b.dataset || a.block - b.block || a.part - b.part || a.position - b.position,
    );
  }

  uses(file: string): boolean {
    return this.#uses.has(file);
  }

  /** The part that a block's next shard is: higher than any before it, so that of two that hold the same the later counts. */
  nextPart(dataset: number, block: number): number {
    return (this.#parts.get(partKey(dataset, block)) ?? -1) + 1;
  }

  /** Makes a change, and gives the files that nothing stands for any more. */
  apply(change: Change): string[] {
    const freed = new Set<string>();
    const release = (row: { readonly file: string } | undefined) => {
      if (!row) return;
      const uses = this.#uses.get(row.file)! - 1;
      if (uses) this.#uses.set(row.file, uses);
      else {
        this.#uses.delete(row.file);
        freed.add(row.file);
      }
    };
    if (change.record) this.record = change.record;
    if (change.totals) this.totals = change.totals;
    for (const row of change.forgetSlices ?? []) {
      const blocks = this.#slices.get(cellKey(row));
      release(blocks?.get(row.block));
      blocks?.delete(row.block);
    }
    for (const row of change.forgetMoments ?? []) {
      release(this.#moments.get(cellKey(row)));
      this.#moments.delete(cellKey(row));
    }
    for (const row of change.slices ?? []) {
      const blocks = this.#slices.get(cellKey(row)) ?? new Map<number, SliceRow>();
      this.#slices.set(cellKey(row), blocks);
      this.#hold(row.file);
      release(blocks.get(row.block));
      blocks.set(row.block, row);
    }
    for (const row of change.moments ?? []) {
      this.#hold(row.file);
      release(this.#moments.get(cellKey(row)));
      this.#moments.set(cellKey(row), row);
    }
    for (const row of change.setAside ?? []) {
      this.#setAside.set([row.dataset, row.block, row.part, row.position].join(), row);
      this.#seen(row);
    }
    for (const cell of change.timing ?? []) this.#timing.set(cellKey(cell), cell);
    for (const [key, json] of change.results ?? []) {
      if (json === undefined) this.#results.delete(key);
      else this.#results.set(key, json);
    }
    return [...freed].filter((file) => !this.uses(file));
  }

  #hold(file: string): void {
    this.#uses.set(file, (this.#uses.get(file) ?? 0) + 1);
    const place = shardPlace(file);
    if (place) this.#seen(place);
  }

  #seen({ dataset, block, part }: { readonly dataset: number; readonly block: number; readonly part: number }): void {
    const key = partKey(dataset, block);
    this.#parts.set(key, Math.max(part, this.#parts.get(key) ?? 0));
  }
}
