import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { renderHtml } from '../../src/report/html.js';
import { DARK, LIGHT } from '../../src/report/html-style.js';
import type { Report } from '../../src/report/report.js';
import { HOSTILE, REPORT, renamed } from '../report/html-report.js';
import { temporaryFolder } from '../temporary.js';
import { launch } from './browser.js';

let browser: Browser;
beforeAll(async () => {
  browser = await launch();
});
afterAll(() => browser?.close());

const pages = new Map<Report, string>();

/** A report's page; made once. */
function pageOf(report: Report): string {
  const page = pages.get(report) ?? renderHtml(report);
  pages.set(report, page);
  return page;
}

/** A report as a reader opens it, from its file; what it asks for and complains of is kept. */
async function opened(report: Report, options: BrowserContextOptions = {}) {
  const file = join(temporaryFolder(), 'report.html');
  writeFileSync(file, pageOf(report));
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, ...options });
  onTestFinished(() => context.close());
  const page = await context.newPage();
  const [complaints, requests]: [string[], string[]] = [[], []];
  page.on('console', (message) => complaints.push(message.text()));
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('dialog', (dialog) => {
    complaints.push(dialog.message());
    return dialog.dismiss();
  });
  page.on('request', (request) => {
    if (!request.url().startsWith('data:')) requests.push(request.url());
  });
  const url = pathToFileURL(file).href;
  await page.goto(url);
  return { page, url, complaints, requests };
}

/** A run whose FIDs are of one, two and three figures, one of them dropped. */
function numbers(): Report {
  const fids = [12.5, 9.75, 100.25, 9.5, 11];
  const settings = ['none', 'mixup:2', 'mixup:10', 'cutmix:2', 'cutmix:10'];
  const cells = settings.map((setting, i) => ({
    ...REPORT.results.cells[2]!,
    setting,
    fid: fids[i]!,
    rank: i + 1,
    ...(setting === 'cutmix:2' && { status: 'dropped' as const, images: 256 }),
  }));
  const columns = [{ dataset: 'Programs', leader: 'mixup:2', tied: ['mixup:2'], by: 'fid' as const, pareto: [] }];
  const record = { ...REPORT.record, settings, datasets: REPORT.record.datasets.slice(0, 1) };
  return { record, results: { cells, columns }, setAside: [], plots: [], strips: [] };
}

const column = (page: Page, n: number): Promise<string[]> =>
  page
    .locator(`#fids tbody tr > :nth-child(${n})`)
    .evaluateAll((cells) => cells.map((cell) => cell.firstChild?.textContent ?? ''));

const background = (page: Page): Promise<string> =>
  page.evaluate(() => getComputedStyle(document.body).backgroundColor);
const rgb = (colour: string): string =>
  `rgb(${[1, 3, 5].map((at) => Number.parseInt(colour.slice(at, at + 2), 16)).join(', ')})`;

test('opens from its file without a complaint, and asks for nothing else', async () => {
  const { page, url, complaints, requests } = await opened(REPORT);
  const sizes = await page.locator('img').evaluateAll((all) =>
    Promise.all(
      (all as HTMLImageElement[]).map(async (one) => {
        one.loading = 'eager';
        await one.decode();
        return one.naturalWidth;
      }),
    ),
  );
  expect(new Set(sizes)).toEqual(new Set([1]));
  expect(complaints).toEqual([]);
  expect(requests).toEqual([url]);
});

test('hostile names run nothing and make no element', async () => {
  const { page, url, complaints, requests } = await opened(renamed('Programs'));
  const elements = () => page.evaluate(() => document.body.querySelectorAll(':not(svg *)').length);
  const usual = await elements();
  for (const name of HOSTILE) {
    writeFileSync(fileURLToPath(url), renderHtml(renamed(name)));
    await page.reload();
    await page.locator('#data-1').hover();
    expect(await elements()).toBe(usual);
    expect(await page.evaluate(() => document.scripts.length)).toBe(1);
    expect(complaints).toEqual([]);
    expect(new Set(requests)).toEqual(new Set([url]));
  }
});

describe('tables are sorted', () => {
  const first = ['12.50', '9.75', '100.25', '(9.50 at 256)', '11.00'];

  test('by clicks: as numbers, with what was dropped behind, and back', async () => {
    const { page } = await opened(numbers());
    const head = page.locator('#fids thead th').nth(2);
    expect(await column(page, 3)).toEqual(first);
    expect(await head.getAttribute('aria-sort')).toBeNull();
    const steps = [
      ['ascending', ['9.75', '11.00', '12.50', '100.25', '(9.50 at 256)']],
      ['descending', ['100.25', '12.50', '11.00', '9.75', '(9.50 at 256)']],
      [null, first],
    ] as const;
    for (const [sort, order] of steps) {
      await head.getByRole('button').click();
      expect(await column(page, 3)).toEqual(order);
      expect(await head.getAttribute('aria-sort')).toBe(sort);
      expect(await page.locator('#live').textContent()).toMatch(
        sort ? `sorted by Programs, ${sort}` : 'in its first order',
      );
      expect(await page.locator('#fids tfoot tr > :first-child').textContent()).toBe('Maximum gain');
    }
  });

  test('by the keyboard, one column at a time', async () => {
    const { page } = await opened(numbers());
    const heads = page.locator('#fids thead th');
    await page.locator('#fids').locator('..').focus();
    await page.keyboard.press('Tab');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    expect(await column(page, 2)).toEqual(['1', '2', '2', '10', '10']);
    expect(await heads.nth(1).getAttribute('aria-sort')).toBe('ascending');
    await page.keyboard.press('Shift+Tab');
    await page.keyboard.press('Space');
    expect(await column(page, 1)).toEqual(['CutMix', 'CutMix', 'MixUp', 'MixUp', 'None']);
    expect(await page.locator('#fids [aria-sort]').count()).toBe(1);
    expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('Method');
  });

  test('rankings too: differences with the leader at 0', async () => {
    const { page } = await opened(REPORT);
    await page.locator('#ranking-1').getByRole('button', { name: 'Difference' }).click();
    const names = await page.locator('#ranking-1 tbody th').allTextContents();
    expect(names[0]).toBe('MixUp 3');
  });
});

describe('the theme', () => {
  test('is the system’s until the reader takes the other, which is remembered', async () => {
    const { page } = await opened(REPORT, { colorScheme: 'dark' });
    const button = page.locator('button.theme');
    expect(await background(page)).toBe(rgb(DARK.page));
    expect(await button.textContent()).toBe('Light theme');
    await button.click();
    expect(await background(page)).toBe(rgb(LIGHT.page));
    expect(await button.textContent()).toBe('Dark theme');
    await page.reload();
    expect(await background(page)).toBe(rgb(LIGHT.page));
    await button.focus();
    await page.keyboard.press('Enter');
    expect(await background(page)).toBe(rgb(DARK.page));
  });

  test('can be chosen where storage is forbidden', async () => {
    const { page, complaints } = await opened(REPORT, { colorScheme: 'light' });
    await page.addInitScript(() =>
      Object.defineProperty(window, 'localStorage', {
        get() {
          throw new DOMException('forbidden', 'SecurityError');
        },
      }),
    );
    await page.reload();
    await page.locator('button.theme').click();
    expect(await background(page)).toBe(rgb(DARK.page));
    expect(complaints).toEqual([]);
  });
});

const LONG = renamed('a-data-set-of-a-very-long-name-without-any-space-in-it/'.repeat(3));

test.each([360, 1280])(
  'at %i pixels no page scrolls sideways, whatever is open and however long names are',
  async (width) => {
    for (const report of [REPORT, LONG]) {
      const { page } = await opened(report, { viewport: { width, height: 800 } });
      await page.locator('#intervals').check();
      await page.locator('details').evaluateAll((all) => {
        for (const one of all) (one as HTMLDetailsElement).open = true;
      });
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(width);
    }
  },
);

test('on paper it is light, without buttons, with what is folded away', async () => {
  const { page } = await opened(REPORT, { colorScheme: 'dark' });
  await page.emulateMedia({ media: 'print', colorScheme: 'dark' });
  expect(await background(page)).toBe(rgb(LIGHT.page));
  for (const hidden of ['.theme', '#intervals', 'label', 'nav', '.skip'])
    expect(await page.locator(hidden).isVisible()).toBe(false);
  // A heading stays as text.
  const [border, after] = await page
    .locator('#fids thead button')
    .first()
    .evaluate((button) => [getComputedStyle(button).borderTopWidth, getComputedStyle(button, '::after').display]);
  expect([border, after]).toEqual(['0px', 'none']);
  const overflows = await page
    .locator('.scroller, .plot')
    .evaluateAll((all) => all.map((one) => getComputedStyle(one).overflowX));
  expect(new Set(overflows)).toEqual(new Set(['visible']));
  await page.evaluate(() => dispatchEvent(new Event('beforeprint')));
  expect(await page.locator('details:not([open])').count()).toBe(0);
  await page.evaluate(() => dispatchEvent(new Event('afterprint')));
  expect(await page.locator('details[open]').count()).toBe(0);
});

test('without JavaScript all of it is there, and no button that does nothing', async () => {
  const { page } = await opened(REPORT, { javaScriptEnabled: false });
  expect(await page.locator('button:visible').count()).toBe(0);
  for (const table of await page.locator('#fids, #ranking-1, #ranking-2').all())
    expect(await table.isVisible()).toBe(true);
  for (const heading of await page.locator('h1, h2, h3').all()) expect(await heading.isVisible()).toBe(true);
  expect(await page.locator('.samples .strip').first().isVisible()).toBe(true);
  expect(await page.locator('.plot svg').first().isVisible()).toBe(true);
  const interval = page.locator('#fids .on-demand').first();
  expect(await interval.isVisible()).toBe(false);
  await page.locator('label').click();
  expect(await interval.isVisible()).toBe(true);
  await page.locator('.samples summary').first().click();
  expect(await page.locator('.samples .psi').first().isVisible()).toBe(true);
});

test('the keyboard gets to the report past the contents, and sees where it is', async () => {
  const { page } = await opened(REPORT);
  await page.keyboard.press('Tab');
  const skip = page.locator('.skip');
  expect(await skip.evaluate((link) => link === document.activeElement && link.getBoundingClientRect().top >= 0)).toBe(
    true,
  );
  await page.keyboard.press('Enter');
  await page.keyboard.press('Tab');
  expect(await page.evaluate(() => document.activeElement?.closest('main') !== null)).toBe(true);
  expect(await page.evaluate(() => getComputedStyle(document.activeElement!).outlineStyle)).toBe('solid');
});
