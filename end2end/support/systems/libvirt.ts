// libvirt-volume-provisioner: at the version of its documentation (three metrics of its own, no duration, jobs that are
// only ever `started` or `failed`), and a later one with durations, stages and a cache.
import { Exporter, family, histogram, sample, type Labels } from './exporter.ts';

const PREFIX = 'libvirt_volume_provisioner';
const JOB_BOUNDS_S = [1, 5, 10, 30, 60, 120, 300, 600];
const REQUEST_BOUNDS_S = [0.005, 0.05, 0.5, 1, 5, 10];

/** One job of so many fails. */
export const FAILS_ONE_OF = 10;
export const ACTIVE_JOBS = 12;
/** Of the later version, so that seven of ten slots are free. */
export const ACTIVE_JOBS_LATER = 3;

const one = (name: string, type: string, labels: Labels, value: number) =>
  family(`${PREFIX}_${name}`, type, [sample(`${PREFIX}_${name}`, labels, value)]);
const some = (name: string, type: string, values: [Labels, number][]) =>
  family(`${PREFIX}_${name}`, type, values.map(([labels, value]) => sample(`${PREFIX}_${name}`, labels, value)));

function documented(seconds: number): string {
  const started = Math.floor(seconds * FAILS_ONE_OF);
  const request = (endpoint: string, status: string) => ({ endpoint, method: 'POST', status });
  return [
    one('active_jobs', 'gauge', {}, ACTIVE_JOBS),
    some('jobs_total', 'counter', [
      [{ status: 'started' }, started],
      [{ status: 'failed' }, Math.floor(started / FAILS_ONE_OF)],
    ]),
    some('requests_total', 'counter', [
      [request('/api/v1/provision', '202'), started],
      [request('/api/v1/provision', '400'), Math.floor(seconds)],
    ]),
    family('go_goroutines', 'gauge', [sample('go_goroutines', {}, 17)]),
    family('go_gc_duration_seconds', 'summary', [
      sample('go_gc_duration_seconds', { quantile: '0.5' }, 0.00004),
      sample('go_gc_duration_seconds', { quantile: '1' }, 0.0012),
    ]),
  ].join('\n');
}

function later(seconds: number): string {
  const failed = Math.floor(seconds);
  const completed = failed * (FAILS_ONE_OF - 1);
  const request = { endpoint: '/api/v1/jobs', method: 'POST' };
  const durations = (name: string, labels: Labels, bounds: number[], values: number[], times: number) =>
    histogram(`${PREFIX}_${name}`, labels, bounds, values, times);
  return [
    one('active_jobs', 'gauge', {}, ACTIVE_JOBS_LATER),
    some('jobs_total', 'counter', [
      [{ status: 'completed' }, completed],
      [{ status: 'failed' }, failed],
    ]),
    family(`${PREFIX}_job_duration_seconds`, 'histogram', [
      ...durations('job_duration_seconds', { status: 'completed' }, JOB_BOUNDS_S, [20, 40, 55, 90], completed),
      ...durations('job_duration_seconds', { status: 'failed' }, JOB_BOUNDS_S, [400], failed),
    ]),
    some('requests_total', 'counter', [[{ ...request, status: '202' }, completed + failed]]),
    family(
      `${PREFIX}_request_duration_seconds`,
      'histogram',
      durations('request_duration_seconds', request, REQUEST_BOUNDS_S, [0.003, 0.02, 0.3], completed + failed),
    ),
    family(`${PREFIX}_stage_duration_seconds`, 'histogram', [
      ...durations('stage_duration_seconds', { stage: 'download' }, JOB_BOUNDS_S, [8, 12], completed),
      ...durations('stage_duration_seconds', { stage: 'convert' }, JOB_BOUNDS_S, [20, 35], completed),
    ]),
    some('stage_throughput_bytes_per_second', 'gauge', [
      [{ stage: 'download' }, 98.7e6],
      [{ stage: 'convert' }, 203e6],
    ]),
    one('cache_hits_total', 'counter', {}, completed),
    one('cache_misses_total', 'counter', {}, failed),
    some('storage_operations_total', 'counter', [
      [{ operation: 'create', result: 'success' }, completed],
      [{ operation: 'create', result: 'error' }, failed],
    ]),
    some('image_errors_total', 'counter', [[{ operation: 'convert', error_type: 'timeout' }, failed]]),
    some('dependencies_up', 'gauge', [
      [{ dependency: 'libvirt' }, 1],
      [{ dependency: 'minio' }, 0],
    ]),
    one('cache_hit_ratio', 'gauge', {}, 0.9),
    one('health_status', 'gauge', {}, 1),
  ].join('\n');
}

/** The documented version. */
export async function startLibvirt(): Promise<Exporter> {
  return Exporter.start(documented);
}

/** A later version. */
export async function startLibvirtLater(): Promise<Exporter> {
  return Exporter.start(later);
}
