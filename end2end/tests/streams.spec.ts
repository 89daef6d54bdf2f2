// Over HTTP/1.1 a browser opens six connections to a host: pages of one origin share one stream.
import { once } from 'node:events';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Andon } from '../support/andon.ts';
import { expectState, openLive } from '../support/board.ts';
import { expect, test } from '../support/fixtures.ts';
import { freePort, until } from '../support/process.ts';
import { countEvents, expectPoints } from '../support/streams.ts';

const FRAMES = 12;

/** The ids of the overview's panels that have data. */
async function panels(andon: Andon): Promise<number[]> {
  const snapshot = (await (await fetch(`${andon.url}/api/snapshot`)).json()) as { panels: [number, unknown][] };
  return snapshot.panels.map(([id]) => id);
}

/** The event streams that the server has open. */
async function streams(andon: Andon): Promise<number> {
  const metrics = await (await fetch(`${andon.url}/metrics`)).text();
  return Number(/^andon_live_streams (\S+)/m.exec(metrics)?.[1]);
}

/** Somebody else's page, on another site than the server. */
async function serve(port: number, html: string): Promise<Server> {
  const server = createServer((_, response) => response.setHeader('content-type', 'text/html').end(html));
  await once(server.listen(port, 'localhost'), 'listening');
  return server;
}

test('twelve panels in frames of another page are all live, over one connection', async ({ page, watch }) => {
  watch.expect(/net::ERR_|Failed to load resource/); // the server is killed on the way
  const port = await freePort();
  const config = join(mkdtempSync(join(tmpdir(), 'andon-embed-')), 'andon.toml');
  writeFileSync(config, `embed_origins = ["http://localhost:${port}"]\n`);
  const andon = await Andon.start(['--demo', '--config', config]);
  await until('the overview', async () => (await panels(andon)).length > 0);
  const ids = await panels(andon);
  const frame = (index: number) => {
    const range = 5 + Math.floor(index / ids.length); // fewer panels than frames: another range is another view
    return `<iframe src="${andon.url}/embed/overview/${ids[index % ids.length]}?from=now-${range}m&refresh=1s&interactive=1"></iframe>`;
  };
  const around = await serve(port, Array.from({ length: FRAMES }, (_, index) => frame(index)).join(''));
  try {
    await countEvents(page);
    await page.goto(`http://localhost:${port}/`);
    const frames = page.frames().slice(1);
    expect(frames.length).toBe(FRAMES);
    await expectPoints(frames);
    await expect.poll(() => streams(andon)).toBe(1);

    // The first holds the connection for all.
    await page.locator('iframe').first().evaluate((first) => first.remove());
    const left = frames.slice(1);
    await expectPoints(left);
    expect(await streams(andon)).toBe(1);

    await andon.stop('SIGKILL');
    await andon.start();
    await expectPoints(left);
    await expect.poll(() => streams(andon)).toBe(1);
  } finally {
    around.close();
    await andon.stop();
  }
});

test('a page that nobody sees holds no stream, and goes on where it was when it is seen', async ({ page, stack }) => {
  const see = (hidden: boolean) =>
    page.evaluate((hidden) => {
      Object.defineProperty(document, 'hidden', { configurable: true, get: () => hidden });
      document.dispatchEvent(new Event('visibilitychange'));
    }, hidden);
  await countEvents(page);
  await openLive(page, `${stack.demo.url}/?from=now-5m&refresh=1s`);
  const before = await streams(stack.demo);
  await see(true);
  await expect.poll(() => streams(stack.demo)).toBe(before - 1);
  await see(false);
  await expect.poll(() => streams(stack.demo)).toBe(before);
  const heard = await page.evaluate(() => window.heard);
  expect(heard['snapshot']).toBeUndefined();
});

test('a page that comes back from the cache of the browser is live again', async ({ page, stack }) => {
  await countEvents(page);
  await openLive(page, `${stack.demo.url}/?from=now-5m&refresh=1s`);
  await page.goto(`${stack.demo.url}/targets`);
  await page.goBack();
  await expectState(page, 'Live');
  await page.waitForFunction(() => window.heard['append']);
});
