// Real peers: Debian's Prometheus, scraping every second, and its node_exporter.
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort, Service, until } from './process.ts';

/** A target to scrape: its job, and its metrics page. */
export interface Target {
  job: string;
  url: string;
}

/** One sample of an instant query's vector: labels, and `[seconds, value]`. */
export interface Sample {
  metric: Record<string, string>;
  value: [number, string];
}

/** Prometheus with its URL. */
export class Prometheus extends Service {
  private constructor(
    readonly url: string,
    args: string[],
  ) {
    super('prometheus', args, `${url}/-/ready`);
  }

  /**
   * Starts one that scrapes `targets` every second, and waits until it has scraped each some times; on the samples that
   * are in the folder `data` already, where it is given.
   */
  static async start(targets: Target[], data?: string): Promise<Prometheus> {
    const folder = mkdtempSync(join(tmpdir(), 'andon-prometheus-'));
    const config = {
      global: { scrape_interval: '1s', evaluation_interval: '1s' },
      scrape_configs: targets.map(({ job, url }) => ({
        job_name: job,
        metrics_path: new URL(url).pathname,
        static_configs: [{ targets: [new URL(url).host] }],
      })),
    };
    const file = join(folder, 'prometheus.yml');
    writeFileSync(file, JSON.stringify(config)); // JSON is YAML
    const port = await freePort();
    const prometheus = new Prometheus(`http://127.0.0.1:${port}`, [
      `--config.file=${file}`,
      `--storage.tsdb.path=${data ?? join(folder, 'data')}`,
      '--storage.tsdb.retention.time=100y',
      `--web.listen-address=127.0.0.1:${port}`,
      '--log.level=warn',
    ]);
    await prometheus.start();
    await until('samples in Prometheus', async () => {
      const scraped = await query(prometheus.url, 'sum_over_time(up[1m]) >= 8');
      return scraped.length === targets.length;
    });
    return prometheus;
  }
}

/** node_exporter with its metrics page. */
export class NodeExporter extends Service {
  private constructor(
    readonly metricsUrl: string,
    args: string[],
  ) {
    super('prometheus-node-exporter', args, metricsUrl);
  }

  /** Starts one on a free port. */
  static async start(): Promise<NodeExporter> {
    const port = await freePort();
    const args = [`--web.listen-address=127.0.0.1:${port}`, '--log.level=error'];
    const exporter = new NodeExporter(`http://127.0.0.1:${port}/metrics`, args);
    await exporter.start();
    return exporter;
  }
}

/** The vector of an instant query, at `time` (seconds) or now. */
export async function query(base: string, expression: string, time?: number): Promise<Sample[]> {
  const params = new URLSearchParams({ query: expression });
  if (time !== undefined) params.set('time', String(time));
  const response = await fetch(`${base}/api/v1/query?${params}`);
  const answer = (await response.json()) as { status: string; error?: string; data: { result: Sample[] } };
  if (answer.status !== 'success') throw new Error(`${expression}: ${answer.error}`);
  return answer.data.result;
}
