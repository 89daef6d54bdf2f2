// How the browser tests run: Debian's Chromium, no retries, two workers. Each worker has a stack of servers of its own,
// which the files that it runs share; the tests of one file run one after the other.
import { defineConfig } from '@playwright/test';
import { HUNG_MS } from './support/process.ts';

export default defineConfig({
  testDir: 'tests',
  outputDir: '../target/end2end',
  workers: 2,
  maxFailures: 12,
  retries: 0,
  // Limits only end a hung run; no test measures time by them.
  timeout: 2 * HUNG_MS,
  expect: { timeout: HUNG_MS },
  reporter: [['list']],
  use: {
    browserName: 'chromium',
    viewport: { width: 1440, height: 900 },
    timezoneId: 'UTC',
    trace: 'retain-on-failure',
    launchOptions: {
      executablePath: process.env.ANDON_CHROMIUM ?? '/usr/bin/chromium',
      args: [
        '--no-sandbox',
        '--disable-gpu',
        '--disable-quic',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
      ],
    },
  },
});
