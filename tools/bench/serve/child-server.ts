import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** A server that was started for a measurement. It ends with this program, whatever happens. */
export interface ChildServer {
  readonly url: string;
  /** From the start of the process to its line on standard output. */
  readonly startedAfterMs: number;
  /** What the process has in memory now, in MB. */
  residentMb(): number;
  stop(): Promise<void>;
}

const START_MS = 30_000;
const running = new Set<ChildProcess>();
process.once('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

/** Node with these words, which says `… on http://…` once it answers. */
export async function startChild(words: readonly string[], env: NodeJS.ProcessEnv): Promise<ChildServer> {
  const startedAt = performance.now();
  const child = spawn(process.execPath, words, { env, stdio: ['ignore', 'pipe', 'pipe'] });
  running.add(child);
  let said = '';
  let complained = '';
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const timer = setTimeout(() => reject(new Error(`it did not start: ${complained}`)), START_MS);
  child.stdout.on('data', (chunk: Buffer) => {
    said += chunk.toString();
    const found = /on (http:\S+)\n/.exec(said);
    if (found?.[1] !== undefined) resolve(found[1]);
  });
  child.stderr.on('data', (chunk: Buffer) => {
    complained = (complained + chunk.toString()).slice(-4_000);
  });
  const ended = new Promise<void>((done) => child.once('exit', () => done()));
  child.once('exit', () => {
    running.delete(child);
    reject(new Error(`it ended: ${complained}`));
  });
  const url = await promise.finally(() => clearTimeout(timer));
  return {
    url,
    startedAfterMs: performance.now() - startedAt,
    residentMb: () => Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))?.[1]) / 1024,
    async stop() {
      child.kill('SIGTERM');
      await ended;
    },
  };
}
