// Maestro: each look at the page empties its gauges until the next poll; label sets end with a comma, numbers are
// Java's, a family's head may come twice, and two series of a page may be identical.
import { Exporter } from './exporter.ts';

/** How often it fills its gauges; the real one takes 10 or 100 s. */
const POLL_S = 4;

export const PEERS = ['sender@one.example', 'receiver@two.example', 'inspector@three.example'];

const GAUGES: Record<string, string> = {
  maestro_connection_count: '4.0',
  maestro_message_count: '3.8613075E7',
  maestro_ping: '60.0',
  maestro_rate: '4077.0',
};

export async function startMaestro(): Promise<Exporter> {
  let shown = -1;
  const page = (seconds: number): string => {
    const poll = Math.floor(seconds / POLL_S);
    const peers = poll === shown ? [] : PEERS;
    shown = poll;
    const gauges = Object.entries(GAUGES).flatMap(([name, value]) => [
      `# HELP ${name} A gauge`,
      `# TYPE ${name} gauge`,
      ...peers.map((peer) => `${name}{peer="${peer}",type="${peer.split('@')[1]}",} ${value}`),
      // Seen of real ones: the same peer twice.
      ...peers.slice(0, 1).map((peer) => `${name}{peer="${peer}",type="${peer.split('@')[1]}",} ${value}`),
    ]);
    const counters = { maestro_test_success: 11, maestro_test_failures: 1, maestro_peer_abnormal_disconnect: 0 };
    return [
      ...gauges,
      ...Object.entries(counters).flatMap(([name, value]) => [
        `# HELP ${name} A counter`,
        `# TYPE ${name} counter`,
        `${name} ${(value * (1 + Math.floor(seconds))).toFixed(1)}`,
      ]),
      '# HELP maestro_ping A gauge',
      '# TYPE maestro_ping gauge',
    ].join('\n');
  };
  return Exporter.start(page);
}
