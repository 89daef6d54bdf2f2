// A source that misbehaves: passes requests on to a server behind it, and treats queries over a range as its mood is.
import { once } from 'node:events';
import { createServer, request, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What becomes of an answer in each mood but `well`. */
const MOODS = {
  /** Waits until the mood is another. */
  holds: () => {},
  /** Begins, and goes on byte by byte without an end. */
  drips: (answer: ServerResponse) => {
    const drops = setInterval(() => answer.write(' '), 20);
    answer.on('close', () => clearInterval(drops));
  },
  fails: (answer: ServerResponse) => answer.writeHead(500).end('disk full\n'),
  writesHtml: (answer: ServerResponse) => answer.end('<html><title>Sign in</title></html>'),
  /** A gibibyte, as fast as it is taken. */
  floods: (answer: ServerResponse) => {
    const megabyte = Buffer.alloc(1 << 20, ' ');
    let left = 1024;
    const write = () => {
      while (left > 0 && !answer.destroyed) {
        left -= 1;
        if (!answer.write(megabyte)) return void answer.once('drain', write);
      }
      answer.end();
    };
    write();
  },
  hangsUp: (answer: ServerResponse) => answer.destroy(),
};
export type Mood = keyof typeof MOODS | 'well';

export class MoodyProxy {
  private held: (() => void)[] = [];
  private mood: Mood = 'well';

  private constructor(
    private readonly server: Server,
    private readonly behind: URL,
  ) {}

  /** Starts one before the server at `url`. */
  static async start(url: string): Promise<MoodyProxy> {
    const server = createServer();
    const proxy = new MoodyProxy(server, new URL(url));
    server.on('request', (asked, answer) => proxy.take(asked, answer));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return proxy;
  }

  /** `127.0.0.1:PORT`. */
  get host(): string {
    return `127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  get url(): string {
    return `http://${this.host}`;
  }

  /** Another mood from now on; what was held is passed on. */
  become(mood: Mood): void {
    this.mood = mood;
    for (const pass of this.held.splice(0)) pass();
  }

  stop(): void {
    this.become('well');
    this.server.close();
    this.server.closeAllConnections();
  }

  private take(asked: IncomingMessage, answer: ServerResponse): void {
    if (this.mood === 'well' || !asked.url?.includes('query_range')) return this.pass(asked, answer);
    if (this.mood === 'holds') this.held.push(() => this.pass(asked, answer));
    MOODS[this.mood](answer);
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
