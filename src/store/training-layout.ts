import { basename } from 'node:path';
import { type Encoding, endingOf } from './encode-picture.js';
import type { TrainingFormat } from './training-record.js';

/** Pictures a folder, as the StyleGAN and EDM tools split them. */
export const FOLDER_IMAGES = 1000;

/** A picture to be written: its index, its encoded bytes, and what is told of it beside. */
export interface Sample {
  readonly index: number;
  readonly image: Uint8Array;
  /** Setting key. */
  readonly setting: string;
  /** Ids of the base images that it is made of, in their order. */
  readonly bases: readonly string[];
}

export interface NamedBytes {
  readonly path: string;
  readonly data: Uint8Array;
}

const digits = (index: number, least: number): string => String(index).padStart(least, '0');

/** `00012/img00012345.jpg`: a thousand a folder. */
const picturePath = (index: number, encoding: Encoding): string =>
  `${folderName(Math.floor(index / FOLDER_IMAGES))}/img${digits(index, 8)}.${endingOf(encoding)}`;

/** Names of the first pictures of a folder, in their order. @param folder its name, as of `shardName` */
export const pictureNames = (folder: string, images: number, encoding: Encoding): string[] =>
  Array.from({ length: images }, (_, i) => basename(picturePath(Number(folder) * FOLDER_IMAGES + i, encoding)));

const folderName = (number: number): string => digits(number, 5);

/** A shard's file, or its folder. */
export function shardName(format: TrainingFormat, shard: number): string {
  if (format === 'folder') return folderName(shard);
  return `shard-${digits(shard, 6)}.${format === 'zip' ? 'zip' : 'tar'}`;
}

/** The files of a WebDataset sample, which share the name before the dot. */
export function webdatasetFiles({ index, image, setting, bases }: Sample, encoding: Encoding): NamedBytes[] {
  const key = digits(index, 8);
  return [
    { path: `${key}.${endingOf(encoding)}`, data: image },
    { path: `${key}.json`, data: Buffer.from(JSON.stringify({ index, setting, bases })) },
  ];
}

/** The file of a picture in a folder or a ZIP. */
export const pictureFile = (sample: Sample, encoding: Encoding): NamedBytes => ({
  path: picturePath(sample.index, encoding),
  data: sample.image,
});
