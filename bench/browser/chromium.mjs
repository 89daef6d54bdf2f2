// Debian's Chromium, quiet: nothing but the page under measurement asks for anything.
import { chromium } from 'playwright-core';

export function launch(args = []) {
  return chromium.launch({
    executablePath: process.env.ANDON_CHROMIUM ?? '/usr/bin/chromium',
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      ...args,
    ],
  });
}

/** The middle one of `numbers`. */
export function median(numbers) {
  return numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)];
}
