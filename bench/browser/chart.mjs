// Draws Andon's charts and uPlot's in the same Chromium, in turns, and prints what both took as JSON.
//
// node chart.mjs FOLDER: FOLDER holds the bundled page of bench/chart.
import { createServer } from 'node:http';
import { readFile } from 'node:fs/promises';
import { basename, extname, join } from 'node:path';
import { launch, median } from './chromium.mjs';

const folder = process.argv[2];
const TYPES = { '.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css', '.wasm': 'application/wasm' };

const server = createServer(async (request, response) => {
  const name = basename(new URL(request.url, 'http://localhost').pathname) || 'index.html';
  try {
    const body = await readFile(join(folder, name));
    response.writeHead(200, { 'content-type': TYPES[extname(name)] ?? 'application/octet-stream' }).end(body);
  } catch {
    response.writeHead(404).end();
  }
});
await new Promise((listening) => server.listen(0, '127.0.0.1', listening));
const url = `http://127.0.0.1:${server.address().port}/`;

/** Opens the page in a browser of its own, so that nothing of one measurement is left for the next. */
async function open(use) {
  const browser = await launch();
  try {
    const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
    page.on('pageerror', (error) => console.error(error.message));
    await page.goto(url);
    await page.waitForFunction(() => window.ready);
    const cdp = await browser.newBrowserCDPSession();
    /** Processor seconds of all of the browser's processes. */
    const cpu = async () => {
      const { processInfo } = await cdp.send('SystemInfo.getProcessInfo');
      return processInfo.reduce((sum, { cpuTime }) => sum + cpuTime, 0);
    };
    return await use(page, cpu);
  } finally {
    await browser.close();
  }
}

const SIZE = { width: 1280, height: 500 };

/** First draw of 55,550 columns of 3 series: medians of 15 rounds after 3 that warm up. */
async function first_draw() {
  return open(async (page) => {
    const times = { andon: [], uplot: [] };
    for (let turn = 0; turn < 6; turn++) {
      for (const kind of ['uplot', 'andon']) {
        const rounds = await page.evaluate(
          ([kind, size]) => window.bench.first_draw(kind, 55_550, 3, size, 3), [kind, SIZE]);
        if (turn > 0) times[kind].push(...rounds);
      }
    }
    const result = {};
    for (const kind in times) {
      result[kind] = { ms: median(times[kind].map((t) => t[0])), script_ms: median(times[kind].map((t) => t[1])) };
    }
    return result;
  });
}

/** Processor milliseconds a frame while a window of 3,600 points slides, one point a frame. */
async function stream(kind) {
  return open(async (page, cpu) => {
    const run = (ms) => page.evaluate(
      ([kind, size, ms]) => window.bench.stream(kind, 3_600, 1, size, ms), [kind, SIZE, ms]);
    await run(1_500);
    const before = await cpu();
    const frames = await run(8_000);
    return { cpu_ms_per_frame: ((await cpu()) - before) * 1000 / frames, frames_per_s: frames / 8 };
  });
}

/** Part of a core that 50 charts of 20 series of 1,000 points take, one new point a second each. */
async function board(kind) {
  return open(async (page, cpu) => {
    await page.evaluate((kind) =>
      window.bench.board(kind, 50, 1_000, 20, { width: 400, height: 160 }), kind);
    await page.waitForTimeout(5_000);
    const [before, start] = [await cpu(), Date.now()];
    await page.waitForTimeout(15_000);
    return { core_percent: ((await cpu()) - before) * 100_000 / (Date.now() - start) };
  });
}

const result = { first_draw: await first_draw(), stream: {}, board: {} };
for (const kind of ['andon', 'uplot']) {
  result.stream[kind] = await stream(kind);
  result.board[kind] = await board(kind);
}
console.log(JSON.stringify(result));
server.close();
