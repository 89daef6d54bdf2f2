// Every state of the page as a picture, in target/screenshots, for people to look at; checked here is only what a
// program can see: nothing is wider than the screen.
import type { Page } from '@playwright/test';
import { Andon } from '../support/andon.ts';
import { expectState, hover, openLive } from '../support/board.ts';
import { expect, test } from '../support/fixtures.ts';
import { Prometheus } from '../support/prometheus.ts';

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

    test('failed: no source answers', async ({ page }) => {
      const prometheus = await Prometheus.start([]);
      const andon = await Andon.start([prometheus.url]);
      await prometheus.stop();
      await page.goto(andon.url);
      await expect(page.getByRole('heading', { name: 'The source does not answer' })).toBeVisible();
      await picture(page, `failed-${colorScheme}`);
      await andon.stop();
    });

    test('empty: a time before all data', async ({ page, stack }) => {
      await page.goto(`${stack.demo.url}/?from=2001-01-01&to=2001-01-02`);
      await expectState(page, 'Fixed range');
      await picture(page, `empty-${colorScheme}`);
    });
  });
}
