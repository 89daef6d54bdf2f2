// Programs as tests need them: started on a free port, ready when they answer, ended for sure.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';

/** A TCP port on loopback that was free a moment ago. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

/** Ends a wait that would never end; no test measures time by it. */
export const HUNG_MS = 180_000;

/** Calls `probe` until it is true. */
export async function until(what: string, probe: () => Promise<boolean>, limitMs = HUNG_MS): Promise<void> {
  const end = Date.now() + limitMs;
  for (;;) {
    if (await probe().catch(() => false)) return;
    if (Date.now() > end) throw new Error(`waited in vain for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/** Whether a GET of `url` answers with success. */
export async function answers(url: string): Promise<boolean> {
  return (await fetch(url)).ok;
}

/** The origins of servers that a test has stopped. */
export const stopped = new Set<string>();

/** A server program: can be stopped, killed and started again on the same port. */
export class Service {
  private child?: ChildProcess;
  private output = '';

  constructor(
    protected program: string,
    readonly args: string[],
    /** Answers with success once the program serves. */
    readonly readyUrl: string,
    readonly env: Record<string, string> = {},
  ) {}

  async start(): Promise<void> {
    stopped.delete(new URL(this.readyUrl).origin);
    const child = spawn(this.program, this.args, {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, ...this.env },
    });
    this.child = child;
    const keep = (chunk: Buffer) => (this.output = (this.output + chunk.toString()).slice(-20_000));
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    await until(`${this.program} ${this.args.join(' ')}`, async () => {
      if (child.exitCode !== null) return true;
      return answers(this.readyUrl);
    });
    if (child.exitCode !== null) throw new Error(`${this.program} ended with ${child.exitCode}:\n${this.output}`);
  }

  get pid(): number | undefined {
    return this.child?.pid;
  }

  /** The end of what it printed. */
  get log(): string {
    return this.output;
  }

  /** Ends it with `signal`; returns its exit code, `null` where the signal ended it. */
  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<number | null> {
    stopped.add(new URL(this.readyUrl).origin);
    const child = this.child;
    this.child = undefined;
    if (!child || child.exitCode !== null) return child?.exitCode ?? null;
    child.kill(signal);
    await once(child, 'exit');
    return child.exitCode;
  }
}
