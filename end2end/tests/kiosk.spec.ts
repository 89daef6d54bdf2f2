// A wall that shows the boards of a playlist in turn: through a server that goes and comes, through another version of
// it, and through a source that is away.
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FrameLocator, Page } from '@playwright/test';
import { Andon } from '../support/andon.ts';
import { expect, test } from '../support/fixtures.ts';
import { Prometheus } from '../support/prometheus.ts';

const GONE = /net::ERR_|Failed to load resource|response: .* 50[0-9]|request: |Failed to fetch/;

/** The configuration of a wall; `sources` is TOML. */
function configuration(playlist: string, sources = ''): string {
  const file = join(mkdtempSync(join(tmpdir(), 'andon-kiosk-')), 'andon.toml');
  writeFileSync(file, `${sources}\n[[playlist]]\nname = "hall"\n${playlist}\n`);
  return file;
}

function shown(page: Page): FrameLocator {
  return page.frameLocator('.wall iframe:not(.coming)');
}

async function expectShown(page: Page, heading: string): Promise<void> {
  await expect(shown(page).getByRole('heading', { level: 1, name: heading })).toBeVisible();
}

async function expectState(page: Page, word: string): Promise<void> {
  await expect(shown(page).getByRole('status').filter({ hasText: word })).toBeVisible();
}

const TURNS = 'boards = [{ board = "demo", for = "4s" }, { board = "demo-limits", for = "4s" }]';
/** A build that differs in nothing but its version, made of a copy of the binary. */
function anotherVersion(binary: Buffer): Buffer {
  const written = Buffer.from(/^version = "(.+)"$/m.exec(readFileSync('../Cargo.toml', 'utf8'))?.[1] + '+');
  const other = Buffer.from(written.toString().replace(/^\d/, '9'));
  const copy = Buffer.from(binary);
  let found = 0;
  for (let at = copy.indexOf(written); at >= 0; at = copy.indexOf(written, at + 1)) {
    other.copy(copy, at);
    found += 1;
  }
  expect(found, 'the version stands in the binary').toBeGreaterThan(0);
  return copy;
}

const ONE = 'boards = [{ board = "demo", for = "1h" }]';

test('a playlist shows its boards in turn, and nothing scrolls', async ({ page }) => {
  const andon = await Andon.start(['--demo', '--config', configuration(TURNS)]);
  try {
    await page.goto(`${andon.url}/kiosk/hall`);
    await expectShown(page, 'Demo job system');
    await expectShown(page, 'Demo job system: limits and known issues');
    await expectShown(page, 'Demo job system');
    await expect(page.locator('html')).toHaveAttribute('data-theme', 'dark');
    const surplus = await page.frames().at(-1)?.evaluate(() => {
      const { scrollHeight, scrollWidth } = document.documentElement;
      return [scrollHeight - innerHeight, scrollWidth - innerWidth];
    });
    expect(surplus?.every((pixels) => pixels <= 0)).toBe(true);
  } finally {
    await andon.stop();
  }
});

test('it is dark at night, by the clock of the wall', async ({ page, watch }) => {
  watch.expect(GONE); // the bundle may still be on its way when the test ends
  await page.clock.install({ time: new Date('2026-11-20T21:59:30Z') });
  const night = `${ONE}\ntheme = "light"\nnight = { from = "22:00", to = "06:30" }`;
  const andon = await Andon.start(['--demo', '--config', configuration(night)]);
  try {
    await page.goto(`${andon.url}/kiosk/hall`);
    await expect(page.locator('html')).toHaveAttribute('data-theme', 'light');
    await page.clock.setFixedTime(new Date('2026-11-20T22:00:30Z'));
    await page.clock.runFor(10_000);
    await expect(page.locator('html')).toHaveAttribute('data-theme', 'dark');
  } finally {
    await andon.stop();
  }
});

test('the server goes and comes: the wall keeps its board, says so, and goes on', async ({ page, watch }) => {
  watch.expect(GONE);
  const andon = await Andon.start(['--demo', '--config', configuration(TURNS)]);
  try {
    const stream = page.waitForResponse(/\/api\/live/);
    await page.goto(`${andon.url}/kiosk/hall`);
    await stream;
    await expectState(page, 'Live');
    await andon.stop('SIGKILL');
    await expectState(page, 'Reconnecting');
    // Longer than any board's turn: what cannot be loaded is not tried.
    await page.waitForTimeout(10_000);
    await expect(shown(page).locator('.board')).toBeVisible();
    await andon.start();
    await expectState(page, 'Live');
    await expectShown(page, 'Demo job system: limits and known issues');
    await expectShown(page, 'Demo job system');
  } finally {
    await andon.stop();
  }
});

test('another version of the server loads the wall anew', async ({ page, watch }) => {
  watch.expect(GONE);
  const andon = await Andon.start(['--demo', '--config', configuration(ONE)]);
  try {
    await page.goto(`${andon.url}/kiosk/hall`);
    await expectShown(page, 'Demo job system');
    await page.evaluate(() => Object.assign(globalThis, { isOld: true }));
    const before = await page.locator('.wall').getAttribute('data-version');
    await andon.stop();
    await andon.upgrade(anotherVersion);
    const isOld = () => page.evaluate(() => 'isOld' in globalThis).catch(() => true);
    await expect.poll(isOld).toBe(false);
    await expectShown(page, 'Demo job system');
    expect(await page.locator('.wall').getAttribute('data-version')).not.toBe(before);
    await expectState(page, 'Live');
  } finally {
    await andon.stop();
  }
});

test('it keeps the screen awake, and shows no cursor', async ({ page }) => {
  await page.addInitScript(() => {
    const asked: string[] = [];
    Object.assign(globalThis, { asked });
    Object.defineProperty(navigator, 'wakeLock', {
      value: { request: async (kind: string) => void asked.push(kind) },
    });
  });
  const andon = await Andon.start(['--demo', '--config', configuration(ONE)]);
  try {
    await page.goto(`${andon.url}/kiosk/hall`);
    await expectShown(page, 'Demo job system');
    const asked = () => page.evaluate(() => (globalThis as unknown as { asked: string[] }).asked);
    expect(await asked()).toEqual(['screen']);
    // A lock is lost with the page's sight, and asked for again.
    await page.evaluate(() => document.dispatchEvent(new Event('visibilitychange')));
    await expect.poll(asked).toEqual(['screen', 'screen']);
    const cursors = [page.locator('.wall'), shown(page).locator('.board')];
    for (const place of cursors) {
      expect(await place.evaluate((element) => getComputedStyle(element).cursor)).toBe('none');
    }
  } finally {
    await andon.stop();
  }
});

for (const [name, width, height] of [
  ['1080p', 1920, 1080],
  ['4k', 3840, 2160],
  ['portrait', 1080, 1920],
] as const) {
  test(`a wall of ${width} × ${height} shows the whole board, and its state from afar`, async ({ page, stack }) => {
    await page.setViewportSize({ width, height });
    await page.goto(`${stack.demo.url}/?kiosk&from=now-5m&to=now&refresh=1s`);
    await expect(page.getByRole('status').filter({ hasText: 'Live' })).toBeVisible();
    const clipped = await page.evaluate(() => {
      const isOut = (element: Element) => {
        const { left, top, right, bottom } = element.getBoundingClientRect();
        return left < 0 || top < 0 || right > innerWidth || bottom > innerHeight;
      };
      const parts = [...document.querySelectorAll('.panel, .panel h2, .figure, .state, .clock, .area')];
      return parts.filter(isOut).map((part) => `${part.className} ${part.textContent?.slice(0, 40)}`);
    });
    expect(clipped).toEqual([]);
    // The age of the data is never cut off.
    const age = await page.locator('.state').evaluate((state) => [state.scrollWidth, state.clientWidth]);
    expect(age[0]).toBeLessThanOrEqual(age[1] ?? 0);
    await expect(page.locator('.state')).toContainText('newest point');
    const size = await page.locator('.state').evaluate((state) => Number.parseFloat(getComputedStyle(state).fontSize));
    // 25 mm of the 840 mm that such a wall is high, or wide where it stands upright.
    expect(size / Math.min(width, height)).toBeGreaterThanOrEqual(0.0295);
    await page.screenshot({ path: `../target/screenshots/kiosk-${name}.png` });
  });
}

test('the source is away: the wall keeps its data and says so, in type that is read from afar', async ({ page, stack }) => {
  const prometheus = await Prometheus.start([{ job: 'demo', url: `${stack.demo.url}/demo/metrics` }]);
  const sources = `[[sources]]\nname = "main"\nurl = "${prometheus.url}"`;
  const boards = 'boards = [{ board = "overview", for = "1h", query = "from=now-5m&to=now&refresh=1s" }]';
  const andon = await Andon.start(['--config', configuration(boards, sources)]);
  try {
    await page.setViewportSize({ width: 1920, height: 1080 });
    await page.goto(`${andon.url}/kiosk/hall`);
    await expectState(page, 'Live');
    const charts = shown(page).locator('.area[role=img]');
    const before = await charts.count();
    await prometheus.stop();
    await expectState(page, 'Source away');
    await expect(charts).toHaveCount(before);
    const size = await shown(page)
      .locator('.state')
      .evaluate((state) => Number.parseFloat(getComputedStyle(state).fontSize));
    // A wall of 1.2 m has 1.1 mm a line: 25 mm are read from five metres.
    expect(size).toBeGreaterThanOrEqual(32);
    await page.screenshot({ path: '../target/screenshots/kiosk-source-away.png' });
    await prometheus.start();
    await expectState(page, 'Live');
  } finally {
    await andon.stop();
    await prometheus.stop();
  }
});

test('a playlist that is not there is said so', async ({ page, stack, watch }) => {
  watch.expect(/404/);
  await page.goto(`${stack.demo.url}/kiosk/none`);
  await expect(page.getByText('there is no playlist `none`')).toBeVisible();
});
