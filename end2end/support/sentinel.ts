// Data that stand still: Prometheus on two hours of a day that is over, and a board on it. Every value is known.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BoardFolder } from './folder.ts';
import { Prometheus } from './prometheus.ts';

const STEP_S = 1;
const HOUR_S = 3_600;

/** When the second hour begins, and when it ends. */
export const START_MS = Date.UTC(2026, 0, 27, 9);
export const END_MS = START_MS + HOUR_S * 1_000;

/** `sentinel_flat`, at any time of the second hour; and of the first. */
export const FLAT = 12_345;
export const FLAT_BEFORE = 54_321;

/** `sentinel_slope` rises by one a second from here, where the second hour begins. */
export const SLOPE_START = 500_000;

/** `sentinel_slope` at a time of the two hours. */
export function slope(timeMs: number): number {
  return SLOPE_START + Math.floor((timeMs - START_MS) / 1_000);
}

/** Both series in OpenMetrics, with a time to each sample. */
function samples(): string {
  const start = START_MS / 1_000;
  const times = Array.from({ length: (2 * HOUR_S) / STEP_S + 1 }, (_, step) => start - HOUR_S + step * STEP_S);
  const flat = times.map((at) => `sentinel_flat ${at < start ? FLAT_BEFORE : FLAT} ${at}`);
  const rising = times.map((at) => `sentinel_slope ${slope(at * 1_000)} ${at}`);
  return ['# TYPE sentinel_flat gauge', ...flat, '# TYPE sentinel_slope gauge', ...rising, '# EOF', ''].join('\n');
}

const BOARD = `
title: Sentinel
panels:
  - {title: Flat, grid: {w: 12, h: 8}, kind: timeseries, queries: [{expr: sentinel_flat, legend: flat}]}
  - {title: Slope, grid: {x: 12, w: 12, h: 8}, kind: timeseries, queries: [{expr: sentinel_slope, legend: slope}]}
  - {title: Now, grid: {y: 8, w: 12, h: 4}, kind: stat, queries: [{expr: sentinel_flat}]}
`;

/** A board on data that stand still, and the servers behind it. */
export class Sentinel {
  private constructor(
    private readonly prometheus: Prometheus,
    private readonly boards: BoardFolder,
  ) {}

  static async start(): Promise<Sentinel> {
    const folder = mkdtempSync(join(tmpdir(), 'andon-sentinel-'));
    const text = join(folder, 'samples.txt');
    const data = join(folder, 'data');
    writeFileSync(text, samples());
    execFileSync('promtool', ['tsdb', 'create-blocks-from', 'openmetrics', text, data]);
    const prometheus = await Prometheus.start([], data);
    return new Sentinel(prometheus, await BoardFolder.start({ 'sentinel.yaml': BOARD }, [prometheus.url]));
  }

  /** The board over the second hour, with more of a query. */
  address(more = ''): string {
    return `${this.boards.andon.url}/d/sentinel?from=${START_MS}&to=${END_MS}${more}`;
  }

  async stop(): Promise<void> {
    await this.boards.stop();
    await this.prometheus.stop();
  }
}
