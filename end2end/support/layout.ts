// Layout shift as the browser measures it: https://web.dev/articles/cls.
import type { Page } from '@playwright/test';

declare global {
  interface Window {
    layoutShifts: string[];
  }
}

interface LayoutShift extends PerformanceEntry {
  value: number;
  sources: { node: Node | null; previousRect: DOMRectReadOnly; currentRect: DOMRectReadOnly }[];
}

/** Starts to note shifts, from the page's first paint on. */
export async function watchLayout(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const shifts: string[] = (window.layoutShifts = []);
    const name = (node: Node | null) => (node instanceof Element ? `${node.tagName} ${node.className}` : node?.nodeName);
    const place = ({ x, y, width, height }: DOMRectReadOnly) => [x, y, width, height].map(Math.round).join(' ');
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries() as LayoutShift[]) {
        for (const { node, previousRect, currentRect } of entry.sources) {
          shifts.push(`${entry.value}: ${name(node)} from ${place(previousRect)} to ${place(currentRect)}`);
        }
      }
    }).observe({ type: 'layout-shift', buffered: true });
  });
}

/** What has shifted so far. */
export async function layoutShifts(page: Page): Promise<string[]> {
  return page.evaluate(() => window.layoutShifts);
}
