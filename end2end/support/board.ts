// The board's page as a reader finds their way on it: by roles and by what is written.
import { expect, type Locator, type Page } from '@playwright/test';

/** Opens a page and waits until its islands are awake and follow the stream. */
export async function openLive(page: Page, url: string): Promise<void> {
  const stream = page.waitForResponse(/\/api\/live/);
  await page.goto(url);
  await stream;
  await expectState(page, 'Live');
}

/** Waits until the state line says `word`. */
export async function expectState(page: Page, word: string): Promise<void> {
  await expect(page.getByRole('status').filter({ hasText: word })).toBeVisible();
}

/** The panel under the heading `title`. */
export function panel(page: Page, title: string): Locator {
  return page.getByRole('region', { name: title, exact: true });
}

/** The pictures of all charts. */
export function charts(page: Page): Locator {
  return page.locator('.area[role=img]');
}

/** What stands beside the crosshair: the moment, and a text a series. */
export interface Reading {
  timeMs: number;
  rows: Record<string, string>;
}

/** Reads the box beside the crosshair of the panel `title`; the browser is set to UTC. */
export async function reading(page: Page, title: string): Promise<Reading> {
  const tip = panel(page, title).locator('.tip');
  await expect(tip).toBeVisible();
  const moment = await tip.locator('p').innerText();
  const rows: Record<string, string> = {};
  for (const row of await tip.locator('tr').all()) {
    rows[await row.locator('th').innerText()] = await row.locator('td').innerText();
  }
  return { timeMs: Date.parse(`${moment.replace(' ', 'T')}Z`), rows };
}

/** Moves the pointer over the chart of `title`, to `fraction` of its width, until the chart follows it. */
export async function hover(page: Page, title: string, fraction: number): Promise<void> {
  const area = panel(page, title).locator('.area[role=img]');
  await area.scrollIntoViewIfNeeded();
  await expect(async () => {
    const box = await area.boundingBox();
    if (!box) throw new Error(`the chart of ${title} has no place`);
    await page.mouse.move(box.x + box.width * fraction, box.y + box.height / 2, { steps: 3 });
    await expect(panel(page, title).locator('.tip')).toBeVisible({ timeout: 500 });
  }).toPass();
}
