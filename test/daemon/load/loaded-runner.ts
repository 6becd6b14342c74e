import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Serving } from '../../serve/support/serving.ts';
import { PROGRAM } from '../../support/checkout.ts';
import { waitUntil } from '../../support/wait-until.ts';

/** Or what is measured is mostly how much V8 lets lie before it looks: up to 60 MB on a machine with much memory, whatever the runner does. */
const SMALL_NURSERY = '--max-semi-space-size=4';

/** `epilogue runner run`, the real program, for jobs of any project. */
export class LoadedRunner {
  readonly #process: ChildProcess;
  #log = '';

  private constructor(child: ChildProcess) {
    this.#process = child;
    child.stderr?.on('data', (chunk: Buffer) => {
      this.#log += chunk.toString();
    });
  }

  static async start(serving: Serving, concurrent: number, ...flags: readonly string[]): Promise<LoadedRunner> {
    const { json } = await serving.ask('POST', '/api/v4/user/runners', { body: { runner_type: 'instance_type' } });
    const tokenFile = join(serving.root, 'runner-token');
    writeFileSync(tokenFile, `${json.token}\n`);
    const where = ['--url', serving.base, '--token-file', tokenFile, '--directory', join(serving.root, 'runner')];
    const words = ['runner', 'run', ...where, '--concurrent', String(concurrent), '--no-guard', ...flags];
    const env = { ...serving.environment(), NODE_OPTIONS: SMALL_NURSERY };
    return new LoadedRunner(spawn(PROGRAM, words, { env, stdio: ['ignore', 'ignore', 'pipe'] }));
  }

  get log(): string {
    return this.#log;
  }

  /** The most that the process has ever had in memory, in MiB. */
  get peakMb(): number {
    const status = readFileSync(`/proc/${this.#process.pid}/status`, 'utf8');
    return Number(/^VmHWM:\s+(\d+)/m.exec(status)?.[1]) / 1024;
  }

  async stop(): Promise<void> {
    if (this.#process.exitCode !== null || this.#process.signalCode !== null) return;
    const ended = once(this.#process, 'exit');
    this.#process.kill('SIGTERM');
    await Promise.race([
      ended,
      waitUntil('the runner ends', () => this.#process.exitCode !== null, 30_000).catch(() =>
        this.#process.kill('SIGKILL'),
      ),
    ]);
    await ended;
  }
}
