// The page's script that takes over markup, alone in an empty page: which elements stay, which come and go.
import { readFileSync } from 'node:fs';
import { expect, type Page, test } from '@playwright/test';

const SCRIPT = readFileSync('../app/src/document/markup.js', 'utf8');
const row = (key: string, text = key) => `<tr data-row-key="${key}"><td>${text}</td></tr>`;
const table = (rows: string[]) =>
  `<table><thead><tr><th><button data-sort="1">A</button></th></tr></thead>` +
  `<tbody data-rows>${rows.join('')}</tbody></table>`;

/** A panel's body with rows. */
async function open(page: Page, keys: string[]) {
  await page.setContent(`<div class="body">${table(keys.map((key) => row(key)))}</div>`);
  await page.addScriptTag({ content: SCRIPT, type: 'module' });
  await page.waitForFunction(() => 'patchRows' in globalThis);
}

/** Takes over a patch as the bundle does. */
async function patch(page: Page, rows: string[][], atStart: boolean, keep: number) {
  const html = rows.map(([key, text]) => row(key!, text)).join('');
  await page.evaluate(
    ([html, atStart, keep]) => {
      const script = globalThis as unknown as Record<string, (...values: unknown[]) => void>;
      script.patchRows!(document.querySelector('.body'), html, atStart, keep);
    },
    [html, atStart, keep] as const,
  );
}

const texts = (page: Page) => page.locator('tbody tr').allTextContents();

test('rows are added at the end, and the oldest go', async ({ page }) => {
  await open(page, ['a', 'b', 'c']);
  await patch(page, [['d'], ['e']], false, 4);
  expect(await texts(page)).toEqual(['b', 'c', 'd', 'e']);
});

test('rows are added at the start in their order', async ({ page }) => {
  await open(page, ['a', 'b', 'c']);
  await patch(page, [['e'], ['d']], true, 4);
  expect(await texts(page)).toEqual(['e', 'd', 'a', 'b']);
});

test('a row that stays is the same element, and keeps the focus', async ({ page }) => {
  await open(page, ['a', 'b', 'c']);
  const held = await page.locator('tr[data-row-key="b"]').elementHandle();
  await page.evaluate(() => {
    const row = document.querySelector<HTMLElement>('tr[data-row-key="b"]')!;
    row.tabIndex = 0;
    row.focus();
  });
  await patch(page, [['z'], ['a', 'a2']], true, 9);
  expect(await texts(page)).toEqual(['z', 'a2', 'b', 'c']);
  expect(await held!.evaluate((row) => row === document.querySelector('tr[data-row-key="b"]'))).toBe(true);
  await expect(page.locator('tr[data-row-key="b"]')).toBeFocused();
});

test('patched rows keep the order that a reader chose, and the third click brings back the server’s', async ({ page }) => {
  await open(page, ['b', 'a']);
  const heading = page.getByRole('button', { name: 'A' });
  await heading.click();
  expect(await texts(page)).toEqual(['b', 'a']); // the greatest first
  await heading.click();
  expect(await texts(page)).toEqual(['a', 'b']);
  await patch(page, [['0'], ['c']], false, 9);
  expect(await texts(page)).toEqual(['0', 'a', 'b', 'c']);
  await heading.click();
  expect(await texts(page)).toEqual(['b', 'a', '0', 'c']);
});

test('markup that comes whole replaces patched rows', async ({ page }) => {
  await open(page, ['a']);
  await patch(page, [['b']], false, 9);
  const html = table([row('b', 'new'), row('x')]);
  await page.evaluate((html) => {
    const script = globalThis as unknown as Record<string, (...values: unknown[]) => void>;
    script.rewrite!(document.querySelector('.body'), html);
  }, html);
  expect(await texts(page)).toEqual(['new', 'x']);
});
