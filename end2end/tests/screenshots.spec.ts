// Every state of the page as a picture, in target/screenshots, for people to look at; checked here is only what a
// program can see: nothing is wider than the screen.
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { Andon } from '../support/andon.ts';
import { expectState, hover, openLive } from '../support/board.ts';
import { expect, test } from '../support/fixtures.ts';
import { until } from '../support/process.ts';
import { Prometheus, query } from '../support/prometheus.ts';
import { MoodyProxy } from '../support/proxy.ts';

const SCREENS = [
  { width: 360, height: 740 },
  { width: 1440, height: 900 },
  { width: 3840, height: 2160 },
];

async function picture(page: Page, name: string): Promise<void> {
  await page.screenshot({ path: `../target/screenshots/${name}.png`, fullPage: true });
  const surplus = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  expect(surplus, 'the page scrolls sideways').toBeLessThanOrEqual(0);
}

/** Waits until the overview shows panels. */
async function boardIsUp(andon: Andon): Promise<void> {
  await expect.poll(async () => (await fetch(andon.url)).text()).toContain('Success rate');
}

for (const colorScheme of ['dark', 'light'] as const) {
  for (const viewport of SCREENS) {
    test.describe(`${colorScheme}, ${viewport.width} px`, () => {
      test.use({ viewport, colorScheme });

      test('live', async ({ page, stack }) => {
        await openLive(page, `${stack.demo.url}/?from=now-5m&to=now&refresh=1s`);
        await picture(page, `live-${viewport.width}-${colorScheme}`);
      });
    });
  }

  test.describe(colorScheme, () => {
    test.use({ colorScheme });

    test('the crosshair', async ({ page, stack }) => {
      await openLive(page, `${stack.demo.url}/?from=now-5m&to=now&refresh=1s`);
      await hover(page, 'Queue', 0.9);
      await picture(page, `crosshair-${colorScheme}`);
    });

    test('failed: no source answers', async ({ page, keep }) => {
      const prometheus = keep(await Prometheus.start([]));
      const andon = keep(await Andon.start([prometheus.url]));
      await prometheus.stop();
      await page.goto(andon.url);
      await expect(page.getByRole('heading', { name: 'The source does not answer' })).toBeVisible();
      await picture(page, `failed-${colorScheme}`);
    });

    test('targets: one is down', async ({ page, stack, keep }) => {
      const gone = keep(await Andon.start(['--demo']));
      const andon = keep(await Andon.start([`${stack.demo.url}/demo/metrics`, `${gone.url}/demo/metrics`]));
      await gone.stop();
      for (const viewport of SCREENS) {
        await page.setViewportSize(viewport);
        await expect(async () => {
          await page.goto(`${andon.url}/targets`);
          await expect(page.getByText('1 of 2 targets are up')).toBeVisible({ timeout: 500 });
        }).toPass();
        await picture(page, `targets-${viewport.width}-${colorScheme}`);
      }
    });

    test('empty: a time before all data', async ({ page, stack }) => {
      await page.goto(`${stack.demo.url}/?from=2001-01-01&to=2001-01-02`);
      await expectState(page, 'Fixed range');
      await picture(page, `empty-${colorScheme}`);
    });
  });
}

/** The same in both themes. */
async function pictures(page: Page, name: string): Promise<void> {
  for (const colorScheme of ['dark', 'light'] as const) {
    await page.emulateMedia({ colorScheme });
    await picture(page, `${name}-${colorScheme}`);
  }
}

test('loading: the source takes its time', async ({ page, stack, keep }) => {
  const slow = keep(await MoodyProxy.start(stack.prometheus.url));
  const andon = keep(await Andon.start([slow.url]));
  await boardIsUp(andon);
  slow.become('holds');
  await page.goto(`${andon.url}/?from=now-20m&to=now`);
  await expectState(page, 'Loading');
  await pictures(page, 'loading');
  slow.become('well');
  await expectState(page, 'Live');
});

test('late: the exporter is gone', async ({ page, keep }) => {
  const exporter = keep(await Andon.start(['--demo']));
  const config = join(mkdtempSync(join(tmpdir(), 'andon-late-')), 'andon.toml');
  writeFileSync(config, '[global]\nscrape_interval = "1s"\nscrape_timeout = "1s"\n');
  const andon = keep(await Andon.start([`${exporter.url}/demo/metrics`, '--config', config]));
  await boardIsUp(andon);
  await openLive(page, `${andon.url}/?from=now-1m&to=now&refresh=1s`);
  await until('some samples', async () => (await query(andon.url, 'count_over_time(demo_queue_jobs[1m]) > 9')).length > 0);
  await exporter.stop();
  await expectState(page, 'Late');
  await pictures(page, 'late');
});
