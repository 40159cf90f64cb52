import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';

/** A browser of the system's: nothing is downloaded for these tests. The set-up looks in the same places. */
const BROWSERS = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/** A headless Chromium (`CHROMIUM` says which); the caller closes it. */
export function launch(): Promise<Browser> {
  const executablePath = process.env.CHROMIUM ?? BROWSERS.find((path) => existsSync(path));
  if (!executablePath)
    throw new Error('No browser is here, which the tests of pages drive: apt-get install chromium, or set CHROMIUM.');
  return chromium.launch({ executablePath, args: ['--no-sandbox'] });
}
