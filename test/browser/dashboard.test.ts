import { existsSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { Place, SWEEP } from '../cli/slim.js';
import { launch } from './browser.js';

/** A dashboard as people use it: in a browser, beside a sweep that goes on. */

const place = Place.ofTests();

let browser: Browser;
beforeAll(async () => {
  browser = await launch();
});
afterAll(() => browser?.close());

/** A page, and whatever it complains about: that is checked when the test ends. */
async function opened(url: string, options: BrowserContextOptions = {}): Promise<Page> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
  page.on('pageerror', ({ message }) => complaints.push(message));
  onTestFinished(async () => {
    await context.close();
    expect(complaints).toEqual([]);
  });
  await page.goto(url);
  return page;
}

interface Serving {
  /** The address that it printed. */
  readonly url: string;
  /** Interrupts it. */
  readonly end: () => Promise<void>;
}

async function serve(...args: string[]): Promise<Serving> {
  const { child, outcome } = place.start('dashboard', ...args);
  const url = await new Promise<string>((resolve, reject) => {
    child.stdout!.once('data', (data: Buffer) => resolve(data.toString().trim()));
    child.once('exit', () => reject(new Error('the dashboard ended')));
  });
  const end = async () => {
    process.kill(-child.pid!, 'SIGINT');
    expect((await outcome).code).toBe(0);
  };
  return { url, end };
}

/** One of a test's own, and the address that it printed. */
async function dashboard(...args: string[]): Promise<string> {
  const { url, end } = await serve(...args);
  onTestFinished(end);
  return url;
}

/** Four settings: few enough that what is new is soon there. */
const FOUR = ['--methods', 'none,mixup', '--n', '2-4'];

const state = (page: Page) => page.locator('.badge').textContent();
const cells = (page: Page) => page.locator('#fids tbody tr').count();
/** Images that were made, as the bar says them. */
const made = (page: Page) => page.locator('progress').evaluate((bar) => Number(bar.getAttribute('value')));

const POLL = { timeout: 60_000, interval: 100 };

describe('beside a sweep', () => {
  test('it fills, pauses, goes on and stops, and leads to the report', async () => {
    const url = await dashboard('live');
    const page = await opened(url);
    await expect.poll(() => state(page), POLL).toBe('Waiting');
    // The token is not left where a shoulder or a history shows it.
    expect(page.url()).not.toContain('token');
    const images = 4000;
    const { outcome } = place.start(...SWEEP, ...FOUR, '--images', `${images}`, '--out', 'live');
    await expect.poll(() => state(page), POLL).toBe('Running');
    await expect.poll(() => cells(page), POLL).toBe(4);
    await expect.poll(() => page.locator('.figures').textContent(), POLL).toMatch(/Rate\d[\d.,]* images\/s/);
    await expect.poll(() => page.locator('#plots svg').count(), POLL).toBe(1);
    expect(await page.locator('#fids strong').count()).toBeGreaterThan(0);

    // Sorting is the reader's, and outlives what the sweep brings.
    await page.locator('#fids-sort-2').click();
    await page.locator('#fids-sort-2').focus();
    for (let renewed = 0; renewed < 2; renewed++) {
      const before = await made(page);
      await expect.poll(() => made(page), POLL).toBeGreaterThan(before);
    }
    expect(await page.locator('#fids th[aria-sort]').getAttribute('aria-sort')).toBe('ascending');
    const shown = (await page.locator('#fids tbody tr td:last-child').allTextContents())
      .filter((text) => !text.startsWith('('))
      .map(Number.parseFloat);
    expect(shown).toEqual([...shown].sort((a, b) => a - b));
    expect(await page.evaluate(() => document.activeElement?.id)).toBe('fids-sort-2');

    await page.getByRole('button', { name: 'Pause' }).click();
    await expect.poll(() => state(page), POLL).toBe('Paused');
    expect(existsSync(place.at('live', 'pause'))).toBe(true);
    expect(await page.locator('#announcement').textContent()).toBe('live: Paused');
    // What was in hand is finished; after that nothing is made.
    await page.waitForTimeout(4000);
    const paused = await made(page);
    expect(paused).toBeLessThan(4 * images);
    await page.waitForTimeout(4000);
    expect(await made(page)).toBe(paused);
    await page.getByRole('button', { name: 'Go on' }).click();
    await expect.poll(() => state(page), POLL).toBe('Running');
    await expect.poll(() => made(page), POLL).toBeGreaterThan(paused);

    await page.getByRole('button', { name: 'Stop' }).click();
    const { stderr } = await outcome;
    expect(existsSync(place.at('live', 'stop')), stderr).toBe(false);
    expect(existsSync(place.at('live', 'report.json')), stderr).toBe(true);
    await expect.poll(() => state(page), POLL).toBe('Stopped');
    for (const name of ['Pause', 'Go on', 'Stop'])
      expect(await page.getByRole('button', { name, exact: true }).isDisabled()).toBe(true);
    await expect.poll(() => page.locator('#table').textContent(), POLL).toContain('as in the report');

    await page.getByRole('link', { name: 'Open the report' }).click();
    await page.waitForLoadState();
    expect(await page.title()).toMatch(/\w/);
    expect(await page.locator('h1').count()).toBe(1);
    // It has an origin of its own: nothing of the dashboard can be reached from it.
    expect(await page.evaluate(() => self.origin)).toBe('null');
  });
});

describe('a run that has ended', () => {
  let other: Serving;
  beforeAll(async () => {
    await place.succeed(...SWEEP, ...FOUR, '--images', '32', '--out', 'runs/<b>bold');
    await place.succeed(...SWEEP, '--methods', 'none', '--images', '32', '--out', 'runs/other');
    other = await serve('runs/other');
  });
  afterAll(() => other?.end());

  test('one of several is chosen from a list, by the keyboard', async () => {
    const page = await opened(await dashboard('runs'));
    await expect.poll(() => page.locator('.overview > li').count(), POLL).toBe(2);
    await expect.poll(() => page.locator('.badge.finished').count(), POLL).toBe(2);
    expect(await page.locator('.overview b').count()).toBe(0);
    await page.getByRole('link', { name: '<b>bold' }).focus();
    await page.keyboard.press('Enter');
    await page.waitForURL(/\/runs\/\d$/);
    expect(await page.locator('h1').textContent()).toBe('<b>bold');
    await expect.poll(() => cells(page), POLL).toBe(4);
    expect(await page.locator('nav [aria-current=page]').textContent()).toBe('<b>bold');
  });

  test.each([
    [360, 'light'],
    [1280, 'dark'],
  ] as const)('fits a page of %d pixels, %s', async (width, colorScheme) => {
    const page = await opened(other.url, { viewport: { width, height: 700 }, colorScheme });
    await expect.poll(() => cells(page), POLL).toBe(1);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
    const [ink, paper] = await page.evaluate(() => {
      const { color, backgroundColor } = getComputedStyle(document.body);
      return [color, backgroundColor].map((text) =>
        text
          .match(/\d+/g)!
          .map(Number)
          .reduce((sum, x) => sum + x, 0),
      );
    });
    expect(ink! < paper!).toBe(colorScheme === 'light');
  });

  test('is there without scripts, and renews itself', async () => {
    const page = await opened(await dashboard('runs/other'), { javaScriptEnabled: false });
    await expect.poll(() => cells(page), { timeout: 30_000, interval: 1000 }).toBe(1);
  });

  test('tabs leave each other connections, and what is not seen keeps none', async () => {
    const context = await browser.newContext();
    onTestFinished(() => context.close());
    // One more than a browser opens connections to a host.
    const pages = await Promise.all(Array.from({ length: 7 }, () => context.newPage()));
    for (const page of pages) await page.goto(other.url, { timeout: 10_000 });
    expect(await pages[6]!.evaluate(async () => (await fetch('/fragments')).status)).toBe(200);
    // Those that listen do so until they are hidden.
    const hide = (page: Page, hidden: boolean) =>
      page.evaluate((value) => {
        Object.defineProperty(document, 'hidden', { value, configurable: true });
        document.dispatchEvent(new Event('visibilitychange'));
      }, hidden);
    const refused = () =>
      pages[6]!.evaluate(
        () =>
          new Promise((resolve) => {
            const events = new EventSource('/events');
            const end = (value: boolean) => {
              events.close();
              resolve(value);
            };
            events.onopen = () => end(false);
            events.onerror = () => end(true);
          }),
      );
    expect(await refused()).toBe(true);
    for (const page of pages) await hide(page, true);
    await expect.poll(refused, POLL).toBe(false);
    for (const page of pages) await hide(page, false);
    await expect.poll(refused, POLL).toBe(true);
  });

  test('says so when the dashboard has ended', async () => {
    const { url, end } = await serve('runs/other');
    const context = await browser.newContext();
    onTestFinished(() => context.close());
    const page = await context.newPage();
    await page.goto(url);
    expect(await page.locator('#lost').isVisible()).toBe(false);
    await end();
    await expect.poll(() => page.locator('#lost').isVisible(), POLL).toBe(true);
  });

  test('a page of another origin reads nothing and asks for nothing, even with the cookie', async () => {
    const { url } = other;
    const target = new URL(url).origin;
    const server = createServer((_, response) =>
      response.setHeader('Content-Type', 'text/html').end('<p>Elsewhere</p>'),
    );
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => new Promise((resolve) => server.close(() => resolve())));
    const context = await browser.newContext();
    onTestFinished(() => context.close());
    const page = await context.newPage();
    // The cookie is set, and is sent to every port of this host.
    await page.goto(url);
    await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
    const outcomes = await page.evaluate(async (from) => {
      const tried = async (path: string, options: RequestInit): Promise<string> => {
        try {
          const answer = await fetch(`${from}${path}`, { credentials: 'include', ...options });
          return `${answer.type} ${answer.status}`;
        } catch {
          return 'refused';
        }
      };
      return [
        await tried('/fragments', {}),
        await tried('/', {}),
        await tried('/runs/0/stop', { method: 'POST' }),
        await tried('/runs/0/stop', { method: 'POST', headers: { 'X-Fidsweep': '1' } }),
        await tried('/runs/0/stop', { method: 'POST', mode: 'no-cors' }),
      ];
    }, target);
    expect(outcomes.slice(0, 4)).toEqual(['refused', 'refused', 'refused', 'refused']);
    expect(existsSync(place.at('runs', 'other', 'stop'))).toBe(false);
    // Nor does it show in a frame.
    await page.evaluate((from) => {
      const frame = document.createElement('iframe');
      frame.src = `${from}/`;
      document.body.append(frame);
    }, target);
    await page.waitForTimeout(1000);
    const framed = page.frames().find((frame) => frame !== page.mainFrame());
    expect(await framed!.locator('#fids').count()).toBe(0);
  });
});
