// What every test has: the stack of real servers, and a page that is watched.
import { test as base, type Page } from '@playwright/test';
import { Andon } from './andon.ts';
import { HUNG_MS, stopped } from './process.ts';
import { NodeExporter, Prometheus } from './prometheus.ts';

/** The servers that all tests share. */
export interface Stack {
  /** `andon --demo`: a simulated job system on Andon's own engine, and its exporter. */
  demo: Andon;
  /** Prometheus, scraping the demo's exporter and node_exporter. */
  prometheus: Prometheus;
  /** `andon URL` in front of that Prometheus. */
  board: Andon;
}

/** What a page did wrong, collected while it is open. */
export class Watch {
  readonly complaints: string[] = [];
  private readonly expected: RegExp[] = [];

  /** Says that complaints that match are part of the test. */
  expect(pattern: RegExp): void {
    this.expected.push(pattern);
  }

  /** The complaints that no test expects. */
  get unexpected(): string[] {
    return this.complaints.filter((complaint) => !this.expected.some((pattern) => pattern.test(complaint)));
  }

  /**
   * Collects console errors and warnings, exceptions, CSP violations, and requests that failed; not that a server does
   * not answer which the test has stopped, as at its end while the page is still open.
   */
  async attach(page: Page): Promise<void> {
    const complain = (complaint: string) => this.complaints.push(complaint);
    const isStopped = (url: string) => URL.canParse(url) && stopped.has(new URL(url).origin);
    await page.addInitScript(() => {
      addEventListener('securitypolicyviolation', (event) => {
        console.error(`CSP: ${event.violatedDirective} refused ${event.blockedURI || event.sourceFile}`);
      });
    });
    page.on('console', (message) => {
      const isFault = ['error', 'warning'].includes(message.type()) && !isStopped(message.location().url);
      if (isFault) complain(`console: ${message.text()}`);
    });
    page.on('pageerror', (error) => complain(`exception: ${error.message}`));
    page.on('requestfailed', (request) => {
      const reason = request.failure()?.errorText ?? '';
      // A stream that is left open, and a request that a navigation overtakes, end this way.
      if (reason !== 'net::ERR_ABORTED' && !isStopped(request.url())) complain(`request: ${request.url()} ${reason}`);
    });
    page.on('response', (response) => {
      if (response.status() >= 400) complain(`response: ${response.url()} ${response.status()}`);
    });
  }
}

/** Whatever is started for one test and must end with it, however the test ends. */
type Keep = <S extends { stop(): unknown }>(started: S) => S;

async function keeping(use: (keep: Keep) => Promise<void>): Promise<void> {
  const started: { stop(): unknown }[] = [];
  try {
    await use((service) => {
      started.push(service);
      return service;
    });
  } finally {
    for (const service of started.reverse()) await service.stop();
  }
}

export const test = base.extend<{ watch: Watch; keep: Keep }, { stack: Stack }>({
  stack: [
    async ({}, use) => {
      await keeping(async (keep) => {
        const demo = keep(await Andon.start(['--demo']));
        const node = keep(await NodeExporter.start());
        const prometheus = keep(
          await Prometheus.start([
            { job: 'demo', url: `${demo.url}/demo/metrics` },
            { job: 'node', url: node.metricsUrl },
          ]),
        );
        const board = keep(await Andon.start([prometheus.url]));
        await use({ demo, prometheus, board });
      });
    },
    { scope: 'worker', timeout: HUNG_MS },
  ],
  keep: ({}, use) => keeping(use),
  // Every test's page is watched, whether it asks for the watch or not.
  watch: [
    async ({ page }, use) => {
      const watch = new Watch();
      await watch.attach(page);
      await use(watch);
      base.expect(watch.unexpected, 'the page complained').toEqual([]);
    },
    { auto: true },
  ],
});

export { expect } from '@playwright/test';
