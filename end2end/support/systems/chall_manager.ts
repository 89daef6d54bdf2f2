// chall-manager and the span metrics of its collector: counts up and down of which single series are negative, and
// calls beyond the last bucket.
import { Exporter, family, histogram, sample } from './exporter.ts';

const BOUNDS_MS = [2, 10, 100, 1000, 5000, 10000, 15000];
const SPANS = 'traces_span_metrics';

/** The instances of a challenge in all: some claimed from the pool, which leaves a negative series. */
export const INSTANCES = 3;

function page(seconds: number): string {
  const times = Math.floor(seconds * 2);
  const span = (name: string, status: string) => ({
    service_name: 'chall-manager',
    span_kind: 'SPAN_KIND_SERVER',
    span_name: name,
    status_code: `STATUS_CODE_${status}`,
  });
  const query = span('api.v1.challenge.ChallengeStore/QueryChallenge', 'UNSET');
  const create = span('api.v1.instance.InstanceManager/CreateInstance', 'UNSET');
  return [
    family('challenges', 'gauge', [sample('challenges', {}, 3)]),
    family('instances', 'gauge', [
      sample('instances', { challenge: '1', pool: 'false', source: '4' }, 1),
      sample('instances', { challenge: '1', pool: 'false', source: '7' }, -1),
      sample('instances', { challenge: '1', pool: 'true' }, 3),
    ]),
    family(`${SPANS}_calls_total`, 'counter', [
      sample(`${SPANS}_calls_total`, query, 3 * times),
      sample(`${SPANS}_calls_total`, create, times),
    ]),
    family(`${SPANS}_duration_milliseconds`, 'histogram', [
      ...histogram(`${SPANS}_duration_milliseconds`, query, BOUNDS_MS, [5, 50, 500], times),
      // Pulumi takes its time: every creation is beyond the last bucket.
      ...histogram(`${SPANS}_duration_milliseconds`, create, BOUNDS_MS, [40_000], times),
    ]),
  ].join('\n');
}

export async function startChallManager(): Promise<Exporter> {
  return Exporter.start(page);
}
