import { ENCODINGS } from './encode-picture.js';
import { shardName } from './training-layout.js';
import { FORMATS, type TrainingRecord } from './training-record.js';

type Test = (value: unknown) => boolean;
type Fields = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isText: Test = (value) => typeof value === 'string';
const isScalar: Test = (value) => ['string', 'number', 'boolean'].includes(typeof value);
const whole =
  (least: number, most: number = Number.MAX_SAFE_INTEGER): Test =>
  (value) =>
    Number.isSafeInteger(value) && (value as number) >= least && (value as number) <= most;
const mapOf =
  (test: Test): Test =>
  (value) =>
    isObject(value) && Object.values(value).every(test);
const fields =
  (tests: Readonly<Record<string, Test>>): Test =>
  (value) =>
    isObject(value) && Object.entries(tests).every(([name, test]) => test(value[name]));

const RECORD: Readonly<Record<keyof TrainingRecord, Test>> = {
  tool: isText,
  dataset: fields({ name: isText, spec: isText, identity: mapOf(isScalar), fit: isText }),
  setting: isText,
  images: whole(1),
  seed: whole(0),
  resolution: whole(1, 65_535),
  format: (value) => (FORMATS as readonly unknown[]).includes(value),
  shardImages: whole(1),
  encoding: (value) => mapOf(isScalar)(value) && (ENCODINGS as readonly unknown[]).includes((value as Fields).format),
  recipeVersion: whole(1),
  versions: mapOf(isText),
  device: fields({ backend: isText, renderer: isText, version: isText }),
};

const isSetAside: Test = (value) => Array.isArray(value) && value.every(fields({ id: isText, why: isText }));

const bad = (field: string): string => `its "${field}" is missing, or not what it must be`;

const faultIn = (value: Fields, tests: Readonly<Record<string, Test>>): string | undefined => {
  const found = Object.entries(tests).find(([name, test]) => !test(value[name]));
  return found && bad(found[0]);
};

const isShard =
  (record: TrainingRecord, index: number, isImages: Test): Test =>
  (value) =>
    fields({
      name: (name) => name === shardName(record.format, index),
      images: isImages,
      bytes: whole(0),
      sha256: (hash) => isText(hash) && /^[0-9a-f]{64}$/.test(hash as string),
    })(value);

/** Images of the shard of an index, when it is whole. */
const imagesOf = ({ images, shardImages }: TrainingRecord, index: number): number =>
  Math.min(shardImages, images - index * shardImages);

/** Whether these are sealed shards: each is named by its place, and has as many images as belong there. */
const areShards = (record: TrainingRecord, shards: unknown): shards is readonly unknown[] =>
  Array.isArray(shards) &&
  shards.every((shard, i) => imagesOf(record, i) > 0 && isShard(record, i, (n) => n === imagesOf(record, i))(shard));

/** What is wrong with a value as the journal of a set of images; nothing when it is one. */
export function faultOfJournal(value: Fields): string | undefined {
  if (!isObject(value.record)) return bad('record');
  const fault = faultIn(value.record, RECORD);
  if (fault !== undefined) return fault;
  const record = value.record as unknown as TrainingRecord;
  const { shards, current } = value;
  if (!areShards(record, shards)) return bad('shards');
  const most = imagesOf(record, shards.length);
  if (current !== undefined && !isShard(record, shards.length, whole(0, most))(current)) return bad('current');
  return faultIn(value, { setAside: isSetAside });
}

/** The same of a manifest. */
export function faultOfManifest(value: Fields): string | undefined {
  const fault = faultIn(value, { ...RECORD, setAside: isSetAside, bytes: whole(0) });
  if (fault !== undefined) return fault;
  const record = value as unknown as TrainingRecord;
  const { shards } = value;
  const isWhole = areShards(record, shards) && shards.length === Math.ceil(record.images / record.shardImages);
  return isWhole ? undefined : bad('shards');
}
