// What goes away comes back, and the page says what happens meanwhile.
import { Andon } from '../support/andon.ts';
import { charts, expectState, openLive } from '../support/board.ts';
import { expect, test } from '../support/fixtures.ts';
import { Prometheus } from '../support/prometheus.ts';

/** What the browser itself says of a server that is gone. */
const GONE = /net::ERR_|Failed to load resource/;

test('Prometheus stops and starts again: the page keeps its data, says so, and recovers', async ({ page, stack, keep }) => {
  const prometheus = keep(await Prometheus.start([{ job: 'demo', url: `${stack.demo.url}/demo/metrics` }]));
  const andon = keep(await Andon.start([prometheus.url]));
  await openLive(page, `${andon.url}/?from=now-5m&to=now&refresh=1s`);
  const before = await charts(page).count();
  await prometheus.stop();
  await expectState(page, 'Source away');
  await expect(charts(page)).toHaveCount(before);
  await prometheus.start();
  await expectState(page, 'Live');
});

test('the server is killed and started again: the page reconnects by itself', async ({ page, stack, watch, keep }) => {
  watch.expect(GONE);
  const andon = keep(await Andon.start([stack.prometheus.url]));
  await openLive(page, `${andon.url}/?from=now-5m&to=now&refresh=1s`);
  await andon.stop('SIGKILL');
  await expectState(page, 'Reconnecting');
  await andon.start();
  await expectState(page, 'Live');
});

test('the server ends in good order with a stream open', async ({ page, stack, watch, keep }) => {
  watch.expect(GONE);
  const andon = keep(await Andon.start([stack.prometheus.url]));
  await openLive(page, andon.url);
  expect(await andon.stop('SIGTERM')).toBe(0);
});
