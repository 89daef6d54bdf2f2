// The server under test.
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort, Service } from './process.ts';

/** `andon` with its URL. */
export class Andon extends Service {
  private constructor(
    readonly url: string,
    args: string[],
    env: Record<string, string>,
  ) {
    super(process.env.ANDON_BINARY ?? '../target/debug/andon', args, `${url}/healthz`, env);
  }

  /** Starts `andon ARGS` on a free port. */
  static async start(args: string[], env: Record<string, string> = {}): Promise<Andon> {
    const port = await freePort();
    const andon = new Andon(`http://127.0.0.1:${port}`, ['--listen', `127.0.0.1:${port}`, ...args], env);
    await andon.start();
    return andon;
  }

  /** Starts another build in the place of this one, which was stopped: a changed copy of its binary. */
  async upgrade(change: (binary: Buffer) => Buffer): Promise<void> {
    const program = join(mkdtempSync(join(tmpdir(), 'andon-upgrade-')), 'andon');
    writeFileSync(program, change(readFileSync(this.program)), { mode: 0o755 });
    this.program = program;
    await this.start();
  }
}
