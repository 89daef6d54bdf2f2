// A small exporter in the test's own process: its page is written anew for each scrape.
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Labels of a sample; one that is `undefined` is left out. */
export type Labels = Record<string, string | undefined>;

/** One line of a page. */
export function sample(name: string, labels: Labels, value: number | string): string {
  const pairs = Object.entries(labels).filter(([, label]) => label !== undefined);
  const braces = pairs.length ? `{${pairs.map(([label, text]) => `${label}=${JSON.stringify(text)}`).join(',')}}` : '';
  return `${name}${braces} ${value}`;
}

/** A family: its type, and its lines. */
export function family(name: string, type: string, lines: string[]): string {
  return [`# HELP ${name} As the real exporter says it.`, `# TYPE ${name} ${type}`, ...lines].join('\n');
}

/** The lines of a classic histogram in which each of `values` was counted `times` over. */
export function histogram(name: string, labels: Labels, bounds: number[], values: number[], times: number): string[] {
  const upTo = (bound: number) => values.filter((value) => value <= bound).length * times;
  const sum = values.reduce((total, value) => total + value, 0) * times;
  return [
    ...bounds.map((bound) => sample(`${name}_bucket`, { ...labels, le: String(bound) }, upTo(bound))),
    sample(`${name}_bucket`, { ...labels, le: '+Inf' }, values.length * times),
    sample(`${name}_sum`, labels, sum),
    sample(`${name}_count`, labels, values.length * times),
  ];
}

/** Serves `page` under every path; `page` gets the seconds since the start. */
export class Exporter {
  private readonly server: Server;
  private readonly startedMs = Date.now();

  private constructor(page: (seconds: number) => string, contentType: string) {
    this.server = createServer((_, answer) => {
      answer.setHeader('Content-Type', contentType);
      answer.end(`${page((Date.now() - this.startedMs) / 1000)}\n`);
    });
  }

  /** On any free port, or on the one that an exporter had before. */
  static async start(
    page: (seconds: number) => string,
    contentType = 'text/plain; version=0.0.4',
    port = 0,
  ): Promise<Exporter> {
    const exporter = new Exporter(page, contentType);
    exporter.server.listen(port, '127.0.0.1');
    await once(exporter.server, 'listening');
    return exporter;
  }

  get url(): string {
    const { port } = this.server.address() as AddressInfo;
    return `http://127.0.0.1:${port}/metrics`;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, 'close');
  }
}
