// A wall clock that can be set, for a server under test: Debian's libfaketime.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** The wall clock of whatever runs with [`env`](WallClock.env); its timers keep their time. */
export class WallClock {
  private readonly file = join(mkdtempSync(join(tmpdir(), 'andon-clock-')), 'offset');

  constructor() {
    this.set(0);
  }

  /** What a program's environment must hold. */
  get env(): Record<string, string> {
    const preloaded = execFileSync('faketime', ['2001-01-01 00:00:00', 'printenv', 'LD_PRELOAD']);
    return {
      LD_PRELOAD: preloaded.toString().trim(),
      FAKETIME_TIMESTAMP_FILE: this.file,
      FAKETIME_NO_CACHE: '1',
      FAKETIME_DONT_FAKE_MONOTONIC: '1',
    };
  }

  /** Sets it so many seconds ahead of the true time, or behind. */
  set(seconds: number): void {
    writeFileSync(this.file, `${seconds < 0 ? '-' : '+'}${Math.abs(seconds)}`);
  }
}
