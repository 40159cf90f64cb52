import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

/** A fresh folder that is gone after the test; its name has a space and a letter beyond ASCII, as users' paths do. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'fidsweep é '));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}
