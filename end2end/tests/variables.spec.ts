// Variables: chosen on the page with and without a script, chained, searched, filtered by, repeated by.
import type { Page } from '@playwright/test';
import { expectState, panel } from '../support/board.ts';
import { expect, test } from '../support/fixtures.ts';
import { BoardFolder } from '../support/folder.ts';

const HOSTS = Array.from({ length: 2000 }, (_, index) => `host-${String(index).padStart(4, '0')}`);
const BOARD = `
title: Kinds
variables:
  - {name: ds, label: Source, from: {source: prometheus}}
  - {name: kind, label: Kind, source: $ds, from: {query: 'label_values(demo_job_duration_seconds_count, kind)'}, multi: true, include_all: true}
  - {name: chained, label: Again, from: {query: 'label_values(demo_job_duration_seconds_count{kind=~"$kind"}, kind)'}}
  - {name: host, label: Host, from: {list: [${HOSTS.join(', ')}]}, multi: true}
  - {name: word, label: Word, from: {text: hello}}
  - {name: narrow, label: Filters, from: {filters: []}}
panels:
  - {title: 'Jobs of $word', grid: {w: 24, h: 6}, kind: timeseries, source: $ds, queries: [{expr: 'sum by (kind) (rate(demo_job_duration_seconds_count{kind=~"$kind"}[1m]))', legend: '{{kind}}'}]}
  - {title: 'Only $kind', grid: {y: 6, w: 24, h: 4}, kind: stat, source: $ds, repeat: {variable: kind}, queries: [{expr: 'sum(demo_job_duration_seconds_count{kind="$kind"})'}]}
`;

let boards: BoardFolder;
test.beforeAll(async () => {
  boards = await BoardFolder.start({ 'kinds.yaml': BOARD });
});
test.afterAll(async () => boards.stop());

const address = (query = '') => `${boards.andon.url}/d/kinds${query}`;
const picker = (page: Page, label: string) => page.locator('details.picker').filter({ hasText: label }).first();

/** Waits until the demo has had jobs, so that there are kinds to choose. */
async function openBoard(page: Page, query = ''): Promise<void> {
  await expect(async () => {
    await page.goto(address(query));
    await expect(page.getByRole('region', { name: 'Only render' })).toBeVisible({ timeout: 1000 });
  }).toPass();
  await expectState(page, 'Live');
}

test('several values are chosen in a list, and the panels that repeat by them follow', async ({ page }) => {
  await openBoard(page);
  await picker(page, 'Kind').locator('summary').click();
  await picker(page, 'Kind').getByLabel('render').check();
  await picker(page, 'Kind').getByLabel('import').check();
  await expect(picker(page, 'Kind').getByLabel('All')).not.toBeChecked();
  await picker(page, 'Kind').getByRole('button', { name: 'Apply' }).click();
  await expect(page).toHaveURL(/var-kind=import&var-kind=render/);
  await expect(panel(page, 'Only render')).toBeVisible();
  await expect(panel(page, 'Only import')).toBeVisible();
  await expect(page.getByRole('region', { name: /^Only/ })).toHaveCount(2);
  await expect(page.getByLabel('Again').locator('option')).toHaveText(['import', 'render']);
});

test('a choice keeps the range and everything else of the address', async ({ page }) => {
  await openBoard(page, '?from=now-5m&to=now&theme=light&var-kind=render');
  await page.getByLabel('Word').fill('a & b');
  await page.getByLabel('Word').press('Enter');
  await expect(panel(page, 'Jobs of a & b')).toBeVisible();
  await expect(page).toHaveURL(/from=now-5m.*theme=light.*var-word=a(\+|%20)%26/);
});

test('a list of 2,000 is searched on the server', async ({ page }) => {
  await openBoard(page);
  await picker(page, 'Host').locator('summary').click();
  await expect(picker(page, 'Host').locator('li label')).toHaveCount(100);
  await picker(page, 'Host').getByRole('searchbox').fill('host-199');
  await expect(picker(page, 'Host').locator('li label')).toHaveCount(11); // the chosen one, and ten that match
  await picker(page, 'Host').getByLabel('host-1998').check();
  await picker(page, 'Host').getByRole('button', { name: 'Apply' }).click();
  await expect(page).toHaveURL(/var-host=host-1998/);
});

test('a filter goes into the queries, and is taken off again', async ({ page }) => {
  await openBoard(page);
  const legend = panel(page, 'Jobs of hello').locator('.legend');
  await expect(legend).toContainText('import');
  await page.getByLabel('Label').fill('kind');
  await page.getByLabel('Value').fill('render');
  await page.getByLabel('Value').press('Enter');
  await expect(page).toHaveURL(/var-narrow=kind%7C%3D%7Crender/);
  await expect(legend).toContainText('render');
  await expect(legend).not.toContainText('import');
  await page.getByLabel('kind = render').click();
  await expect(legend).toContainText('import');
});

test.describe('without a script', () => {
  test.use({ javaScriptEnabled: false });

  test('the pickers are a form', async ({ page }) => {
    await page.goto(address('?from=now-5m&to=now'));
    await page.getByLabel('Word').fill('paper');
    await page.getByRole('button', { name: 'Show' }).first().click();
    await expect(page.getByRole('region', { name: 'Jobs of paper' })).toBeVisible();
    await expect(page).toHaveURL(/from=now-5m/);
  });

  test('a long list is searched by a form too', async ({ page }) => {
    await page.goto(address('?find-host=host-1234'));
    await expect(picker(page, 'Host').getByLabel('host-1234')).toBeVisible();
    await expect(picker(page, 'Host').locator('li label')).toHaveCount(2);
  });
});
