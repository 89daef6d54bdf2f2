// The controls: the range in the address, the way back, zoom by drag, pause.
import { expectState, hover, openLive } from '../support/board.ts';
import { expect, test } from '../support/fixtures.ts';

test('a range is in the address, and the back button undoes it', async ({ page, stack }) => {
  await openLive(page, stack.demo.url);
  await page.getByTitle('Range of time').click();
  await page.getByRole('link', { name: 'Last 15 minutes' }).click();
  await expect(page).toHaveURL(/from=now-15m/);
  await page.goBack();
  await expect(page).not.toHaveURL(/from=now-15m/);
  await expectState(page, 'Live');
});

test('a drag over a chart zooms every chart', async ({ page, stack }) => {
  await openLive(page, `${stack.demo.url}/?from=now-5m&to=now`);
  await hover(page, 'Queue', 0.5);
  await page.mouse.down();
  await hover(page, 'Queue', 0.9);
  await page.mouse.up();
  await expect(page).toHaveURL(/from=\d{13}&to=\d{13}/);
  await expectState(page, 'Fixed range');
});

test('space pauses and goes on', async ({ page, stack }) => {
  await openLive(page, stack.demo.url);
  await page.keyboard.press('Space');
  await expectState(page, 'Paused');
  await page.keyboard.press('Space');
  await expectState(page, 'Live');
});

test('a board that is not there is said to be so', async ({ page, stack, watch }) => {
  watch.expect(/404/);
  const response = await page.goto(`${stack.demo.url}/d/no-such-board`);
  expect(response?.status()).toBe(404);
  await expect(page.locator('body')).toContainText('no-such-board');
});
