// URL → what a cold load of it costs, as one line of JSON: bytes over the wire (all, and of WASM), largest
// contentful paint, time of long tasks beyond 50 ms each, and layout shift. The median of some loads.
import { launch, median } from './chromium.mjs';

const LOADS = 5;
/** Everything that a page fetches at its start has come by then; a stream goes on for ever. */
const SETTLED_MS = 6_000;

const browser = await launch();
const loads = [];
for (let load = 0; load < LOADS; load += 1) loads.push(await cold(process.argv[2]));
await browser.close();
const result = Object.fromEntries(
  Object.keys(loads[0]).map((name) => [name, median(loads.map((load) => load[name]))]),
);
console.log(JSON.stringify(result));

async function cold(url) {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
  const page = await context.newPage();
  const wire = await context.newCDPSession(page);
  await wire.send('Network.enable');
  const urls = new Map();
  let bytes = 0;
  let wasm_bytes = 0;
  const count = (id, length) => {
    bytes += length;
    if (urls.get(id)?.endsWith('.wasm')) wasm_bytes += length;
  };
  wire.on('Network.requestWillBeSent', ({ requestId, request }) => urls.set(requestId, request.url));
  wire.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => count(requestId, encodedDataLength));
  await page.addInitScript(observe);
  await page.goto(url);
  await page.waitForTimeout(SETTLED_MS);
  const seen = await page.evaluate(() => window.seen);
  await context.close();
  return { bytes, wasm_bytes, ...seen };
}

function observe() {
  window.seen = { lcp_ms: 0, blocking_ms: 0, layout_shift: 0 };
  const watch = (type, take) => {
    new PerformanceObserver((list) => list.getEntries().forEach(take)).observe({ type, buffered: true });
  };
  watch('largest-contentful-paint', (entry) => (window.seen.lcp_ms = entry.startTime));
  watch('longtask', (entry) => (window.seen.blocking_ms += Math.max(0, entry.duration - 50)));
  watch('layout-shift', (entry) => (window.seen.layout_shift += entry.value));
}
