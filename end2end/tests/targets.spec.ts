// The page of scrape targets: what is up, what is down and why, without a script.
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { Andon } from '../support/andon.ts';
import { expect, test } from '../support/fixtures.ts';
import { freePort } from '../support/process.ts';
import { NodeExporter } from '../support/prometheus.ts';

/** The cells of the row of `target`, in the table's order after its address. */
function row(page: Page, target: string) {
  const cells = page.getByRole('row').filter({ hasText: target }).getByRole('cell');
  return { state: cells.nth(0), age: cells.nth(1), took: cells.nth(2), samples: cells.nth(3), remark: cells.nth(4) };
}

/** A configuration that scrapes `hosts` every second. */
function scraping(hosts: string[]): string {
  const file = join(mkdtempSync(join(tmpdir(), 'andon-targets-')), 'andon.toml');
  writeFileSync(
    file,
    `[[scrape_configs]]
job_name = "node"
scrape_interval = "1s"
static_configs = [{ targets = ${JSON.stringify(hosts)} }]
`,
  );
  return file;
}

test('targets say whether they are up, when they were last scraped, and why not', async ({ page, keep }) => {
  const node = keep(await NodeExporter.start());
  const up = new URL(node.metricsUrl).host;
  const down = `127.0.0.1:${await freePort()}`;
  const andon = keep(await Andon.start(['--config', scraping([up, down])]));
  await expect(async () => {
    await page.goto(`${andon.url}/targets`);
    await expect(page.getByText('1 of 2 targets are up')).toBeVisible({ timeout: 500 });
  }).toPass();
  await expect(row(page, up).state).toHaveText('Up');
  await expect(row(page, up).age).toHaveText(/^\d+\ss ago$/);
  await expect(row(page, up).took).toHaveText(/^\d+\sms$/);
  expect(Number(await row(page, up).samples.innerText())).toBeGreaterThan(100);
  await expect(row(page, up).remark).toBeEmpty();
  await expect(row(page, down).state).toHaveText('Down');
  await expect(row(page, down).remark).toHaveText(/refused/);

  // From here on the page asks for itself anew.
  await node.stop();
  await expect(row(page, up).state).toHaveText('Down');
  await expect(row(page, up).remark).toHaveText(/refused/);
  await node.start();
  await expect(page.getByText('1 of 2 targets are up')).toBeVisible();
});

test('a server that scrapes nothing itself says so', async ({ page, stack }) => {
  await page.goto(`${stack.board.url}/targets`);
  await expect(page.getByText('Andon scrapes nothing itself')).toBeVisible();
});
