import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { expect } from 'vitest';

/**
 * Compares pictures (uint8 RGB, one after the other, each side × side) with the golden ones, `NAME.png` in this folder,
 * a column of tiles. Devices differ in the last bits of sin and pow: a mean difference of two levels is let through, and
 * one value in fifty may be anything. A failure leaves `NAME-changed.png` beside the golden picture, for the eye.
 *
 * UPDATE_GOLDEN=1 writes the golden pictures anew: look at what changed before it is committed.
 */
export async function compareWithGolden(name: string, pixels: Uint8Array, side: number): Promise<void> {
  const raw = { width: side, height: pixels.length / (side * 3), channels: 3 as const };
  const golden = join(import.meta.dirname, `${name}.png`);
  const changed = join(import.meta.dirname, `${name}-changed.png`);
  rmSync(changed, { force: true });
  if (process.env.UPDATE_GOLDEN === '1') {
    await sharp(pixels, { raw }).png({ compressionLevel: 9 }).toFile(golden);
    return;
  }
  if (!existsSync(golden)) throw new Error(`${golden} is missing: make it with UPDATE_GOLDEN=1.`);
  const expected = await sharp(golden).removeAlpha().raw().toBuffer();
  const off = expected.map((level, i) => Math.abs(level - pixels[i]!));
  const mean = off.reduce((sum, levels) => sum + levels, 0) / off.length;
  const far = off.filter((levels) => levels > 24).length / off.length;
  const alike = expected.length === pixels.length && mean <= 2 && far <= 0.02;
  if (!alike) await sharp(pixels, { raw }).png().toFile(changed);
  expect({ mean, far, alike }, `${changed} shows what is drawn now`).toMatchObject({ alike: true });
}
