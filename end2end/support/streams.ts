// What comes to each frame of a page over the stream that they share.
import { expect, type Frame, type Page } from '@playwright/test';

declare global {
  interface Window {
    /** How many events of which type the frame has got. */
    heard: Record<string, number>;
  }
}

/** Counts in every frame that `page` will load what it gets, in `window.heard`. */
export async function countEvents(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const heard: Record<string, number> = (window.heard = {});
    const dispatch = EventTarget.prototype.dispatchEvent;
    EventTarget.prototype.dispatchEvent = function (event) {
      if (event instanceof MessageEvent) heard[event.type] = (heard[event.type] ?? 0) + 1;
      return dispatch.call(this, event);
    };
  });
}

/** Waits until each of `frames` has got new points from now on; a frame may load itself anew meanwhile. */
export async function expectPoints(frames: Frame[]): Promise<void> {
  for (const frame of frames) await frame.evaluate(() => delete window.heard['append']).catch(() => false);
  for (const frame of frames) {
    await expect.poll(() => frame.evaluate(() => window.heard['append']).catch(() => 0)).toBeGreaterThan(0);
  }
}
