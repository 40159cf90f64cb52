import type { Dataset } from './dataset/dataset.js';
import { parseSetting, settingKey } from './mix/setting.js';
import type { Cache } from './store/cache.js';
import type { SetAside } from './store/record.js';
import type { Run } from './store/run.js';

/** A data set of a run as it is swept. */
export interface Column {
  readonly index: number;
  readonly dataset: Dataset;
  readonly unusable: Set<string>;
}

/** A run, and the cache that it shares with others, with what of its options a cached cell hangs on. */
export interface CacheUse {
  readonly run: Run;
  readonly options: {
    readonly cache?: Cache | undefined;
    readonly skipCorrupt?: boolean;
    readonly programTimeout?: number;
    readonly onSetAside?: (record: SetAside) => void;
  };
}

/** The cache, where a data set can be told from any other: not a folder too large to be read for that. */
function cacheOf({ options }: CacheUse, { dataset }: Column): Cache | undefined {
  const { kind, images, read } = dataset.identity;
  return kind === 'folder' && read !== images ? undefined : options.cache;
}

/** Keeps a made block's cells in the cache, each by itself. @param features float32, settings × count × d */
export function putCached(
  use: CacheUse,
  column: Column,
  keys: readonly string[],
  first: number,
  count: number,
  features: Float32Array,
): void {
  const cache = cacheOf(use, column);
  if (!cache) return;
  const { run } = use;
  const size = count * run.record.extractor.dims;
  const unusable = run.setAside.filter((record) => record.dataset === column.dataset.name);
  for (const [i, key] of keys.entries()) {
    const own = features.slice(i * size, (i + 1) * size);
    cache.put(cellIdentity(use, column.index, key, first, count), own, unusable);
  }
}

/** Takes settings' parts of a block from the cache, as one; the settings that were there. */
export function takeCached(
  use: CacheUse,
  column: Column,
  keys: readonly string[],
  first: number,
  count: number,
): ReadonlySet<string> {
  const cache = cacheOf(use, column);
  if (!cache) return new Set();
  const { run, options } = use;
  const { dims } = run.record.extractor;
  const found: { key: string; features: Float32Array }[] = [];
  const setAside = new Map<string, SetAside>();
  for (const key of keys) {
    const cell = cache.get(cellIdentity(use, column.index, key, first, count), count * dims);
    // It was made without the programs that its own run had set aside: others may have been used in it.
    const known = new Set(cell?.setAside.map(({ id }) => id));
    if (!cell || [...column.unusable].some((id) => !known.has(id))) continue;
    found.push({ key, features: cell.features });
    for (const record of cell.setAside) setAside.set(record.id, { ...record, dataset: column.dataset.name });
  }
  if (!found.length) return new Set();
  const features = new Float32Array(found.length * count * dims);
  for (const [i, one] of found.entries()) features.set(one.features, i * count * dims);
  const fresh = [...setAside.values()].filter(({ id }) => !column.unusable.has(id));
  const settings = found.map(({ key }) => key);
  run.writeBlock(column.index, first / run.record.block, count, settings, features, fresh);
  for (const record of fresh) {
    column.unusable.add(record.id);
    options.onSetAside?.(record);
  }
  return new Set(settings);
}

/** All that decides the features of a setting's part of a block. */
function cellIdentity(
  { run: { record }, options }: CacheUse,
  dataset: number,
  key: string,
  first: number,
  count: number,
) {
  const { recipeVersion, extractor, seed, device, versions, datasets } = record;
  const setting = parseSetting(key);
  const resolution = setting.resolution ?? record.resolution;
  const { identity, fit } = datasets[dataset]!;
  return {
    dataset: identity,
    // The resolution of a setting of its own stands in the setting.
    fit,
    recipeVersion,
    setting: settingKey(setting),
    resolution,
    extractor,
    seed,
    first,
    count,
    device,
    versions,
    skipCorrupt: options.skipCorrupt ?? false,
    programTimeout: options.programTimeout ?? 0,
  };
}
