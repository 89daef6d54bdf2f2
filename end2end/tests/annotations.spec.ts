// Annotations, zones and tables of values on charts: as the server writes them, and as the page goes on with them.
import type { Page } from '@playwright/test';
import { Andon } from '../support/andon.ts';
import { expectAccessible } from '../support/axe.ts';
import { openLive, panel } from '../support/board.ts';
import { expect, test } from '../support/fixtures.ts';
import { BoardFolder } from '../support/folder.ts';

let andon: Andon;
test.beforeAll(async ({ stack }) => {
  andon = await Andon.start([`${stack.demo.url}/demo/metrics`, '--boards', 'boards']);
});
test.afterAll(async () => {
  await andon.stop();
});

const address = (query = '') => `${andon.url}/d/annotations${query}`;
const flags = (page: Page, title: string) => panel(page, title).locator('.annotations li:not([hidden]) .flag');
const texts = (page: Page) => panel(page, 'Queue').locator('.axis-time span').allTextContents();

/** How far from the left edge of its chart each flag stands, 0 to 1, by the time that it says. */
async function places(page: Page): Promise<[number, number][]> {
  return panel(page, 'Queue').locator('.annotations').evaluate((layer) => {
    const box = layer.getBoundingClientRect();
    const marks = [...layer.querySelectorAll<HTMLElement>('li.good:not([hidden])')];
    return marks.map((mark): [number, number] => {
      const flag = mark.querySelector('.flag')!.getBoundingClientRect();
      const ms = Number(mark.querySelector('time')!.dataset.ms);
      return [ms, (flag.left + flag.width / 2 - box.left) / box.width];
    });
  });
}

test('without a script every chart has its marks, in words too', async ({ browser }) => {
  const context = await browser.newContext({ javaScriptEnabled: false });
  const page = await context.newPage();
  await expect(async () => {
    await page.goto(address());
    await expect(flags(page, 'Queue').first()).toBeAttached({ timeout: 500 });
    await expect(panel(page, 'Queue').getByRole('img')).toBeVisible({ timeout: 500 });
  }).toPass();
  await expect(panel(page, 'An hour').locator('.flag').first()).toBeAttached();
  const chart = panel(page, 'Queue').getByRole('img');
  await expect(chart).toHaveAccessibleDescription(/Minutes a minute begins \d{4}-\d\d-\d\d \d\d:\d\d:00/);
  // A summary without a script opens its details all the same.
  await panel(page, 'Queue').getByText('Values', { exact: true }).click();
  await expect(panel(page, 'Queue').getByRole('columnheader', { name: 'queue' })).toBeVisible();
  await expect(panel(page, 'Queue').getByRole('link', { name: 'All of them (CSV)' })).toHaveAttribute('href', /panel=1/);
  await context.close();
});

test('marks move with their chart, and new ones come', async ({ page }) => {
  await openLive(page, address('?from=now-5m&to=now&refresh=1s'));
  await expect(flags(page, 'Queue').first()).toBeAttached();
  const first = await places(page);
  const newest = Math.max(...first.map(([ms]) => ms));
  await expect.poll(async () => Math.max(...(await places(page)).map(([ms]) => ms))).toBeGreaterThan(newest);
  const later = new Map(await places(page));
  for (const [ms, place] of first) {
    const moved = later.get(ms);
    if (moved !== undefined) expect(moved).toBeLessThan(place);
  }
  for (const [, place] of later) {
    expect(place).toBeGreaterThanOrEqual(-0.001);
    expect(place).toBeLessThanOrEqual(1.001);
  }
});

test('a flag says what it is when it is pointed at, and by keys', async ({ page }) => {
  await openLive(page, address('?from=now-5m&to=now'));
  const flag = flags(page, 'Queue').last();
  await flag.focus();
  await expect(flag.locator('span')).toHaveCSS('opacity', '1');
  await expect(flag).toContainText('a minute begins');
  await page.keyboard.press('ArrowLeft');
  await expect(flag).not.toBeFocused();
  await expect(page.locator('.flag:focus')).toHaveCount(1);
  await expect(panel(page, 'Queue').locator('.flag[tabindex="0"]')).toHaveCount(1);
});

test('an annotation is switched on and off, in the address', async ({ page }) => {
  await page.goto(address());
  const switched = (name: string) => page.getByRole('button', { name, exact: true });
  await expect(switched('Maintenance')).toHaveAttribute('aria-pressed', 'false');
  await switched('Maintenance').click();
  await expect(page).toHaveURL(/annotations=Maintenance/);
  await expect(switched('Maintenance')).toHaveAttribute('aria-pressed', 'true');
  await expect(panel(page, 'Queue').locator('.flag', { hasText: 'New <switches>' })).toBeAttached();
  await switched('Minutes').click();
  await expect(page).toHaveURL(/annotations=Maintenance(%2C|,)Minutes/);
  await expect(panel(page, 'Queue').locator('.flag', { hasText: 'a minute begins' })).toHaveCount(0);
});

test("times are those of the board's zone, before and after the page wakes", async ({ page }) => {
  const berlin = (ms: number) =>
    new Intl.DateTimeFormat('en-GB', { timeZone: 'Europe/Berlin', hour: '2-digit', minute: '2-digit' }).format(ms);
  // From 22:00 to 04:00 UTC over the end of summer time: the hour from 02:00 on comes twice.
  const from = Date.UTC(2026, 9, 24, 22);
  const ticks = Array.from({ length: 7 }, (_, hour) => berlin(from + hour * 3_600_000));
  expect(ticks).toEqual(['00:00', '01:00', '02:00', '02:00', '03:00', '04:00', '05:00']);
  const range = `?from=${from}&to=${from + 6 * 3_600_000}`;
  const html = await (await fetch(address(range))).text();
  const first = html.slice(html.indexOf('layer axis-time'));
  const written = [...first.slice(0, first.indexOf('</div>')).matchAll(/%">([^<]*)</g)].map(([, text]) => text);
  expect(written).toEqual(ticks.slice(1)); // the first would stand in the axes' corner
  await page.goto(address(range));
  await expect(panel(page, 'Queue').locator('.area.painted')).toBeAttached();
  expect(await texts(page)).toEqual(written);
  await page.goto(address(`${range}&timezone=utc`));
  await expect(panel(page, 'Queue').locator('.area.painted')).toBeAttached();
  expect((await texts(page))[0]).toBe('23:00');
});

test('a chart shows its values as a table, from its menu and by key', async ({ page }) => {
  await openLive(page, address());
  const table = panel(page, 'Queue').getByRole('table');
  await expect(table).toBeHidden();
  await panel(page, 'Queue').hover();
  await panel(page, 'Queue').getByRole('button', { name: 'More about Queue' }).click();
  await page.getByRole('button', { name: 'Table of values' }).click();
  await expect(table).toBeVisible();
  // Open, it has more rows, and follows the chart.
  await expect.poll(() => table.getByRole('row').count()).toBeGreaterThan(13);
  const newest = () => table.getByRole('row').last().innerText();
  const before = await newest();
  await expect.poll(newest).not.toBe(before);
  await page.keyboard.press('Escape');
  await expect(table).toBeHidden();
  await panel(page, 'Queue').getByRole('img').focus();
  await page.keyboard.press('v');
  await expect(table).toBeVisible();
});

test("a panel's own time is said beside its title, and a nameless series has a name", async ({ page }) => {
  await page.goto(address());
  await expect(panel(page, 'An hour').getByRole('heading')).toContainText('last 1h, 1m earlier');
  await expect(panel(page, 'Nameless').locator('.chip')).toHaveText(['no reason', 'sum(demo_queue_jobs)']);
});

for (const colorScheme of ['dark', 'light'] as const) {
  test(`nothing serious is found by axe, ${colorScheme}`, async ({ page }) => {
    await page.emulateMedia({ colorScheme });
    await openLive(page, address('?annotations=Maintenance'));
    await expect(flags(page, 'Queue').first()).toBeAttached();
    await panel(page, 'Queue').locator('details.values').evaluate((values: HTMLDetailsElement) => (values.open = true));
    await expectAccessible(page);
  });
}

test.describe('in a zone half an hour off', () => {
  test.use({ timezoneId: 'America/St_Johns' });

  test("without a zone of the board's, times are the reader's", async ({ page }) => {
    const from = Date.UTC(2026, 10, 1, 2); // summer time ends at 04:30 UTC
    await page.goto(address(`?timezone=browser&from=${from}&to=${from + 6 * 3_600_000}`));
    await expect.poll(() => texts(page)).toEqual(['Nov 1', '01:00', '01:00', '02:00', '03:00', '04:00']);
  });
});

test('a query that fails is said, and the board stays', async ({ page }) => {
  const failing = `
title: Failing
annotations: [{name: Broken, from: {query: {expr: 'sum(('}}}]
panels: [{title: Rate, queries: [{expr: vector(1)}]}]
`;
  const boards = await BoardFolder.start({ 'failing.yaml': failing });
  try {
    await expect(async () => {
      await page.goto(`${boards.andon.url}/d/failing`);
      await expect(page.getByRole('alert')).toContainText('Annotations are not shown', { timeout: 500 });
    }).toPass();
    await expect(panel(page, 'Rate').getByRole('img')).toBeVisible();
  } finally {
    await boards.stop();
  }
});
