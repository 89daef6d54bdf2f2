// The systems that Andon knows, each by an exporter that behaves as the real one does: scraped by Andon itself, and
// through Prometheus.
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { Andon } from '../support/andon.ts';
import { openLive, panel } from '../support/board.ts';
import { expect, test } from '../support/fixtures.ts';
import { Prometheus } from '../support/prometheus.ts';
import { INSTANCES, startChallManager } from '../support/systems/chall_manager.ts';
import { startChoria, WAITING } from '../support/systems/choria.ts';
import type { Exporter } from '../support/systems/exporter.ts';
import { ACTIVE_INFERENCES, startFastApi } from '../support/systems/fastapi.ts';
import { ACTIVE_JOBS, startLibvirt } from '../support/systems/libvirt.ts';
import { PEERS, startMaestro } from '../support/systems/maestro.ts';

interface System {
  name: string;
  start: () => Promise<Exporter[]>;
  /** Keys of a job of `andon.toml` beside its targets. */
  scrape?: string;
  check: (page: Page, url: string) => Promise<void>;
}

async function figure(page: Page, title: string, text: string | RegExp): Promise<void> {
  await expect(panel(page, title).first()).toContainText(text, { timeout: 60_000 });
}

const SYSTEMS: System[] = [
  {
    name: 'choria',
    start: startChoria,
    check: async (page, url) => {
      await openLive(page, `${url}/?from=now-5m&to=now`);
      // Absent error counters count as 0 beside a provisioner that answers.
      await figure(page, 'Success rate', '100');
      await figure(page, 'Workers busy', '4');
      await figure(page, 'Latency, mean', '100');
      await page.goto(`${url}/d/choria-provisioner-details?from=now-5m&to=now`);
      await figure(page, 'Active provisioners', '1');
      await figure(page, 'Waiting nodes', String(WAITING));
      await page.goto(`${url}/d/choria-provisioner-limits`);
      await figure(page, 'Active provisioners a site', '1');
      await figure(page, 'To know about the metrics', 'no series until the first error');
    },
  },
  {
    name: 'libvirt',
    start: async () => [await startLibvirt()],
    check: async (page, url) => {
      await openLive(page, `${url}/?from=now-5m&to=now`);
      await figure(page, 'Success rate', /9\d/);
      await figure(page, 'Workers busy', `${ACTIVE_JOBS}`);
      await figure(page, 'Workers busy', '10');
      await page.goto(`${url}/d/libvirt-volume-provisioner-documented-limits`);
      await figure(page, 'Active jobs', String(ACTIVE_JOBS));
      await expect(panel(page, 'Active jobs').locator('.health-bad, .mark-bad').first()).toBeAttached();
    },
  },
  {
    name: 'maestro',
    start: async () => [await startMaestro()],
    scrape: 'hold_values_for = "5m"\nscrape_interval = "1s"\nscrape_timeout = "1s"',
    check: async (page, url) => {
      await openLive(page, `${url}/?from=now-5m&to=now`);
      await figure(page, 'Success rate', /9[12]/);
      await page.goto(`${url}/d/maestro-details?from=now-5m&to=now`);
      await figure(page, 'Peers seen', String(PEERS.length));
      for (const peer of PEERS) await figure(page, 'Age of what is shown', peer);
    },
  },
  {
    name: 'chall-manager',
    start: async () => [await startChallManager()],
    check: async (page, url) => {
      await openLive(page, `${url}/?from=now-5m&to=now`);
      await figure(page, 'Success rate', '100');
      // A quarter of all calls takes longer than the last bucket tells.
      await figure(page, 'Latency p95', '> 15\u00a0s');
      await page.goto(`${url}/d/chall-manager-limits`);
      await figure(page, 'To know about the metrics', 'may be negative');
      await page.goto(`${url}/d/chall-manager-details`);
      await figure(page, 'Instances', String(INSTANCES));
    },
  },
  {
    name: 'fastapi',
    start: async () => [await startFastApi()],
    check: async (page, url) => {
      await openLive(page, `${url}/?from=now-5m&to=now`);
      await figure(page, 'Success rate', '95');
      await figure(page, 'Workers busy', new RegExp(`[-\u2212]${-ACTIVE_INFERENCES}`));
      await expect(panel(page, 'Workers busy').getByRole('heading')).toHaveAttribute('title', /drifts/);
    },
  },
];

/** A configuration that scrapes the exporters every second. */
function configuration(system: System, exporters: Exporter[]): string {
  const targets = exporters.map((exporter) => JSON.stringify(new URL(exporter.url).host)).join(', ');
  const job = `[[scrape_configs]]\njob_name = "${system.name}"\nstatic_configs = [{ targets = [${targets}] }]`;
  const file = join(mkdtempSync(join(tmpdir(), 'andon-systems-')), 'andon.toml');
  writeFileSync(file, `[global]\nscrape_interval = "1s"\nscrape_timeout = "1s"\n${job}\n${system.scrape ?? ''}\n`);
  return file;
}

for (const system of SYSTEMS) {
  test(`${system.name}, scraped by Andon`, async ({ page }) => {
    const exporters = await system.start();
    const andon = await Andon.start(['--config', configuration(system, exporters)]);
    try {
      await system.check(page, andon.url);
      await page.goto(`${andon.url}/?from=now-5m&to=now`);
      await page.screenshot({ path: `../target/screenshots/system-${system.name}.png` });
    } finally {
      await andon.stop();
      for (const exporter of exporters) await exporter.stop();
    }
  });

  test(`${system.name}, through Prometheus`, async ({ page }) => {
    const exporters = await system.start();
    const prometheus = await Prometheus.start(exporters.map(({ url }, index) => ({ job: `${system.name}${index}`, url })));
    const andon = await Andon.start([prometheus.url]);
    try {
      await system.check(page, andon.url);
      await page.screenshot({ path: `../target/screenshots/system-${system.name}-prometheus.png` });
    } finally {
      await andon.stop();
      await prometheus.stop();
      for (const exporter of exporters) await exporter.stop();
    }
  });
}

test('several systems share the first page, and a click leads to a board', async ({ page }) => {
  const exporters = [await startLibvirt(), await startFastApi()];
  const andon = await Andon.start(exporters.map(({ url }) => url));
  try {
    await openLive(page, `${andon.url}/?from=now-5m&to=now`);
    // More active jobs than there may be, and a success rate below its objective.
    await figure(page, 'Limits broken', /[12]/);
    await figure(page, 'libvirt volume provisioner (0.3)', 'its documentation describes');
    await page.screenshot({ path: '../target/screenshots/systems.png' });
    await page.getByRole('main').getByRole('link', { name: 'FastAPI service', exact: true }).click();
    await expect(page).toHaveURL(/\/d\/fastapi$/);
    await figure(page, 'Success rate', '95');
  } finally {
    await andon.stop();
    for (const exporter of exporters) await exporter.stop();
  }
});

test('a URL of Maestro on the command line is scraped with held values', async ({ page }) => {
  const exporter = await startMaestro();
  const andon = await Andon.start([exporter.url]);
  try {
    await openLive(page, `${andon.url}/?from=now-5m&to=now`);
    await page.goto(`${andon.url}/d/maestro-details?from=now-5m&to=now`);
    await figure(page, 'Peers seen', String(PEERS.length));
  } finally {
    await andon.stop();
    await exporter.stop();
  }
});

test('a panel that names what nobody exports says so, with the query repaired', async ({ page, stack }) => {
  const folder = mkdtempSync(join(tmpdir(), 'andon-boards-'));
  const query = 'sum(rate(demo_job_finished_total[1m]))';
  writeFileSync(join(folder, 'drift.yaml'), `title: Drift\npanels:\n  - title: Jobs\n    queries: [{expr: "${query}"}]\n`);
  const andon = await Andon.start([stack.prometheus.url, '--boards', folder]);
  try {
    await expect(async () => {
      await page.goto(`${andon.url}/d/drift`);
      await page.getByRole('button', { name: 'One fault in the query' }).click({ timeout: 1_000 });
    }).toPass({ timeout: 90_000 });
    await expect(panel(page, 'Jobs')).toContainText('does not export demo_job_finished_total');
    await expect(panel(page, 'Jobs')).toContainText('sum(rate(demo_jobs_finished_total[1m]))');
    await page.screenshot({ path: '../target/screenshots/drift.png' });
  } finally {
    await andon.stop();
  }
});
