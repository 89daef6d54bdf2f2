// A source that takes its time: passes requests on to a server behind it, and holds them back when told to.
import { once } from 'node:events';
import { createServer, request, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export class SlowProxy {
  private held: (() => void)[] = [];
  private isHolding = false;

  private constructor(
    private readonly server: Server,
    private readonly behind: URL,
  ) {}

  /** Starts one before the server at `url`. */
  static async start(url: string): Promise<SlowProxy> {
    const server = createServer();
    const proxy = new SlowProxy(server, new URL(url));
    server.on('request', (asked, answer) => proxy.take(asked, answer));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return proxy;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** From now on, answers to queries over a range wait. */
  hold(): void {
    this.isHolding = true;
  }

  /** Lets go of everything. */
  release(): void {
    this.isHolding = false;
    for (const pass of this.held.splice(0)) pass();
  }

  stop(): void {
    this.release();
    this.server.close();
    this.server.closeAllConnections();
  }

  private take(asked: IncomingMessage, answer: ServerResponse): void {
    const pass = () => this.pass(asked, answer);
    if (this.isHolding && asked.url?.includes('query_range')) this.held.push(pass);
    else pass();
  }

  private pass(asked: IncomingMessage, answer: ServerResponse): void {
    const { method, url: path, headers } = asked;
    const onward = request({ host: this.behind.hostname, port: this.behind.port, method, path, headers }, (came) => {
      answer.writeHead(came.statusCode ?? 502, came.headers);
      came.pipe(answer);
    });
    onward.on('error', () => answer.destroy());
    answer.on('close', () => onward.destroy());
    asked.pipe(onward);
  }
}
