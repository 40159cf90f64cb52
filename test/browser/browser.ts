import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';

/** Debian's own Chromium: nothing is downloaded for these tests. */
const CHROMIUM = '/usr/bin/chromium';

/** A headless Chromium; the caller closes it. */
export function launch(): Promise<Browser> {
  if (!existsSync(CHROMIUM))
    throw new Error(`${CHROMIUM} is missing, which the tests of pages drive: apt-get install chromium`);
  return chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox'] });
}
