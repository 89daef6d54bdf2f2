// A board on a wall for days, in minutes: what the page holds at the end more than at the beginning, and whether any
// event was missed.
//
// node kiosk.mjs URL [HOURS]: URL is an Andon with data. The page is its own, program and all; between the two stands a
// server that feeds the page's event stream with steps of a second as fast as the page takes them, cuts it every ten
// minutes (of the page's time) and goes on after the event that the page says it has. The page's clocks move with its
// events, and its timers run as many times as fast as the day does. Prints one line of JSON.
import { once } from 'node:events';
import { createServer, request } from 'node:http';
import { launch, median } from './chromium.mjs';

const [url, hours = '72'] = process.argv.slice(2);
const STEP_MS = 1_000;
const HOUR_STEPS = 3_600;
const STEPS = Number(hours) * HOUR_STEPS;
const CUT_EVERY = 600;
/** The source goes on while the stream is cut. */
const MISSED_WHILE_CUT = 20;
/** Events under way to the page. */
const AHEAD = 300;
const QUERY = 'from=now-5m&to=now&refresh=1s';
const EPOCH = 'feed';

const behind = new URL(url);
const text = await (await fetch(`${url}/api/snapshot?${QUERY}`)).text();
const snapshot = JSON.parse(text);
const startMs = snapshot.window.to_ms;

/** The events so far, of which a page that reconnects gets those that it lacks. */
class Feed {
  step = 0;
  streams = new Set();
  #recent = new Map();

  /** The next step's event, to all who listen. */
  advance() {
    this.step += 1;
    const event = `data: 0\nid: ${EPOCH}-${this.step}\nevent: append\ndata: ${JSON.stringify(append(this.step))}\n\n`;
    this.#recent.set(this.step, event);
    this.#recent.delete(this.step - 2 * AHEAD);
    for (const stream of this.streams) stream.write(event);
  }

  serve(asked, answer) {
    const view = new URLSearchParams(new URL(asked.url, url).searchParams.get('view'));
    const [epoch, step] = (view.get('after') ?? '').split('-');
    answer.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
    if (epoch === EPOCH) {
      for (let next = Number(step) + 1; next <= this.step; next += 1) answer.write(this.#recent.get(next));
    } else {
      // As it came: the version of a board is a greater number than JavaScript has.
      const id = `${EPOCH}-${this.step}`;
      const anew = text.replace(snapshot.event_id, id);
      answer.write(`data: 0\nid: ${id}\nevent: snapshot\ndata: ${anew}\n\n`);
    }
    this.streams.add(answer);
    answer.on('close', () => this.streams.delete(answer));
  }

  cut() {
    for (const stream of this.streams) stream.destroy();
    this.streams.clear();
  }
}

/** What a step brings: a point a series, panels written anew, now and then a series that comes or goes, and an outage. */
function append(step) {
  const to_ms = startMs + step * STEP_MS;
  const isAway = step % HOUR_STEPS > HOUR_STEPS - 30;
  const status = isAway ? { Failed: { message: 'the source is away' } } : 'Ok';
  const wave = (key) => Math.sin((step + 40 * key) / 50) + 1.5 + Math.random() / 10;
  const guest = 1_000 + Math.floor(step / CUT_EVERY);
  const panels = snapshot.panels.map(([id, { series }]) => {
    if (isAway) return { id, start_ms: to_ms, len: 0, series: [], status };
    const shown = series.map(({ key }) => [key, [wave(key)]]);
    const added = step % CUT_EVERY === 0 ? [{ key: guest, name: `guest ${guest}`, query: 'A' }] : [];
    if (step % CUT_EVERY < 100) shown.push([guest, [wave(guest)]]);
    return { id, start_ms: to_ms, len: 1, series: shown, added, status };
  });
  const written = snapshot.written.map(([id, { html }]) => {
    const digits = html.replace(/>\d+(\.\d+)?/g, () => `>${Math.floor(Math.random() * 1_000)}`);
    return [id, { html: digits, newest_ms: to_ms, status }];
  });
  const window = { ...snapshot.window, from_ms: snapshot.window.from_ms + step * STEP_MS, to_ms };
  return { server_time_ms: to_ms, window, source_error: isAway ? 'the source is away' : null, panels, written };
}

/** Everything but the stream is the server's own. */
function pass(asked, answer) {
  const { method, url: path, headers } = asked;
  const onward = request({ host: behind.hostname, port: behind.port, method, path, headers }, (came) => {
    answer.writeHead(came.statusCode, came.headers);
    came.pipe(answer);
  });
  onward.on('error', () => answer.destroy());
  asked.pipe(onward);
}

/** In the page, before its program: clocks that move with the events, quick timers, and a count of what comes. */
function quicken({ startMs, stepMs, speed, epoch }) {
  const kiosk = (window.kiosk = { seen: 0, missed: 0, snapshots: 0, memory: undefined });
  const now = () => kiosk.seen * stepMs;
  Date.now = () => startMs + now();
  performance.now = now;
  for (const name of ['setTimeout', 'setInterval']) {
    const real = window[name];
    window[name] = (run, ms = 0, ...rest) => real(run, ms / speed, ...rest);
  }
  const dispatch = EventTarget.prototype.dispatchEvent;
  EventTarget.prototype.dispatchEvent = function (event) {
    const [of, step] = (event.lastEventId ?? '').split('-');
    if (of === epoch && event.type === 'snapshot') kiosk.snapshots += 1;
    if (of === epoch && event.type === 'append') {
      kiosk.missed += Math.max(0, Number(step) - kiosk.seen - 1);
      kiosk.seen = Number(step);
    }
    return dispatch.call(this, event);
  };
  for (const name of ['instantiate', 'instantiateStreaming']) {
    const real = WebAssembly[name];
    WebAssembly[name] = async (...args) => {
      const made = await real.apply(WebAssembly, args);
      kiosk.memory = (made.instance ?? made).exports.memory;
      return made;
    };
  }
}

const feed = new Feed();
const server = createServer((asked, answer) =>
  asked.url.startsWith('/api/live') ? feed.serve(asked, answer) : pass(asked, answer),
);
await once(server.listen(0, '127.0.0.1'), 'listening');

const browser = await launch();
const page = await browser.newPage({ viewport: { width: 1920, height: 1080 } });
const complaints = [];
page.on('pageerror', (error) => complaints.push(error.message));
const wire = await page.context().newCDPSession(page);
await page.addInitScript(quicken, { startMs, stepMs: STEP_MS, speed: 200, epoch: EPOCH });
await page.goto(`http://127.0.0.1:${server.address().port}/?kiosk&${QUERY}`);

/** Megabytes that the page holds once nothing is left to collect. */
async function held() {
  for (let round = 0; round < 3; round += 1) await wire.send('HeapProfiler.collectGarbage');
  const { usedSize, embedderHeapUsedSize = 0 } = await wire.send('Runtime.getHeapUsage');
  const wasm = await page.evaluate(() => window.kiosk.memory?.buffer.byteLength ?? 0);
  return { js_mb: usedSize / 1e6, dom_mb: embedderHeapUsedSize / 1e6, wasm_mb: wasm / 1e6, ...(await wire.send('Memory.getDOMCounters')) };
}

const seen = () => page.evaluate(() => window.kiosk.seen);
/** Advances to `step`, never far ahead of the page. */
async function advanceTo(step) {
  while (feed.step < step) {
    const limit = Math.min(step, (await seen()) + AHEAD);
    while (feed.step < limit) feed.advance();
  }
}
async function caughtUp() {
  while ((await seen()) < feed.step) await page.waitForTimeout(5);
}

while (feed.streams.size === 0) await page.waitForTimeout(20);
const started = Date.now();
let cuts = 0;
const samples = [];
for (let step = CUT_EVERY; step <= STEPS; step += CUT_EVERY) {
  await advanceTo(step);
  await caughtUp();
  if (step % HOUR_STEPS === 0) samples.push(await held());
  feed.cut();
  for (let missed = 0; missed < MISSED_WHILE_CUT; missed += 1) feed.advance();
  cuts += 1;
  while (feed.streams.size === 0) await page.waitForTimeout(5);
}
await caughtUp();
const end = await page.evaluate(() => ({ ...window.kiosk, memory: undefined, state: document.querySelector('.state [role=status]')?.textContent }));
await browser.close();
server.close();
server.closeAllConnections();
const [first, last] = [samples[0], samples.at(-1)];
const sum = ({ js_mb, dom_mb, wasm_mb }) => js_mb + dom_mb + wasm_mb;
/** What the collector leaves differs from time to time by a megabyte. */
const usual = (samples) => median(samples.map(sum));
const [first_mb, last_mb] = [usual(samples.slice(0, 6)), usual(samples.slice(-6))];
console.log(
  JSON.stringify({
    events: end.seen,
    missed: end.missed,
    cuts,
    snapshots: end.snapshots,
    is_live: end.state === 'Live' ? 1 : 0,
    complaints: complaints.length,
    seconds: (Date.now() - started) / 1_000,
    first_mb,
    last_mb,
    drift_mb: last_mb - first_mb,
    nodes: last.nodes - first.nodes,
    listeners: last.jsEventListeners - first.jsEventListeners,
  }),
);
