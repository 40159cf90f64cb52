/** A parameter to write: as `Parameter` in src/extract/state-dict.ts, and the storage class that it is written in. */
export interface WrittenParameter {
  readonly shape: readonly number[];
  readonly data: Float32Array;
  /** FloatStorage when it is absent. */
  readonly type?: 'FloatStorage' | 'DoubleStorage' | 'LongStorage';
}

type Bytes = Uint8Array | readonly number[];
type Part = number | Bytes | readonly Part[];

/** A storage's key, the count that stands before it in the legacy format, and its bytes. */
type StoredStorage = readonly [key: string, count: number, bytes: Bytes];

interface ZipOptions {
  readonly root?: string;
  readonly files?: Readonly<Record<string, Uint8Array>>;
  readonly level?: 0 | 9;
}

export const op: {
  readonly [name in
    | 'mark'
    | 'none'
    | 'true'
    | 'false'
    | 'emptyTuple'
    | 'emptyList'
    | 'emptyDict'
    | 'tuple'
    | 'append'
    | 'appends'
    | 'setItem'
    | 'setItems'
    | 'reduce'
    | 'build'
    | 'persistent']: readonly number[];
} & {
  int(value: number): Uint8Array;
  long(value: number | bigint, size: number): Uint8Array;
  text(value: string): Uint8Array;
  global(module: string, name: string): Uint8Array;
  put(index: number): Uint8Array;
  get(index: number): Uint8Array;
  ints(values: readonly number[]): Uint8Array;
  storage(key: string, type: string, count: number, view?: Bytes): Uint8Array;
  orderedDict(): Uint8Array;
  tensor(
    storage: Bytes,
    offset: number,
    shape: readonly number[],
    strides: readonly number[],
    options?: { readonly hooks?: Bytes; readonly more?: Bytes },
  ): Uint8Array;
  dict(entries: readonly (readonly [string, Bytes])[], start?: Bytes): Uint8Array;
};

export function bytesOf(...parts: readonly Part[]): Uint8Array;
export function little(value: number | bigint, size: number): Uint8Array;
export function pickle(...parts: readonly Part[]): Uint8Array;
export function legacyFile(object: Uint8Array, storages: readonly StoredStorage[]): Uint8Array;
export function zipFile(
  object: Uint8Array,
  storages: readonly (readonly [key: string, count: number, bytes: Uint8Array])[],
  options?: ZipOptions,
): Uint8Array;
export function writeLegacy(entries: Iterable<readonly [string, WrittenParameter]>): Uint8Array;
export function writeZip(entries: Iterable<readonly [string, WrittenParameter]>, options?: ZipOptions): Uint8Array;
export function randomInception(
  seed: number,
  options?: { readonly widthDivisor?: number },
): Map<string, WrittenParameter>;
