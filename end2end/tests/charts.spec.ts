// Charts: each way of drawing, the legend, the cursor by keys, copies, and that nothing is painted unseen.
import { readFileSync } from 'node:fs';
import type { Locator, Page } from '@playwright/test';
import { Andon } from '../support/andon.ts';
import { charts, openLive, panel } from '../support/board.ts';
import { expect, test } from '../support/fixtures.ts';

const DRAWN = [
  ['Line', 'Area', 'Stacked', 'Bars', 'Step', 'Points', 'Log', 'Symlog', 'Two axes', 'Levels', 'Bands'],
  ['Absent and zero', 'Gaps connected', 'Below zero', 'Legend as a table'],
].flat();

let andon: Andon;
test.beforeAll(async ({ stack }) => {
  andon = await Andon.start([`${stack.demo.url}/demo/metrics`, '--boards', 'boards']);
});
test.afterAll(async () => {
  await andon.stop();
});

const address = (query = '') => `${andon.url}/d/charts${query}`;
const chips = (page: Page, title: string) => panel(page, title).locator('.chip');

/** How much of a canvas is painted, 0 to 1. */
function coverage(canvas: HTMLCanvasElement): number {
  const { data } = canvas.getContext('2d')!.getImageData(0, 0, canvas.width, canvas.height);
  let marks = 0;
  for (let alpha = 3; alpha < data.length; alpha += 4) if (data[alpha]) marks++;
  return marks / (canvas.width * canvas.height);
}

/** How much of a chart's canvas is painted. */
async function painted(page: Page, title: string): Promise<number> {
  return panel(page, title).locator('canvas').first().evaluate(coverage);
}

/** Every chart of the page is painted. */
async function expectPainted(page: Page): Promise<void> {
  for (const chart of await charts(page).all()) {
    await chart.scrollIntoViewIfNeeded();
    const share = () => chart.locator('canvas').first().evaluate(coverage);
    await expect.poll(share, { message: (await chart.getAttribute('aria-label')) ?? '' }).toBeGreaterThan(0.001);
  }
}

/** Which series of a legend are shown. */
async function shown(chips: Locator): Promise<string[]> {
  const all = await chips.evaluateAll((buttons) => buttons.map((b) => [b.textContent ?? '', b.ariaPressed]));
  return all.filter(([, pressed]) => pressed === 'true').map(([name]) => String(name));
}

test('each way of drawing is painted on the canvas, and by the server', async ({ page }) => {
  const html = await (await fetch(address())).text();
  for (const title of DRAWN) expect(html).toContain(`>${title}<`);
  await openLive(page, address());
  for (const title of DRAWN) {
    await expect.poll(() => painted(page, title), { message: title }).toBeGreaterThan(0.005);
    expect(await panel(page, title).locator('.plot path').count(), title).toBeGreaterThan(1);
  }
  // Both axes have their units, logarithms their powers, levels their words.
  await expect(panel(page, 'Two axes').locator('.axis-right')).toContainText('MiB');
  await expect(panel(page, 'Log').locator('.axis-left')).toContainText(/ms.*s/);
  await expect(panel(page, 'Symlog').locator('.axis-left')).toContainText('-');
  await expect(panel(page, 'Levels').locator('.levels')).toContainText('too slow');
});

for (const colorScheme of ['dark', 'light'] as const) {
  for (const width of [360, 1440]) {
    test(`as a picture, ${colorScheme}, ${width} px`, async ({ page }) => {
      await page.emulateMedia({ colorScheme });
      await page.setViewportSize({ width, height: 900 });
      for (const board of ['charts', 'annotations']) {
        await openLive(page, `${andon.url}/d/${board}?annotations=Maintenance`);
        await expectPainted(page);
        await page.screenshot({ path: `../target/screenshots/${board}-${width}-${colorScheme}.png`, fullPage: true });
        const surplus = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
        expect(surplus, 'the page scrolls sideways').toBeLessThanOrEqual(0);
      }
    });
  }
}

test('the legend isolates on a click and toggles with a modifier, by keys too', async ({ page }) => {
  await openLive(page, address());
  const all = chips(page, 'Line');
  await expect(all).toHaveText(['slow', 'fast', 'level']);
  await all.nth(1).click();
  expect(await shown(all)).toEqual(['fast']);
  await expect(panel(page, 'Line').locator('.ends span')).toHaveCount(1);
  await all.nth(1).click();
  expect(await shown(all)).toEqual(['slow', 'fast', 'level']);
  await all.nth(0).click({ modifiers: ['Shift'] });
  expect(await shown(all)).toEqual(['fast', 'level']);
  await all.nth(0).focus();
  await page.keyboard.press('Shift+Enter');
  expect(await shown(all)).toEqual(['slow', 'fast', 'level']);
  await page.keyboard.press('Enter');
  expect(await shown(all)).toEqual(['slow']);
});

test('the legend as a table sorts by what it calculates', async ({ page }) => {
  await openLive(page, address());
  const legend = panel(page, 'Legend as a table');
  const names = () => legend.locator('tbody .chip').allTextContents();
  await legend.getByRole('button', { name: 'Max' }).click();
  await expect.poll(names).toEqual(['fast', 'level', 'slow']);
  await legend.getByRole('button', { name: 'Max' }).press('Enter');
  await expect.poll(names).toEqual(['slow', 'level', 'fast']);
  for (const name of ['Min', 'Last', 'Mean']) await expect(legend.getByRole('button', { name })).toBeVisible();
});

test('keys move the cursor by point and by series, and it is said', async ({ page }) => {
  await openLive(page, address('?from=now-5m&to=now'));
  const chart = panel(page, 'Line').getByRole('img');
  await chart.focus();
  await expect(chart).toHaveAccessibleName(/^Line, 3 series, .* slow: last [^,]+, lowest [^,]+, highest [^,]+, (rising|falling|level)\./);
  await expect(chart).toHaveAccessibleName(/level: last 1\.5, lowest 1\.5, highest 1\.5, constant\./);
  const said = page.locator('#announcer');
  await page.keyboard.press('ArrowLeft');
  await expect(said).toContainText(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d, .*fast/);
  const first = (await said.innerText()).slice(0, 19);
  await page.keyboard.press('Shift+ArrowLeft');
  await expect(said).not.toContainText(first);
  await page.keyboard.press('ArrowDown');
  await expect(said).toContainText(/^\S+ \S+, \w+ [\d.]+$/);
  const one = await said.innerText();
  await page.keyboard.press('ArrowDown');
  await expect(said).not.toHaveText(one);
  await page.keyboard.press('Escape');
  await expect(panel(page, 'Line').locator('.tip')).toBeHidden();
});

test('a chart is saved as a picture, a drawing and values', async ({ page }) => {
  await openLive(page, address());
  const saved = async (name: string): Promise<Buffer> => {
    await panel(page, 'Two axes').hover();
    await panel(page, 'Two axes').getByRole('button', { name: 'More about Two axes' }).click();
    const download = page.waitForEvent('download');
    await page.getByText(name, { exact: true }).click();
    return readFileSync(await (await download).path());
  };
  const png = await saved('Picture (PNG)');
  expect(png.subarray(1, 4).toString()).toBe('PNG');
  expect(png.length).toBeGreaterThan(5_000);
  const svg = (await saved('Drawing (SVG)')).toString();
  for (const part of ['<svg', '<path', 'Two axes', 'time', 'size', 'MiB']) expect(svg).toContain(part);
  const [head, ...rows] = (await saved('Values (CSV)')).toString().trim().split(/\r?\n/);
  expect(head).toContain('size');
  expect(rows.length).toBeGreaterThan(50);
});

test('annotations are part of a saved chart', async ({ page }) => {
  await openLive(page, `${andon.url}/d/annotations?from=now-5m&to=now&annotations=Maintenance`);
  await panel(page, 'Queue').hover();
  await panel(page, 'Queue').getByRole('button', { name: 'More about Queue' }).click();
  const download = page.waitForEvent('download');
  await page.getByText('Drawing (SVG)', { exact: true }).click();
  const svg = readFileSync(await (await download).path()).toString();
  const warning = await page.evaluate(() => getComputedStyle(document.querySelector('.annotations .warning')!).color);
  expect(svg).toContain(warning);
});

test('nothing is painted between frames, and one frame catches up', async ({ page }) => {
  await page.addInitScript(() => {
    const state = { held: false, waiting: [] as FrameRequestCallback[], paths: 0 };
    const frame = window.requestAnimationFrame.bind(window);
    // As in a tab that nobody sees: frames are asked for, and none comes.
    window.requestAnimationFrame = (callback) => (state.held ? state.waiting.push(callback) : frame(callback));
    window.Path2D = new Proxy(window.Path2D, {
      construct: (target, args) => {
        state.paths++;
        return new target(...(args as [string]));
      },
    });
    Object.assign(window, { frames: state });
  });
  await openLive(page, address());
  const state = () =>
    page.evaluate(() => {
      const { paths, waiting } = (window as unknown as { frames: { paths: number; waiting: unknown[] } }).frames;
      return { paths, waiting: waiting.length };
    });
  await page.evaluate(() => Object.assign((window as unknown as { frames: object }).frames, { held: true }));
  await expect.poll(async () => (await state()).waiting).toBeGreaterThanOrEqual(DRAWN.length);
  const { paths, waiting } = await state();
  const moment = () => panel(page, 'Line').getByRole('img').evaluate(() => Date.now());
  const until = (await moment()) + 3_000;
  await expect.poll(moment).toBeGreaterThan(until);
  // Three steps later: each chart still waits for its one frame, and no path was made.
  expect(await state()).toEqual({ paths, waiting });
  await page.evaluate(() => {
    const { frames } = window as unknown as { frames: { held: boolean; waiting: FrameRequestCallback[] } };
    frames.held = false;
    for (const callback of frames.waiting.splice(0)) callback(performance.now());
  });
  expect((await state()).paths).toBeGreaterThan(paths);
});

test('who wants less motion has none, and who wants more contrast has patterns', async ({ page }) => {
  await page.emulateMedia({ reducedMotion: 'reduce', contrast: 'more' });
  await openLive(page, `${andon.url}/d/annotations`);
  const moving = await page.evaluate(() =>
    [...document.querySelectorAll('main *')].filter((element) => {
      const { transitionDuration, animationName } = getComputedStyle(element);
      return animationName !== 'none' || transitionDuration.split(', ').some((time) => parseFloat(time) > 0);
    }).length,
  );
  expect(moving).toBe(0);
  await openLive(page, address());
  const images = await chips(page, 'Line').evaluateAll((all) =>
    all.map((chip) => getComputedStyle(chip, '::before').backgroundImage),
  );
  expect(new Set(images).size).toBe(images.length);
});
