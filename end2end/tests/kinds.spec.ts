// Every kind of panel that the server writes, on the simulated job system: the right figures, live, and without a script.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import type { Page } from '@playwright/test';
import { Andon } from '../support/andon.ts';
import { expect, test } from '../support/fixtures.ts';

const KINDS = ['import', 'render', 'report', 'transcode'];

let andon: Andon;
test.beforeAll(async ({ stack }) => {
  // The stack's demo serves the metrics; this one shows them on the board.
  andon = await Andon.start([`${stack.demo.url}/demo/metrics`, '--boards', 'boards']);
});
test.afterAll(async () => {
  await andon.stop();
});

const panel = (page: Page, title: string) => page.getByRole('region', { name: title, exact: true });

async function open(page: Page, query = ''): Promise<void> {
  await page.goto(`${andon.url}/d/kinds${query}`);
  await expect(panel(page, 'Donut').locator('path').first()).toBeAttached();
}

/** The kinds of jobs stand in the order in which they were first seen. */
async function expectNames(page: Page, title: string, selector: string): Promise<void> {
  const names = async () => (await panel(page, title).locator(selector).allTextContents()).sort();
  await expect.poll(names).toEqual(KINDS);
}

async function expectKinds(page: Page): Promise<void> {
  await expect(panel(page, 'Stat').locator('.figure')).toHaveText(/^\d+(\.\d+)?\s%$/);
  await expect(panel(page, 'Gauge').locator('.level')).toBeAttached();
  await expectNames(page, 'Stats', '.stat-name');
  await expectNames(page, 'Bar gauge', 'li > span:first-child');
  await expectNames(page, 'Latest values', 'tbody td:first-child');
  await expect(panel(page, 'Heatmap').locator('.graph-area path').first()).toBeAttached();
  await expect(panel(page, 'Histogram').locator('.entries span')).toHaveText(['busy', 'capacity']);
  await expect(panel(page, 'Pie').locator('path')).toHaveCount(KINDS.length);
  await expectNames(page, 'Bar chart', '.graph-below span');
  await expect(panel(page, 'State timeline').locator('.graph-left span')).toHaveText([
    'bad_deploy',
    'slow_disk',
    'worker_crash',
  ]);
  await expect(panel(page, 'Status history').locator('.graph-area i').first()).toBeAttached();
  await expect(panel(page, 'Boards').getByRole('link', { name: 'Panel kinds' })).toBeVisible();
  await expect(panel(page, 'Map')).toContainText('geomap is not shown');
  await expect(panel(page, 'Text').locator('strong')).toHaveText('Words');
}

/** The values of a table's column, top to bottom. */
async function column(page: Page, title: string, index: number): Promise<number[]> {
  const cells = await panel(page, title).locator(`tbody td:nth-child(${index})`).allTextContents();
  return cells.map((cell) => Number(cell.trim()));
}

const falling = (values: number[]) => values.every((value, index) => index === 0 || value <= values[index - 1]);

test('each kind shows its data, and goes on', async ({ page }) => {
  await open(page);
  await expectKinds(page);
  const stat = panel(page, 'Stats').locator('.figure').first();
  const before = await stat.textContent();
  await expect(stat).not.toHaveText(before ?? '');
});

test('the figures are those of the source', async ({ page, request }) => {
  await open(page);
  const query = encodeURIComponent('sum by (outcome) (demo_jobs_finished_total)');
  const answer = await (await request.get(`${andon.url}/api/v1/query?query=${query}`)).json();
  const sum = answer.data.result.reduce((sum: number, one: { value: [number, string] }) => sum + Number(one.value[1]), 0);
  const shown = await panel(page, 'Donut').locator('.entries b').allTextContents();
  const total = shown.reduce((total, text) => total + Number(text), 0);
  expect(Math.abs(total - sum) / sum, `${total} on the page, ${sum} in the source`).toBeLessThan(0.05);
});

test('a table is sorted and paged in place, and the address says so', async ({ page }) => {
  await open(page);
  const failures = panel(page, 'Failures');
  await expect(failures.locator('tbody tr')).toHaveCount(5);
  expect(falling(await column(page, 'Failures', 3))).toBe(true);
  await page.evaluate(() => Object.assign(window, { stays: true }));
  await failures.getByRole('link', { name: 'Next' }).click();
  await expect(failures.locator('.pages')).toContainText('page 2');
  await failures.getByRole('link', { name: 'kind' }).click();
  await expect(page).toHaveURL(/sort-\d+=kind/);
  await expect(failures.locator('th[aria-sort=ascending]')).toHaveText(/kind/);
  await expect(failures.locator('tbody td:first-child')).toHaveText(Array(5).fill('import'));
  expect(await page.evaluate(() => 'stays' in window), 'the page was not loaded anew').toBe(true);
});

test('a panel saves its values', async ({ page }) => {
  await open(page);
  const failures = panel(page, 'Failures');
  await failures.hover();
  await failures.getByRole('button', { name: 'More about Failures' }).click();
  const saved = page.waitForEvent('download');
  await page.getByRole('link', { name: 'Values (CSV)' }).click();
  const text = readFileSync(await (await saved).path(), 'utf8');
  expect(text).toMatch(/^kind,reason,failed\r\nimport,dependency_unavailable,\d+\r\n/);
});

test('a panel is saved as a picture and a drawing', async ({ page }) => {
  await open(page);
  const save = async (name: string): Promise<Buffer> => {
    await panel(page, 'Pie').hover();
    await panel(page, 'Pie').getByRole('button', { name: 'More about Pie' }).click();
    await expect(page.getByText('Table of values')).toBeHidden();
    const saved = page.waitForEvent('download');
    await page.getByText(name, { exact: true }).click();
    return readFileSync(await (await saved).path());
  };
  const drawing = (await save('Drawing (SVG)')).toString();
  for (const part of ['<svg', '<foreignObject', 'Pie', ...KINDS]) expect(drawing).toContain(part);
  const picture = await save('Picture (PNG)');
  expect(picture.subarray(1, 4).toString()).toBe('PNG');
  mkdirSync('../target/screenshots', { recursive: true });
  writeFileSync('../target/screenshots/saved-pie.png', picture);
  expect(picture.length).toBeGreaterThan(10_000);
});

test.describe('without a script', () => {
  test.use({ javaScriptEnabled: false });

  test('each kind shows its data', async ({ page }) => {
    await open(page);
    await expectKinds(page);
  });

  test('a table is sorted by a link', async ({ page }) => {
    await open(page);
    await panel(page, 'Failures').getByRole('link', { name: 'reason' }).click();
    const first = panel(page, 'Failures').locator('tbody td:nth-child(2)').first();
    await expect(first).toHaveText('dependency_unavailable');
  });
});

for (const width of [360, 1440]) {
  for (const colorScheme of ['dark', 'light'] as const) {
    test(`as a picture, ${colorScheme}, ${width} px`, async ({ browser }) => {
      const page = await browser.newPage({ viewport: { width, height: 900 }, colorScheme });
      await open(page);
      await expectKinds(page);
      await page.screenshot({ path: `../target/screenshots/kinds-${width}-${colorScheme}.png`, fullPage: true });
      const surplus = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      expect(surplus, 'the page scrolls sideways').toBeLessThanOrEqual(0);
      await page.close();
    });
  }
}
