// Sources that misbehave, clocks that are set, an island that fails: the page says what happens in words, everything
// else goes on, and all is well again without a reload.
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { Andon } from '../support/andon.ts';
import { expectState, openLive, panel } from '../support/board.ts';
import { WallClock } from '../support/clock.ts';
import { expect, test } from '../support/fixtures.ts';
import { type Mood, MoodyProxy } from '../support/proxy.ts';
import { countEvents, expectPoints } from '../support/streams.ts';

const LIVE = 'from=now-5m&to=now&refresh=1s';
const HOUR_S = 3_600;

/** A server with these sources (TOML) and one board of these panels (YAML), which is always the same. */
function start(sources: string, panels: string, env: Record<string, string> = {}): Promise<Andon> {
  const folder = mkdtempSync(join(tmpdir(), 'andon-hostile-'));
  const config = join(folder, 'andon.toml');
  const boards = join(folder, 'boards');
  mkdirSync(boards);
  writeFileSync(join(boards, 'watch.yaml'), `title: Watch\npanels:\n${panels}`);
  writeFileSync(config, `boards = ["${boards}"]\n${sources}`);
  return Andon.start(['--config', config], env);
}

/** A chart and a figure on `source`, in row `y` of the board. */
function two(y: number, source: string, title: string): string {
  const of = `source: ${source}, queries: [{expr: 'sum(demo_queue_jobs)'}]`;
  const figure = `source: ${source}, queries: [{expr: 'vector(time() % 100000)'}]`;
  return `  - {title: ${title}, kind: timeseries, grid: {y: ${y}, w: 12, h: 6}, ${of}}\n  - {title: ${title} figure, kind: stat, grid: {x: 12, y: ${y}, w: 12, h: 6}, ${figure}}\n`;
}

/** The page is not loaded anew from here to `expectSame`. */
async function mark(page: Page): Promise<void> {
  await page.evaluate(() => Object.assign(window, { isSame: true }));
}
async function expectSame(page: Page): Promise<void> {
  expect(await page.evaluate(() => 'isSame' in window), 'the page was not loaded anew').toBe(true);
}

/** The panel's figure changes from now on. */
async function expectMoving(page: Page, title: string): Promise<void> {
  const figure = panel(page, title).locator('.figure');
  const before = await figure.textContent();
  await expect(figure).not.toHaveText(before ?? '');
}

/** What a panel that has data says beside it, in brief and in full. */
function note(page: Page, title: string) {
  return panel(page, title).locator('.panel-note');
}

test.describe('a source that misbehaves', () => {
  let moody: MoodyProxy;
  let andon: Andon;
  test.beforeAll(async ({ stack }) => {
    moody = await MoodyProxy.start(stack.prometheus.url);
    const sources = [
      `[[sources]]\nname = "well"\nurl = "${stack.prometheus.url}"`,
      `[[sources]]\nname = "moody"\nurl = "${moody.url}"\ntimeout = "2s"\nmax_response_size = "1MB"`,
      '[[sources]]\nname = "nowhere"\nurl = "http://nowhere.invalid:9090"',
    ];
    const panels = [two(0, 'well', 'Well'), two(6, 'moody', 'Moody'), two(12, 'nowhere', 'Nowhere')];
    andon = await start(sources.join('\n'), panels.join(''));
  });
  test.afterAll(async () => {
    await andon.stop();
    moody.stop();
  });

  const MOODS: [Mood, RegExp][] = [
    ['holds', /did not answer within 2 s/],
    ['drips', /did not answer within 2 s/],
    ['fails', /HTTP 500: disk full/],
    ['writesHtml', /is no Prometheus API/],
    ['floods', /is larger than 1048576 bytes/],
    ['hangsUp', /cannot be reached/],
  ];
  for (const [mood, words] of MOODS) {
    test(`it ${mood}`, async ({ page }) => {
      await openBoard(page);
      await expect(panel(page, 'Moody figure').locator('.figure')).toBeVisible();
      await mark(page);
      moody.become(mood);
      await expect(note(page, 'Moody')).toHaveAttribute('title', words);
      await expect(note(page, 'Moody figure')).toContainText('No answer');
      await expectMoving(page, 'Well figure');
      await expect(note(page, 'Well')).toHaveCount(0);
      await expect(panel(page, 'Moody').locator('canvas').first(), 'old data stays').toBeVisible();
      await page.screenshot({ path: `../target/screenshots/source-${mood}.png` });
      moody.become('well');
      await expectMoving(page, 'Moody figure');
      await expect(note(page, 'Moody')).toHaveCount(0);
      await expectSame(page);
    });
  }

  test('its name leads nowhere', async ({ page }) => {
    await openBoard(page);
    await expect(panel(page, 'Nowhere')).toContainText('http://nowhere.invalid:9090/ cannot be reached');
    await expectMoving(page, 'Well figure');
  });

  async function openBoard(page: Page): Promise<void> {
    await page.goto(`${andon.url}/d/watch?${LIVE}`);
    await expectMoving(page, 'Well figure');
  }
});

test('a source that is asked too much: each panel says what it waits for, and how many are ahead', async ({ page, stack, keep }) => {
  const slow = keep(await MoodyProxy.start(stack.prometheus.url));
  const panels = Array.from({ length: 20 }, (_, index) => {
    const grid = `{x: ${(index % 4) * 6}, y: ${Math.floor(index / 4) * 4}, w: 6, h: 4}`;
    return `  - {title: Panel ${index}, kind: stat, grid: ${grid}, queries: [{expr: 'vector(time() % 100000 + ${index})'}]}\n`;
  });
  const andon = keep(await start(`[[sources]]\nname = "main"\nurl = "${slow.url}"`, panels.join('')));
  slow.become('holds');
  await page.goto(`${andon.url}/d/watch?${LIVE}`);
  // Eight are asked at the same time; the others line up.
  const waiting = page.getByText(`Waiting for prometheus at ${slow.host}`);
  await expect(waiting).toHaveCount(20);
  const ahead = async () => {
    const said = await waiting.allTextContents();
    return said.flatMap((words) => /, (\d+) ahead$/.exec(words)?.[1] ?? []).map(Number).sort((a, b) => a - b);
  };
  await expect.poll(ahead).toEqual(Array.from({ length: 12 }, (_, index) => index));
  await page.screenshot({ path: '../target/screenshots/waiting.png', fullPage: true });
  slow.become('well');
  await expectMoving(page, 'Panel 19');
  await expect(page.getByText('Waiting for')).toHaveCount(0);
  slow.become('holds');
  await expect(note(page, 'Panel 0')).toContainText('Waiting for');
  slow.become('well');
  await expect(page.getByText('Waiting for')).toHaveCount(0);
});

test.describe('clocks that are set', () => {
  test("the reader's, by an hour and back", async ({ page, stack }) => {
    await page.clock.install();
    await countEvents(page);
    await openLive(page, `${stack.demo.url}/?${LIVE}`);
    await mark(page);
    for (const hours of [1, 0, -1]) {
      await page.clock.setSystemTime(Date.now() + hours * HOUR_S * 1_000);
      await expectPoints([page.mainFrame()]);
      await expectState(page, 'Live');
    }
    await expectSame(page);
  });

  test("the server's, before a Prometheus: the panel says whose clocks differ", async ({ page, stack, keep }) => {
    const clock = new WallClock();
    const andon = keep(await Andon.start([stack.prometheus.url], clock.env));
    await openLive(page, `${andon.url}/?${LIVE}`);
    await mark(page);
    for (const [hours, words] of [[1, /is 36\d\d s behind Andon's/], [-1, /is 3[56]\d\d s ahead of Andon's/]] as const) {
      clock.set(hours * HOUR_S);
      const said = panel(page, 'Queue').locator('.panel-note, .empty').filter({ hasText: 'In part' }).first();
      await expect.poll(async () => (await said.getAttribute('title')) ?? (await said.textContent())).toMatch(words);
      await page.screenshot({ path: `../target/screenshots/clock-${hours}.png` });
      clock.set(0);
      await expectState(page, 'Live');
      await expect(panel(page, 'Queue').locator('.panel-note')).toHaveCount(0);
    }
    await expectSame(page);
  });

  test("the server's, on its own engine: points go on coming", async ({ page, keep }) => {
    const clock = new WallClock();
    const andon = keep(await start('demo = true', two(0, 'andon', 'Own'), clock.env));
    await countEvents(page);
    await openLive(page, `${andon.url}/d/watch?${LIVE}`);
    await mark(page);
    for (const hours of [1, 0, -1, 0]) {
      clock.set(hours * HOUR_S);
      await expectPoints([page.mainFrame()]);
      await expectMoving(page, 'Own figure');
      await expectState(page, 'Live');
    }
    await expectSame(page);
  });
});

test.describe('an island that fails', () => {
  test('at its start: the server\'s picture stays in its place, and the others live', async ({ page, stack, watch }) => {
    watch.expect(/unreachable|panicked|RuntimeError/);
    await countEvents(page);
    await page.route(/\/\?from/, async (route) => {
      const response = await route.fetch();
      const html = await response.text();
      const broken = html.replace(/(data-component="ChartPanel[^"]*"[^>]*data-props=")[^"]*"/, '$1{&quot;id&quot;:[]}"');
      expect(broken).not.toBe(html);
      await route.fulfill({ response, body: broken });
    });
    await openLive(page, `${stack.demo.url}/?${LIVE}`);
    const charts = page.locator('leptos-island[data-component^=ChartPanel]');
    await expect(charts.first().locator('svg').first()).toBeVisible();
    await expect(charts.nth(1).locator('canvas').first()).toBeVisible();
    await mark(page);
    await expectPoints([page.mainFrame()]);
    await expectMovingChart(page, 1);
    await expectSame(page);
  });

  test('later: the page is fetched anew and lives', async ({ page, stack, watch }) => {
    watch.expect(/unreachable|panicked|RuntimeError|on purpose/);
    await countEvents(page);
    await openLive(page, `${stack.demo.url}/?${LIVE}`);
    await mark(page);
    // As a trap in its program would leave it: in the midst of its painting.
    await page.evaluate(() => {
      const { stroke } = CanvasRenderingContext2D.prototype;
      const first = document.querySelector('.area canvas');
      CanvasRenderingContext2D.prototype.stroke = function (...args: []) {
        if (this.canvas === first) throw new WebAssembly.RuntimeError('on purpose');
        return stroke.apply(this, args);
      };
    });
    await expect.poll(() => page.evaluate(() => 'isSame' in window).catch(() => true)).toBe(false);
    await expectState(page, 'Live');
    await expectPoints([page.mainFrame()]);
  });

  test('data that cannot be read: the page asks for all of it anew', async ({ page, stack, watch }) => {
    watch.expect(/cannot be read/);
    await page.addInitScript(() => {
      const dispatch = EventTarget.prototype.dispatchEvent;
      let appends = 0;
      EventTarget.prototype.dispatchEvent = function (event) {
        if (event instanceof MessageEvent && event.type === 'append' && (appends += 1) === 3) {
          event = new MessageEvent('append', { data: event.data.replace('"len":', '"len":{},"was":'), lastEventId: event.lastEventId });
        }
        return dispatch.call(this, event);
      };
    });
    await countEvents(page);
    await openLive(page, `${stack.demo.url}/?${LIVE}`);
    await mark(page);
    await page.waitForFunction(() => (window.heard['snapshot'] ?? 0) > 0);
    await expectState(page, 'Live');
    await expectPoints([page.mainFrame()]);
    await expectSame(page);
  });

  /** The chart at `index` is painted anew from now on. */
  async function expectMovingChart(page: Page, index: number): Promise<void> {
    const canvas = page.locator('leptos-island[data-component^=ChartPanel]').nth(index).locator('canvas').first();
    const painted = () => canvas.evaluate((element) => (element as HTMLCanvasElement).toDataURL());
    const before = await painted();
    await expect.poll(painted).not.toBe(before);
  }
});

test.describe('a page of another width', () => {
  for (const [width, name] of [[390, 'narrow'], [1440, 'usual'], [3840, 'wide']] as const) {
    test(`${width} px`, async ({ page, stack }) => {
      await page.setViewportSize({ width, height: 900 });
      await countEvents(page);
      const url = `${stack.demo.url}/?from=now-1h&to=now`;
      const stream = page.waitForRequest(/\/api\/live/);
      await openLive(page, url);
      const view = new URL((await stream).url()).searchParams.get('view');
      expect(new URLSearchParams(view ?? '').get('width')).toBe(name);
      // Only a page that was never here is rendered for another width than it has.
      await page.reload();
      await expectState(page, 'Live');
      await page.waitForFunction(() => window.heard['append']);
      expect(await page.evaluate(() => window.heard['snapshot'])).toBeUndefined();
    });
  }
});
