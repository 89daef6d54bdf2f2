// What is read off a page is what was measured: on data that stand still, at a time that stands still.
import type { Page } from '@playwright/test';
import { expectState, hover, panel, reading } from '../support/board.ts';
import { expect, test } from '../support/fixtures.ts';
import { END_MS, FLAT, FLAT_BEFORE, Sentinel, slope } from '../support/sentinel.ts';

let sentinel: Sentinel;
test.beforeAll(async () => {
  sentinel = await Sentinel.start();
});
test.afterAll(async () => sentinel.stop());

// The page's clock is set where the data end, so that what it says of ages and of the day is the same in every year.
test.beforeEach(async ({ page }) => page.clock.setFixedTime(END_MS));

/** A number as it is written on the page: without the marks between thousands. */
const number = (text: string | undefined): number => Number(text?.replace(/[^\d.]/g, ''));

/** The rows of the table of values in a panel's markup: what each cell holds. */
function table(html: string, title: string): string[][] {
  const from = html.indexOf(`>${title}<`);
  const body = /<table[^]*?<tbody[^>]*>([^]*?)<\/tbody>/.exec(html.slice(from))?.[1] ?? '';
  const cells = (row: string) => [...row.matchAll(/<t[dh][^>]*>([^]*?)<\/t[dh]>/g)].map(([, cell = '']) => cell.replace(/<[^>]*>/g, ''));
  return body.split('<tr').slice(1).map(cells);
}

test('the first HTML holds the values of every chart', async () => {
  const html = await (await fetch(sentinel.address())).text();
  const flat = table(html, 'Flat');
  expect(flat.length).toBeGreaterThan(1);
  for (const [time, value] of flat) expect(number(value), time).toBe(FLAT);
  const rising = table(html, 'Slope').map(([, value]) => number(value));
  expect(rising.length).toBe(flat.length);
  expect(new Set(rising).size, 'each row has a value of its own').toBe(rising.length);
  expect(Math.max(...rising)).toBe(slope(END_MS));
});

test('a flat curve reads the same everywhere, and a slope what it was at that time', async ({ page }) => {
  await page.goto(sentinel.address());
  for (const fraction of [0.05, 0.3, 0.55, 0.8, 0.97]) {
    await hover(page, 'Flat', fraction);
    expect(number((await reading(page, 'Flat')).rows['flat'])).toBe(FLAT);
    await hover(page, 'Slope', fraction);
    const { timeMs, rows } = await reading(page, 'Slope');
    expect(number(rows['slope'])).toBe(slope(timeMs));
  }
  await expect(panel(page, 'Now')).toContainText(/12[^\d]?345/);
});

/** How many curves are drawn in the panel `title`, by the server. */
const curves = (page: Page, title: string) => panel(page, title).locator('.plot path').count();

test('an earlier time is drawn beside each curve, with its values', async ({ page }) => {
  await page.goto(sentinel.address());
  await expectState(page, 'Fixed range');
  const alone = await curves(page, 'Flat');
  await page.getByTitle('Range of time').click();
  await page.getByRole('link', { name: 'An hour before' }).click();
  await expect(page).toHaveURL(/compare=1h/);
  await expectState(page, 'Fixed range');
  await expect.poll(() => curves(page, 'Flat')).toBeGreaterThan(alone);
  await hover(page, 'Flat', 0.5);
  const { rows } = await reading(page, 'Flat');
  expect(Object.values(rows).map(number).sort()).toEqual([FLAT, FLAT_BEFORE]);
});
