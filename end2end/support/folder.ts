// A server on a folder of board files, and the folder.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Andon } from './andon.ts';

/** A server with the boards of a folder of its own. */
export class BoardFolder {
  private constructor(
    readonly andon: Andon,
    private readonly folder: string,
  ) {}

  /** Starts a server on `files`: their names, and what they hold; on the demo's data, or on `source`. */
  static async start(files: Record<string, string>, source = ['--demo']): Promise<BoardFolder> {
    const folder = mkdtempSync(join(tmpdir(), 'andon-boards-'));
    for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
    return new BoardFolder(await Andon.start([...source, '--boards', folder]), folder);
  }

  /** Writes a file anew. */
  write(name: string, text: string): void {
    writeFileSync(join(this.folder, name), text);
  }

  async stop(): Promise<void> {
    await this.andon.stop();
    rmSync(this.folder, { recursive: true });
  }
}
