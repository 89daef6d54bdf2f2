// Choria Provisioner: a pair of which one leads and one stands by. Summaries have no quantiles, counters no
// `_total`, and an error counter has no series before the first error.
import { Exporter, family, sample } from './exporter.ts';

const SITE = 'LON';
const RPCS = { 'rpcutil#inventory': 0.05, 'choria_provision#configure': 0.15 };

/** Nodes that are provisioned a second, and how many wait. */
export const PROVISIONED_PER_S = 2;
export const WAITING = 12;

function page(identity: string, leads: boolean, seconds: number): string {
  const done = leads ? Math.floor(seconds * PROVISIONED_PER_S) : 0;
  const metric = (name: string, type: string, value: number) =>
    family(`choria_provisioner_${name}`, type, [sample(`choria_provisioner_${name}`, { site: SITE }, value)]);
  const both = [
    metric('paused', 'gauge', leads ? 0 : 1),
    metric('discovered', 'counter', done),
    metric('provisioned', 'counter', done),
    metric('discover_cycles', 'counter', Math.floor(seconds)),
    metric('waiting_nodes', 'gauge', leads ? WAITING : 0),
    metric('work_queue_entries', 'gauge', leads ? 8 : 0),
  ];
  if (!leads) return both.join('\n');
  const rpc = Object.entries(RPCS).flatMap(([name, time]) => [
    sample('choria_provisioner_rpc_time_sum', { rpc: name, site: SITE }, done * time),
    sample('choria_provisioner_rpc_time_count', { rpc: name, site: SITE }, done),
  ]);
  return [
    ...both,
    metric('busy_workers', 'gauge', 4),
    family('choria_provisioner_rpc_time', 'summary', rpc),
    family('choria_election_leader', 'gauge', [sample('choria_election_leader', { election: 'provisioner', identity }, 1)]),
  ].join('\n');
}

/** The leader and its standby. */
export async function startChoria(): Promise<Exporter[]> {
  return [
    await Exporter.start((seconds) => page('one.example', true, seconds)),
    await Exporter.start((seconds) => page('two.example', false, seconds)),
  ];
}
