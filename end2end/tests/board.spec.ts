// The overview board: complete without a script, alive with one, and honest about its numbers.
import { expectAccessible } from '../support/axe.ts';
import { charts, expectState, hover, openLive, panel, reading } from '../support/board.ts';
import { expect, test } from '../support/fixtures.ts';
import { layoutShifts, watchLayout } from '../support/layout.ts';
import { query } from '../support/prometheus.ts';

for (const source of ['demo', 'board'] as const) {
  const on = source === 'demo' ? "Andon's own engine" : 'Prometheus';

  test(`the first HTML holds the charts and their numbers, on ${on}`, async ({ stack }) => {
    const html = await (await fetch(`${stack[source].url}/`)).text();
    expect(html.match(/role="img"/g)?.length ?? 0).toBeGreaterThanOrEqual(4);
    expect(html).toMatch(/Latency/);
    // Each chart's newest row ends in a number, not in the dash of an absent value.
    const newest = html.split('<table').slice(1).map((table) => table.split('</table>')[0]?.split('<tr').at(-1) ?? '');
    expect(newest.length).toBeGreaterThanOrEqual(4);
    for (const row of newest) expect(row).toMatch(/<td[^>]*>[\d.]+/);
  });

  test(`points arrive while the page is open, on ${on}`, async ({ page, stack }) => {
    await openLive(page, `${stack[source].url}/?from=now-5m&to=now&refresh=1s`);
    const newest = async () => {
      await hover(page, 'Queue', 0.999);
      return (await reading(page, 'Queue')).timeMs;
    };
    const first = await newest();
    await expect.poll(newest).toBeGreaterThan(first);
  });
}

test('the number under the cursor is what the API returns for that time', async ({ page, stack }) => {
  const end = Date.now() - 2_000;
  await page.goto(`${stack.board.url}/?from=${end - 60_000}&to=${end}`);
  for (const fraction of [0.88, 0.93, 0.98]) {
    await hover(page, 'Queue', fraction);
    const { timeMs, rows } = await reading(page, 'Queue');
    const [sample] = await query(stack.board.url, 'sum(demo_queue_jobs)', timeMs / 1_000);
    expect(Object.values(rows)).toEqual([sample?.value[1]]);
    const [straight] = await query(stack.prometheus.url, 'sum(demo_queue_jobs)', timeMs / 1_000);
    expect(sample?.value[1]).toBe(straight?.value[1]);
  }
});

test('the crosshair reads every chart at the same time', async ({ page, stack }) => {
  await openLive(page, `${stack.demo.url}/?from=now-5m&to=now`);
  await hover(page, 'Queue', 0.95);
  await expect(page.locator('.tip:visible')).toHaveCount(await charts(page).count());
});

test('with JavaScript off the page is complete', async ({ browser, stack }) => {
  const context = await browser.newContext({ javaScriptEnabled: false });
  const page = await context.newPage();
  await page.goto(stack.board.url);
  await expect(page.locator('.area svg path').first()).toBeVisible();
  for (const chart of await charts(page).all()) {
    await expect(chart).toBeVisible();
    await expect(chart).toHaveAccessibleName(/./);
  }
  await page.getByText('Values', { exact: true }).first().click();
  await expect(page.getByRole('table').first()).toBeVisible();
  await expect(panel(page, 'Success rate').first()).toContainText('%');
  await context.close();
});

test('the islands take over without a jump', async ({ page, stack }) => {
  await watchLayout(page);
  // A range that is over: what the islands show is what the server wrote. A curve that begins while they wake
  // would have a place in the legend, rightly.
  const end = Date.now() - 2_000;
  await page.goto(`${stack.demo.url}/?from=${end - 300_000}&to=${end}`);
  await expectState(page, 'Fixed range');
  await expect(page.locator('.area canvas').first()).toBeVisible();
  expect(await layoutShifts(page)).toEqual([]);
});

for (const colorScheme of ['dark', 'light'] as const) {
  test.describe(colorScheme, () => {
    test.use({ colorScheme });

    test('nothing serious is found by axe', async ({ page, stack }) => {
      await openLive(page, stack.demo.url);
      await expectAccessible(page);
    });
  });
}
