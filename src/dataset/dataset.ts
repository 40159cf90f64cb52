import { UserError } from '../core/errors.js';

/** A program that a device can be given. */
export interface ProgramSource {
  readonly id: string;
  /** The whole fragment shader. */
  readonly source: string;
  /** The same program in newer GLSL, for a driver that refuses `source`. */
  readonly fallback?: string;
}

/** A base image before mixing: a program with its genes, or decoded pixels (RGB bytes, rows from the top). */
export type BaseImage =
  | {
      readonly kind: 'program';
      readonly program: ProgramSource;
      /** Seconds: 0.1 … 10, or within the range that was asked for. */
      readonly time: number;
      /** 0 … 2^31 − 1 */
      readonly seed: number;
      /** 32 numbers in [0, 1). */
      readonly genes: readonly number[];
    }
  | { readonly kind: 'pixels'; readonly pixels: Uint8Array };

/** Which base image stands at one place of an output: cheap to make, it holds no pixels. */
export interface Choice {
  /** The program or file, as the user knows it; what is set aside is set aside by this name. */
  readonly id: string;
  readonly output: number;
  readonly slot: number;
}

/** From … to in seconds, 0 ≤ from < to ≤ 1000. */
export type TimeRange = readonly [from: number, to: number];

export interface LoadOptions {
  /** Of programs: their time is uniform in it, 0.1 … 10 by default. */
  readonly time?: TimeRange | undefined;
  /** Of generators: truncation ψ, 0 … 2. */
  readonly psi?: number | undefined;
}

/** Where base images come from. Everything random is a function of (seed, output, slot): no order, no state. */
export interface Dataset {
  /** The column's title. */
  readonly name: string;
  /** What the user wrote, enough to open it again. */
  readonly spec: string;
  /** What decides its pictures, for the record of a run: two data sets are the same when these are equal. */
  readonly identity: Readonly<Record<string, string | number | boolean>>;
  /** Options of `load` that its images have; any other is a mistake of the caller. */
  readonly takes: readonly (keyof LoadOptions)[];
  /** What can be told to be unusable without drawing it; never chosen. */
  readonly failures?: readonly Failure[];
  /** How pictures are brought to the sweep's resolution, for the record. */
  fit(resolution: number): string;
  /**
   * The base images of an output, slots 0 … n − 1; the first n are the same for every larger n. Slot 0 of a finite data
   * set walks through all its images before one comes again.
   *
   * @param unusable ids set aside, never chosen
   * @throws UserError when too little usable is left: a program, two images of a folder
   */
  choose(output: number, n: number, seed: number, unusable: ReadonlySet<string>): Choice[];
  /**
   * Makes the image.
   *
   * @throws CorruptImage when its file cannot be decoded; UserError for an option that the data set does not have
   */
  load(choice: Choice, seed: number, resolution: number, options?: LoadOptions): Promise<BaseImage>;
  /** Ends what it holds open: sessions, threads. It is not used any more after that. */
  dispose?(): Promise<void>;
}

/** A program or file that cannot be used, and why. */
export interface Failure {
  readonly id: string;
  readonly why: string;
}

/** A file that is no image, or half of one. */
export class CorruptImage extends Error {
  readonly id: string;
  constructor(id: string, reason: string) {
    super(`${id}: ${reason}`);
    this.id = id;
  }
}

/** @param where what holds the image, as the user knows it: `Folder "x"` */
export const corruptImage = (where: string, { message }: CorruptImage): UserError =>
  new UserError(`${where}: a corrupt image: ${message}. Remove it, or leave such images out with --skip-corrupt.`);
