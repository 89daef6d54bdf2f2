// libvirt-volume-provisioner at the version of its documentation: three metrics of its own, no duration, and jobs
// that are only ever `started` or `failed`.
import { Exporter, family, sample } from './exporter.ts';

const PREFIX = 'libvirt_volume_provisioner';

/** One job of so many fails. */
export const FAILS_ONE_OF = 10;
export const ACTIVE_JOBS = 12;

function page(seconds: number): string {
  const started = Math.floor(seconds * FAILS_ONE_OF);
  const request = (endpoint: string, status: string, value: number) =>
    sample(`${PREFIX}_requests_total`, { endpoint, method: 'POST', status }, value);
  return [
    family(`${PREFIX}_active_jobs`, 'gauge', [sample(`${PREFIX}_active_jobs`, {}, ACTIVE_JOBS)]),
    family(`${PREFIX}_jobs_total`, 'counter', [
      sample(`${PREFIX}_jobs_total`, { status: 'started' }, started),
      sample(`${PREFIX}_jobs_total`, { status: 'failed' }, Math.floor(started / FAILS_ONE_OF)),
    ]),
    family(`${PREFIX}_requests_total`, 'counter', [
      request('/api/v1/provision', '202', started),
      request('/api/v1/provision', '400', Math.floor(seconds)),
    ]),
    family('go_goroutines', 'gauge', [sample('go_goroutines', {}, 17)]),
  ].join('\n');
}

export async function startLibvirt(): Promise<Exporter> {
  return Exporter.start(page);
}
