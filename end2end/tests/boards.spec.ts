// Boards as files: rows, links, the palette, and what a page does when its file changes.
import { expectState, panel } from '../support/board.ts';
import { expect, test } from '../support/fixtures.ts';
import { BoardFolder } from '../support/folder.ts';

const farm = (title: string) => `
title: ${title}
tags: [farm]
links: [{tags: [farm], keep_time: true}]
panels:
  - {title: Rate, grid: {w: 24, h: 6}, kind: timeseries, queries: [{expr: 'sum(rate(demo_job_duration_seconds_count[1m]))', legend: jobs}]}
  - {title: Open, kind: row, grid: {y: 6, w: 24, h: 1}}
  - {title: Shown, grid: {y: 7, w: 12, h: 4}, kind: stat, queries: [{expr: vector(1)}]}
  - {title: Folded, kind: {row: {collapsed: true}}, grid: {y: 11, w: 24, h: 1}}
  - {title: Hidden, grid: {y: 12, w: 12, h: 4}, kind: stat, queries: [{expr: vector(2)}]}
`;
const GRAFANA = JSON.stringify({
  uid: 'shop-1',
  title: 'Shop',
  tags: ['farm'],
  panels: [{ id: 7, type: 'timeseries', title: 'Tills', gridPos: { x: 0, y: 0, w: 24, h: 8 }, targets: [{ refId: 'A', expr: 'vector(1)' }] }],
});

let boards: BoardFolder;
test.beforeAll(async () => {
  boards = await BoardFolder.start({ 'farm.yaml': farm('Farm'), 'shop.json': GRAFANA });
});
test.afterAll(async () => boards.stop());

const address = (query = '') => `${boards.andon.url}/d/farm${query}`;

test('rows fold and open, and what they hold is asked for only then', async ({ page }) => {
  await page.goto(address());
  await expectState(page, 'Live');
  await expect(panel(page, 'Shown')).toBeVisible();
  await expect(panel(page, 'Hidden')).toHaveCount(0);
  await page.getByRole('button', { name: 'Folded' }).click();
  await expect(panel(page, 'Hidden')).toBeVisible();
  await expect(page).toHaveURL(/rows=4/);
  await page.getByRole('button', { name: 'Open' }).click();
  await expect(panel(page, 'Shown')).toHaveCount(0);
});

test('the palette finds boards and panels', async ({ page }) => {
  await page.goto(address());
  await expectState(page, 'Live');
  await page.keyboard.press('Control+k');
  await page.getByRole('searchbox', { name: 'Jump to a board or panel' }).fill('tills');
  await page.getByRole('link', { name: /^Tills/ }).click();
  await expect(page).toHaveURL(/\/d\/shop-1#panel-7-title$/);
  await expect(panel(page, 'Tills')).toBeVisible();
});

test("Grafana's addresses lead to its boards and panels", async ({ page }) => {
  await page.goto(`${boards.andon.url}/d/shop-1/the-shop?orgId=1&viewPanel=7`);
  await expect(panel(page, 'Tills')).toBeVisible();
  await page.goto(address('?from=now-5m&to=now'));
  await page.getByRole('navigation', { name: 'Links' }).getByRole('link', { name: 'Shop' }).click();
  await expect(page).toHaveURL(/\/d\/shop-1\?from=now-5m&to=now/);
});

test('an open page shows the new layout of its changed file, and says when the file is broken', async ({ page }) => {
  await page.goto(address());
  await expectState(page, 'Live');
  boards.write('farm.yaml', farm('Farm anew'));
  await expect(page.getByRole('heading', { name: 'Farm anew', level: 1 })).toBeVisible();
  await expectState(page, 'Live');
  boards.write('farm.yaml', 'title: Farm\npanels:\n  - {kind: guage}\n');
  const notice = page.getByRole('alert').filter({ hasText: /farm\.yaml:3:\d+/ });
  await expect(notice).toBeVisible();
  await expect(page.getByRole('heading', { name: 'Farm anew', level: 1 })).toBeVisible();
  await expectState(page, 'Live');
  boards.write('farm.yaml', farm('Farm mended'));
  await expect(page.getByRole('heading', { name: 'Farm mended', level: 1 })).toBeVisible();
  await expect(notice).toHaveCount(0);
});

test('no board scrolls sideways on a phone', async ({ page }) => {
  await page.setViewportSize({ width: 360, height: 800 });
  await page.goto(address('?rows=4'));
  const surplus = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  expect(surplus).toBeLessThanOrEqual(0);
});
