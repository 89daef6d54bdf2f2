// The systems that Andon knows, each by an exporter that behaves as the real one does: scraped by Andon itself, and
// through Prometheus.
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { Andon } from '../support/andon.ts';
import { openLive, panel } from '../support/board.ts';
import { expect, test } from '../support/fixtures.ts';
import { answers, until } from '../support/process.ts';
import { Prometheus } from '../support/prometheus.ts';
import { INSTANCES, startChallManager } from '../support/systems/chall_manager.ts';
import { startChoria, WAITING } from '../support/systems/choria.ts';
import { Exporter, family, sample } from '../support/systems/exporter.ts';
import { ACTIVE_INFERENCES, startFastApi } from '../support/systems/fastapi.ts';
import { ACTIVE_JOBS, ACTIVE_JOBS_LATER, startLibvirt, startLibvirtLater } from '../support/systems/libvirt.ts';
import { PEERS, startMaestro } from '../support/systems/maestro.ts';

interface System {
  name: string;
  start: () => Promise<Exporter[]>;
  /** Keys of a job of `andon.toml` beside its targets. */
  scrape?: string;
  /** The boards that are pictured, beside the overview. */
  boards: string[];
  check: (page: Page, url: string) => Promise<void>;
}

async function figure(page: Page, title: string, text: string | RegExp): Promise<void> {
  await expect(panel(page, title).first()).toContainText(text);
}

/** A table's row, found by the text of a cell, with the texts of the others. */
async function row(page: Page, title: string, cell: string, texts: (string | RegExp)[]): Promise<void> {
  const found = panel(page, title).getByRole('row').filter({ hasText: cell });
  for (const text of texts) await expect(found).toContainText(text);
}

const NOW = 'from=now-5m&to=now&refresh=1s';

const SYSTEMS: System[] = [
  {
    name: 'choria',
    start: startChoria,
    boards: ['choria-provisioner-details', 'choria-provisioner-limits'],
    check: async (page, url) => {
      await openLive(page, `${url}/?${NOW}`);
      await figure(page, 'Success rate', '100');
      await figure(page, 'Workers busy', '4');
      await figure(page, 'Latency, mean', '100');
      await page.goto(`${url}/d/choria-provisioner-details?${NOW}`);
      await figure(page, 'Active provisioners', '1');
      await figure(page, 'Waiting nodes', String(WAITING));
      // Absent error counters count as 0 beside a provisioner that answers.
      await expect(panel(page, 'Errors by kind').locator('.ends span')).toHaveText(['0', '0', '0', '0']);
      // Of a pair one leads.
      const states = panel(page, 'Who is at work').getByRole('row');
      await expect(states.filter({ hasText: 'at work' })).toHaveCount(1);
      await expect(states.filter({ hasText: 'stands by' })).toHaveCount(1);
      await row(page, 'Leaders of elections', 'provisioner', ['one.example']);
      await page.goto(`${url}/d/choria-provisioner-limits?${NOW}`);
      await figure(page, 'Active provisioners a site', /1.*is right/s);
      await figure(page, 'To know about the metrics', 'no series until the first error');
    },
  },
  {
    name: 'libvirt',
    start: async () => [await startLibvirt()],
    boards: ['libvirt-volume-provisioner-documented', 'libvirt-volume-provisioner-documented-limits'],
    check: async (page, url) => {
      await openLive(page, `${url}/?${NOW}`);
      await figure(page, 'Success rate', /9\d/);
      await figure(page, 'Workers busy', `${ACTIVE_JOBS}`);
      await figure(page, 'Workers busy', '10');
      await page.goto(`${url}/d/libvirt-volume-provisioner-documented?${NOW}`);
      await figure(page, 'Free slots', /[-\u2212]2/);
      await expect(panel(page, 'Longest pause for garbage').locator('.axis-left span').first()).toBeAttached();
      await page.goto(`${url}/d/libvirt-volume-provisioner-documented-limits?${NOW}`);
      await figure(page, 'Active jobs of an instance', String(ACTIVE_JOBS));
      await figure(page, 'Active jobs of an instance', '10 at most');
      await expect(panel(page, 'Active jobs of an instance').locator('.health-bad, .mark-bad').first()).toBeAttached();
    },
  },
  {
    name: 'libvirt-later',
    start: async () => [await startLibvirtLater()],
    boards: ['libvirt-volume-provisioner-details', 'libvirt-volume-provisioner-limits'],
    check: async (page, url) => {
      await openLive(page, `${url}/?${NOW}`);
      await figure(page, 'Success rate', '90');
      await figure(page, 'Workers busy', `${ACTIVE_JOBS_LATER} / 10`);
      await figure(page, 'Latency p95', /min|s/);
      await page.goto(`${url}/d/libvirt-volume-provisioner-details?${NOW}`);
      await figure(page, 'Free slots', String(10 - ACTIVE_JOBS_LATER));
      await figure(page, 'Cache hits', '90');
      await row(page, 'Dependencies', 'minio', ['down']);
      await row(page, 'Dependencies', 'libvirt', ['up']);
    },
  },
  {
    name: 'maestro',
    start: async () => [await startMaestro()],
    scrape: 'hold_values_for = "5m"\nscrape_interval = "1s"\nscrape_timeout = "1s"',
    boards: ['maestro', 'maestro-limits'],
    check: async (page, url) => {
      await openLive(page, `${url}/?${NOW}`);
      await figure(page, 'Success rate', /9[12]/);
      await figure(page, 'Peers seen', String(PEERS.length));
      // The last known values, with their age.
      await figure(page, 'Age of what is shown', /^Age of what is shown\s*\d\d?\s*s/);
      for (const peer of PEERS) {
        const [role = '', host = ''] = peer.split('@');
        await row(page, 'Peers', host, [role, '4.08k msg/s', '60 ms', /\d\ss$/]);
        await row(page, 'Present and missing by role', role, ['1', '0']);
      }
      await page.goto(`${url}/d/maestro-details?${NOW}`);
      await figure(page, 'Peers seen', String(PEERS.length));
    },
  },
  {
    name: 'chall-manager',
    start: async () => [await startChallManager()],
    boards: ['chall-manager-details', 'chall-manager-limits', 'span-metrics-details'],
    check: async (page, url) => {
      await openLive(page, `${url}/?${NOW}`);
      await figure(page, 'Success rate', '100');
      // A quarter of all calls takes longer than the last bucket tells.
      await figure(page, 'Latency p95', '> 15\u00a0s');
      await figure(page, 'Service performance', 'in order');
      await page.goto(`${url}/d/chall-manager-limits?${NOW}`);
      await figure(page, 'To know about the metrics', 'may be negative');
      await page.goto(`${url}/d/chall-manager-details?${NOW}`);
      await figure(page, 'Instances', String(INSTANCES));
      await figure(page, 'Instances', '1 series below zero');
      await figure(page, 'Creation, p95', '> 15');
      await page.goto(`${url}/d/span-metrics-details?${NOW}`);
      await expect(panel(page, 'Latency').locator('.entries, .legend').first()).toContainText('p75');
      await row(page, 'Operations', 'QueryChallenge', ['req/s', '0 %', 'ms']);
      await row(page, 'Operations', 'CreateInstance', ['> 15 s', '100 %']);
    },
  },
  {
    name: 'fastapi',
    start: async () => [await startFastApi()],
    boards: ['fastapi-details', 'fastapi-limits'],
    check: async (page, url) => {
      await openLive(page, `${url}/?${NOW}`);
      await figure(page, 'Success rate', '97.5');
      const inferences = `[-\u2212]${-ACTIVE_INFERENCES}`;
      await figure(page, 'Workers busy', new RegExp(`${inferences}.*${inferences} is below zero: this count drifts`, 's'));
      await expect(panel(page, 'Workers busy').getByRole('heading')).toHaveAttribute('title', /drifts/);
      await figure(page, 'Failures by reason', '408');
      await page.goto(`${url}/d/fastapi-details?${NOW}`);
      await row(page, 'Paths', '/train/start', ['100 %', 's']);
      await row(page, 'Paths', '/inference/start', ['0 %', 'ms']);
    },
  },
];

const SCREENS = [
  { width: 1440, height: 900, colorScheme: 'dark' },
  { width: 360, height: 740, colorScheme: 'light' },
] as const;

/** Each of the system's boards, on a desk at night and on a phone by day. */
async function pictures(page: Page, system: System, url: string): Promise<void> {
  for (const board of ['overview', ...system.boards]) {
    const path = board === 'overview' ? '/' : `/d/${board}`;
    for (const { width, height, colorScheme } of SCREENS) {
      await page.setViewportSize({ width, height });
      await page.emulateMedia({ colorScheme });
      await page.goto(`${url}${path}?${NOW}`);
      await expect(page.locator('.panel').first()).toBeVisible();
      const surplus = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      expect(surplus, 'the page scrolls sideways').toBeLessThanOrEqual(0);
      await page.screenshot({ path: `../target/screenshots/system-${system.name}-${board}-${width}.png`, fullPage: true });
    }
  }
}

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
      await pictures(page, system, andon.url);
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
    await figure(page, 'Success rate', '97.5');
    // The bar has the boards of this system; the menu those of all, by system.
    const bar = page.getByRole('navigation', { name: 'Boards' });
    await expect(bar.locator('> div').first().getByRole('link')).toHaveText([
      'Overview',
      'FastAPI service',
      'Requests',
      'Limits and known issues',
    ]);
    await bar.getByRole('button', { name: /All \d+ boards/ }).click();
    await page.screenshot({ path: '../target/screenshots/boards-menu.png' });
    const libvirt = bar.locator('section').filter({ hasText: 'libvirt volume provisioner (0.3)' });
    await libvirt.getByRole('link', { name: 'Slots and requests' }).click();
    await figure(page, 'Free slots', /[-\u2212]2/);
    await page.setViewportSize({ width: 360, height: 740 });
    await bar.getByRole('button', { name: /All \d+ boards/ }).click();
    await page.screenshot({ path: '../target/screenshots/boards-menu-360.png' });
    await expect(bar.getByRole('link', { name: 'Search boards and panels' })).toBeVisible();
  } finally {
    await andon.stop();
    for (const exporter of exporters) await exporter.stop();
  }
});

test('the first page says which target is down, and that it is back', async ({ page }) => {
  let fastapi = await startFastApi();
  const libvirt = await startLibvirt();
  const andon = await Andon.start([fastapi.url, libvirt.url]);
  const verdict = page.locator('.verdict');
  try {
    await openLive(page, `${andon.url}/?from=now-5m&to=now`);
    await expect(verdict).toContainText('FastAPI service: success of requests');
    await expect(verdict).not.toContainText('target down');
    const { host, port } = new URL(fastapi.url);
    await fastapi.stop();
    await expect(verdict).toContainText(`FastAPI service: target down at ${host}`);
    await expect(verdict.locator('li').first()).toHaveText(/since \d\d:\d\d:\d\d$/);
    await page.screenshot({ path: '../target/screenshots/verdict.png' });
    await expect(verdict.getByRole('link', { name: 'target down' })).toHaveAttribute('href', '/targets');
    fastapi = await startFastApi(Number(port));
    await expect(verdict).not.toContainText('target down');
  } finally {
    await andon.stop();
    await fastapi.stop();
    await libvirt.stop();
  }
});

test('a URL of Maestro on the command line is scraped with held values', async ({ page }) => {
  const exporter = await startMaestro();
  const andon = await Andon.start([exporter.url]);
  try {
    const board = `${andon.url}/d/maestro-details?from=now-5m&to=now`;
    await until('the board', () => answers(board));
    await openLive(page, board);
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
    }).toPass();
    await expect(panel(page, 'Jobs')).toContainText('does not export demo_job_finished_total');
    await expect(panel(page, 'Jobs')).toContainText('sum(rate(demo_jobs_finished_total[1m]))');
    await page.screenshot({ path: '../target/screenshots/drift.png' });
  } finally {
    await andon.stop();
  }
});

test('the panels of a documentation show what is wrong with them, and how it is mended', async ({ page }) => {
  const exporter = await startLibvirtLater();
  const andon = await Andon.start([exporter.url, '--boards', 'documented']);
  try {
    await expect(async () => {
      await page.goto(`${andon.url}/d/libvirt`);
      await expect(page.getByRole('button', { name: /faults? in the query/ })).toHaveCount(2, { timeout: 1_000 });
    }).toPass();
    const mended = async (title: string, reason: string, query: string) => {
      await panel(page, title).getByRole('button', { name: 'One fault in the query' }).click();
      await expect(panel(page, title)).toContainText(reason);
      await expect(panel(page, title)).toContainText(query);
      await page.keyboard.press('Escape');
    };
    await mended('Job success', 'the result is 1 (or NaN) whatever happens', 'sum without (status) (rate(');
    await mended('Latency', 'does not export', 'libvirt_volume_provisioner_request_duration_seconds_bucket');
    await panel(page, 'Job success').getByRole('button', { name: 'One fault in the query' }).click();
    await page.screenshot({ path: '../target/screenshots/documented.png' });
  } finally {
    await andon.stop();
    await exporter.stop();
  }
});

/** The pack that the documentation shows. */
function documentedPack(): string {
  const docs = readFileSync('../docs/boards.md', 'utf8');
  return /## Packs[^]*?```toml\n([^]*?)```/.exec(docs)?.[1] ?? '';
}

test("a pack of one's own is used, followed as it changes, and kept while its file is broken", async ({ page }) => {
  const metrics = (seconds: number) =>
    [
      family('farm_jobs_total', 'counter', [
        sample('farm_jobs_total', { kind: 'still', status: 'done' }, Math.floor(seconds * 10)),
      ]),
      family('farm_workers_busy', 'gauge', [sample('farm_workers_busy', {}, 3)]),
      family('farm_workers', 'gauge', [sample('farm_workers', {}, 8)]),
      family('farm_queue_length', 'gauge', [sample('farm_queue_length', { site: 'A' }, 250)]),
    ].join('\n');
  const exporter = await Exporter.start(metrics);
  const folder = mkdtempSync(join(tmpdir(), 'andon-packs-'));
  const pack = documentedPack();
  writeFileSync(join(folder, 'farm.toml'), pack);
  const config = join(folder, 'andon.toml.txt');
  writeFileSync(config, `packs = [${JSON.stringify(folder)}]\n`);
  const andon = await Andon.start([exporter.url, '--config', config]);
  try {
    await openLive(page, `${andon.url}/?${NOW}`);
    await expect(page.getByRole('heading', { level: 1 })).toContainText('Render farm');
    await figure(page, 'Workers busy', '3 / 8');
    await page.goto(`${andon.url}/d/farm-limits?${NOW}`);
    await figure(page, 'Frames that wait', /250.*200/s);
    writeFileSync(join(folder, 'farm.toml'), pack.replace('[recognise]', '[recognize]'));
    await expect.poll(() => andon.log).toContain('unknown key `recognize`; did you mean `recognise`?');
    writeFileSync(join(folder, 'farm.toml'), pack.replace('Render farm', 'Frame mill'));
    await expect(async () => {
      await page.goto(`${andon.url}/d/farm-limits?${NOW}`);
      await expect(page.getByRole('heading', { level: 1 })).toContainText('Frame mill', { timeout: 500 });
    }).toPass();
  } finally {
    await andon.stop();
    await exporter.stop();
  }
});
