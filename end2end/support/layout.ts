// Layout shift as the browser measures it: https://web.dev/articles/cls, all shifts added up.
import type { Page } from '@playwright/test';

declare global {
  interface Window {
    layoutShift: number;
  }
}

/** Starts to add up shifts, from the page's first paint on. */
export async function watchLayout(page: Page): Promise<void> {
  await page.addInitScript(() => {
    window.layoutShift = 0;
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries() as (PerformanceEntry & { value: number })[]) {
        window.layoutShift += entry.value;
      }
    }).observe({ type: 'layout-shift', buffered: true });
  });
}

/** The sum so far. */
export async function layoutShift(page: Page): Promise<number> {
  return page.evaluate(() => window.layoutShift);
}
