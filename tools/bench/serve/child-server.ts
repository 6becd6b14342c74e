import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** A server that was started for a measurement. It ends with this program, whatever happens. */
export interface ChildServer {
  readonly url: string;
  /** From the start of the process to its line on standard output. */
  readonly startedAfterMs: number;
  /** What the process has in memory now, in MB. */
  residentMb(): number;
  /** What it has used of all cores since its start, in ms. */
  cpuMs(): number;
  stop(): Promise<void>;
}

const START_MS = 30_000;
/** Of the kernel's clock for processes, 100 a second everywhere that matters. */
const MS_A_TICK = 10;
const running = new Set<ChildProcess>();
process.once('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

/** Node with these words, which says `… on http://…` once it answers, on standard output or, in its log, on standard error. */
export async function startChild(words: readonly string[], env: NodeJS.ProcessEnv): Promise<ChildServer> {
  const startedAt = performance.now();
  const child = spawn(process.execPath, words, { env, stdio: ['ignore', 'pipe', 'pipe'] });
  running.add(child);
  let said = '';
  let complained = '';
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const timer = setTimeout(() => reject(new Error(`it did not start: ${complained}`)), START_MS);
  const look = (words: string): void => {
    const found = /on (http:\S+)\n/.exec(words);
    if (found?.[1] !== undefined) resolve(found[1]);
  };
  child.stdout.on('data', (chunk: Buffer) => {
    said = (said + chunk.toString()).slice(-4_000);
    look(said);
  });
  child.stderr.on('data', (chunk: Buffer) => {
    complained = (complained + chunk.toString()).slice(-4_000);
    look(complained);
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
    cpuMs() {
      const stat = readFileSync(`/proc/${child.pid}/stat`, 'latin1');
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      return (Number(fields[11]) + Number(fields[12])) * MS_A_TICK;
    },
    async stop() {
      child.kill('SIGTERM');
      await ended;
    },
  };
}
