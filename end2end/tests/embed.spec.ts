// Panels in frames on pages of other origins: allowed, refused, live, with their height, and light.
import { createServer, type Server } from 'node:http';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FrameLocator, Page } from '@playwright/test';
import { Andon } from '../support/andon.ts';
import { openLive, panel } from '../support/board.ts';
import { expect, test } from '../support/fixtures.ts';
import { BoardFolder } from '../support/folder.ts';
import { layoutShifts, watchLayout } from '../support/layout.ts';
import { answers, until } from '../support/process.ts';

/** Somebody else's page. */
async function serve(body: string): Promise<{ origin: string; server: Server }> {
  const server = createServer((_, answer) => {
    answer.setHeader('Content-Type', 'text/html');
    answer.end(`<!DOCTYPE html><title>Wiki</title><link rel="icon" href="data:,">${body}`);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  // `localhost` is another origin than `127.0.0.1`, and another site.
  return { origin: `http://localhost:${(server.address() as AddressInfo).port}`, server };
}

async function startAllowing(origin: string): Promise<Andon> {
  const file = join(mkdtempSync(join(tmpdir(), 'andon-embed-')), 'andon.toml');
  writeFileSync(file, `embed_origins = [${JSON.stringify(origin)}]\n`);
  const andon = await Andon.start(['--demo', '--config', file]);
  await until('the board', () => answers(`${andon.url}/d/demo`));
  return andon;
}

const NOTE_HEIGHT = `<script>
  addEventListener('message', ({ data }) => {
    if (data.type === 'andon:height') document.querySelector('iframe').height = document.title = data.height;
  });
</script>`;

/** Nothing of what the frame shows is out of sight, and it stays as high as it is. */
async function expectFits(frame: FrameLocator): Promise<void> {
  const sizes = () => frame.locator('html').evaluate((html) => [html.scrollHeight, innerHeight]);
  await expect(async () => {
    const [content, seen] = await sizes();
    expect(content).toBeLessThanOrEqual(seen ?? 0);
  }).toPass();
  const before = await sizes();
  await frame.locator('html').evaluate(() => new Promise((done) => setTimeout(done, 1_500)));
  expect(await sizes()).toEqual(before);
}

test('an allowed page frames a panel: it is live, tells its height, and shows the page behind it', async ({ page }) => {
  let body = '';
  const { origin, server } = await serve('');
  const andon = await startAllowing(origin);
  server.removeAllListeners('request');
  server.on('request', (_, answer) => {
    answer.setHeader('Content-Type', 'text/html');
    answer.end(body);
  });
  body = `<!DOCTYPE html><link rel="icon" href="data:,"><body style="background: #123456">${NOTE_HEIGHT}
    <iframe src="${andon.url}/embed/demo/3?refresh=1s&theme=dark&background=transparent" width="600" height="10"></iframe>`;
  try {
    await page.goto(origin);
    const frame = page.frameLocator('iframe');
    const figure = frame.getByRole('region', { name: 'Workers busy' });
    await expect(figure).toBeVisible();
    await expect(page).toHaveTitle(/^1\d\d$/);
    await expectFits(frame);
    const background = await frame.locator('body').evaluate((element) => getComputedStyle(element).backgroundColor);
    expect(background).toBe('rgba(0, 0, 0, 0)');
    const part = page.waitForResponse(/part=panels/);
    await part;
    await expect(figure).toBeVisible();
    await page.screenshot({ path: '../target/screenshots/embed.png' });
  } finally {
    await andon.stop();
    server.close();
  }
});

test('a whole board tells its height too', async ({ page }) => {
  const { origin, server } = await serve('');
  const andon = await startAllowing(origin);
  server.removeAllListeners('request');
  server.on('request', (_, answer) => {
    answer.setHeader('Content-Type', 'text/html');
    answer.end(`<!DOCTYPE html><link rel="icon" href="data:,">${NOTE_HEIGHT}
      <iframe src="${andon.url}/embed/demo?refresh=1s" width="1200" height="200"></iframe>`);
  });
  try {
    await page.goto(origin);
    const frame = page.frameLocator('iframe');
    await expect(frame.getByRole('region', { name: 'Workers busy' })).toBeVisible();
    await expect(page).toHaveTitle(/^\d{3,4}$/);
    await expectFits(frame);
  } finally {
    await andon.stop();
    server.close();
  }
});

test('any other page is refused', async ({ page, stack, watch }) => {
  watch.expect(/frame-ancestors|ERR_BLOCKED_BY_RESPONSE|chrome-error|CSP/i);
  const { origin, server } = await serve(`<iframe src="${stack.demo.url}/embed/demo/3"></iframe>`);
  try {
    await page.goto(origin);
    await expect.poll(() => watch.complaints.join('\n')).toMatch(/frame-ancestors|ERR_BLOCKED_BY_RESPONSE/);
    await expect(page.frameLocator('iframe').getByRole('region', { name: 'Workers busy' })).toHaveCount(0);
  } finally {
    server.close();
  }
});

test('a frame of one panel weighs less than 120 KiB', async ({ page, stack }) => {
  const session = await page.context().newCDPSession(page);
  await session.send('Network.enable');
  let bytes = 0;
  session.on('Network.loadingFinished', ({ encodedDataLength }) => (bytes += encodedDataLength));
  await page.goto(`${stack.demo.url}/embed/demo/5?refresh=off`, { waitUntil: 'networkidle' });
  await expect(page.locator('.panel svg').first()).toBeVisible();
  console.log(`a frame of one chart: ${(bytes / 1024).toFixed(1)} KiB`);
  expect(bytes).toBeLessThan(120 * 1024);
});

test('a frame keeps what it shows while the server is away, says so, and goes on', async ({ page, watch }) => {
  // The boards of a server that has just started come a moment later.
  watch.expect(/net::ERR_|Failed to load resource|request: |part=panels (404|503)/);
  const andon = await Andon.start(['--demo']);
  await until('the board', () => answers(`${andon.url}/d/demo`));
  try {
    await page.goto(`${andon.url}/embed/demo/3?refresh=1s`);
    await andon.stop('SIGKILL');
    const note = page.getByRole('status').filter({ hasText: 'No answer' });
    await expect(note).toBeVisible();
    await expect(panel(page, 'Workers busy')).toBeVisible();
    await andon.start();
    await expect(note).toBeHidden();
  } finally {
    await andon.stop();
  }
});

test('every panel offers its frame, with a preview', async ({ page, stack }) => {
  await openLive(page, `${stack.demo.url}/?from=now-5m&to=now`);
  await panel(page, 'Workers busy').hover();
  await page.getByRole('button', { name: 'Workers busy in a frame on another page' }).click();
  const sheet = page.frameLocator('.share-menu:popover-open iframe');
  const line = sheet.locator('pre');
  await expect(line).toHaveText(/<iframe src="http:\/\/127\.0\.0\.1:\d+\/embed\/overview\/3\?from=now-5m&amp;to=now"/);
  await expect(sheet.getByText('embed_origins')).toBeVisible();
  const preview = sheet.frameLocator('iframe[title=Preview]');
  await expect(preview.getByRole('region', { name: 'Workers busy' })).toBeVisible();
  await sheet.getByLabel('Colours').selectOption('dark');
  await sheet.getByRole('button', { name: 'Show' }).click();
  await expect(line).toHaveText(/theme=dark/);
  await page.screenshot({ path: '../target/screenshots/share.png' });
});

test('every kind of panel goes into a frame, and has its line', async ({ page, keep }) => {
  const kinds = keep(await BoardFolder.start({ 'kinds.yaml': readFileSync('boards/kinds.yaml', 'utf8') }));
  const { url } = kinds.andon;
  const board = await fetch(`${url}/api/snapshot?board=kinds`);
  const { board: view } = (await board.json()) as { board: { panels: { id: number; title: string }[] } };
  expect(view.panels.length).toBeGreaterThan(15);
  for (const { id, title } of view.panels) {
    await page.goto(`${url}/embed/kinds/${id}?from=now-5m&refresh=1s`);
    await expect(panel(page, title)).toBeVisible();
    await page.waitForResponse(/part=panels/);
    await expect(panel(page, title)).toBeVisible();
    const sheet = await fetch(`${url}/share/kinds/${id}`);
    expect(await sheet.text()).toContain(`/embed/kinds/${id}`);
  }
});

const OF_A_KIND = `title: Kinds
variables: [{name: kind, from: {list: [render, encode]}}]
panels:
  - title: Jobs of $kind
    queries: [{expr: 'sum(rate(demo_jobs_finished_total{kind="$kind"}[1m]))', legend: jobs}]
`;

test('time and variables are pinned by the address, and open without', async ({ page, keep }) => {
  const { url } = keep(await BoardFolder.start({ 'of.yaml': OF_A_KIND })).andon;
  await until('the board', () => answers(`${url}/d/of`));
  const asked: string[] = [];
  page.on('request', (request) => asked.push(request.url()));
  await page.goto(`${url}/embed/of/1?refresh=1s`);
  await expect(panel(page, 'Jobs of render')).toBeVisible();
  await page.waitForResponse(/part=panels/);
  await page.goto(`${url}/embed/of/1?refresh=1s&var-kind=encode&from=now-2h&to=now-1h`);
  await expect(panel(page, 'Jobs of encode')).toBeVisible();
  await page.goto(`${url}/embed/of/1?refresh=1s&from=2026-01-01&to=2026-01-02`);
  await expect(panel(page, 'Jobs of render')).toBeVisible();
  asked.length = 0;
  await page.waitForTimeout(2_500);
  expect(asked, 'what is fixed is not asked for again').toEqual([]);
});

/** The times on a chart's axis, in minutes of the day. */
async function axisMinutes(page: Page): Promise<number[]> {
  const texts = await page.locator('.axis-time span').allInnerTexts();
  const minutes = texts.map((text) => /^(\d\d):(\d\d)/.exec(text)).filter((match) => match !== null);
  return minutes.map(([, hour, minute]) => Number(hour) * 60 + Number(minute));
}

/** Whether they are of the last minutes, in a zone so many minutes east of UTC. */
function areRecent(minutes: number[], east: number): boolean {
  const now = Math.floor(Date.now() / 60_000) + east;
  const ago = (minute: number) => (((now - minute) % 1440) + 1440) % 1440;
  return minutes.length > 0 && minutes.every((minute) => ago(minute) <= 8);
}

test.describe('in India', () => {
  test.use({ timezoneId: 'Asia/Kolkata' });

  for (const refresh of ['1s', 'off']) {
    test(`a frame writes times as its reader's clock shows them, and nothing moves (${refresh})`, async ({ page, stack }) => {
      await watchLayout(page);
      await page.goto(`${stack.demo.url}/embed/demo/5?from=now-5m&refresh=${refresh}`);
      await expect.poll(async () => areRecent(await axisMinutes(page), 330)).toBe(true);
      expect(await layoutShifts(page)).toEqual([]);
    });
  }

  test('or UTC, where its address says so', async ({ page, stack }) => {
    await page.goto(`${stack.demo.url}/embed/demo/5?from=now-5m&refresh=1s&timezone=utc`);
    await page.waitForResponse(/part=panels/);
    expect(areRecent(await axisMinutes(page), 0)).toBe(true);
  });
});
