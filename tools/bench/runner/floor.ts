import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { temporaryDirectory } from '../fixture.ts';
import { startChild } from '../serve/child-server.ts';
import { Client } from '../serve/client.ts';
import type { Coordinator } from '../serve/coordinator.ts';
import { instantIn } from '../serve/job-actions.ts';

/** The same steps with nothing but `bash` and a request to the least of servers: one that commits a row and answers. Each answers in ms. */
export interface Floor {
  /** A request, and then the first command. */
  firstCommand(): Promise<number>;
  /** From the last command to the answer to a request that says so. */
  toFinal(): Promise<number>;
  /** A request, and then TERM at a script that waits, beside one that prints where `chatty`. */
  cancel(chatty: boolean): Promise<number>;
  /** From each of so many writes of a script to the answer to a request with it. */
  write(lines: number): Promise<readonly number[]>;
  /** A request and a script that does nothing, so many, so many at a time. */
  jobs(count: number, atOnce: number): Promise<number>;
}

const NOW = 'date +%s%N';

export async function startFloor({ floorDatabase }: Coordinator): Promise<Floor> {
  const words = [fileURLToPath(new URL('../serve/floor-server.ts', import.meta.url)), floorDatabase];
  const server = await startChild(words, process.env);
  const client = new Client(server.url);
  const dir = temporaryDirectory();
  let files = 0;
  const file = (): string => join(dir, String(files++));
  const ask = (by = client): Promise<unknown> => by.call({ method: 'POST', path: '/', body: '{"state":"running"}' });
  return {
    async firstCommand() {
      const [went, askedAt] = [file(), Date.now()];
      await ask();
      await bash(`${NOW} > ${went}`);
      return (await instantIn(went)) - askedAt;
    },
    async toFinal() {
      const last = file();
      await bash(`${NOW} > ${last}`);
      await ask();
      return Date.now() - (await instantIn(last));
    },
    async cancel(chatty) {
      const [ready, seen] = [file(), file()];
      const child = spawn('bash', ['-c', waitForTerm({ ready, seen, chatty })], { detached: true, stdio: 'ignore' });
      const ended = new Promise((resolve) => child.once('exit', resolve));
      await instantIn(ready);
      const askedAt = Date.now();
      await ask();
      process.kill(-(child.pid ?? 0), 'SIGTERM');
      await ended;
      return (await instantIn(seen)) - askedAt;
    },
    async write(lines) {
      const values: number[] = [];
      const child = spawn('bash', ['-c', talk(lines)], { stdio: ['ignore', 'pipe', 'ignore'] });
      for await (const bytes of child.stdout) {
        const found = [...String(bytes).matchAll(/at (\d{19})\n/g)];
        await ask();
        for (const [, at] of found) values.push(Date.now() - Number(at) / 1e6);
      }
      return values;
    },
    async jobs(count, atOnce) {
      let left = count;
      const startedAt = performance.now();
      await Promise.all(
        Array.from({ length: atOnce }, async () => {
          const own = new Client(server.url);
          while (left-- > 0) {
            await ask(own);
            await bash('true');
          }
          own.close();
        }),
      );
      return performance.now() - startedAt;
    },
  };
}

/** A script, for ours and for the floor: waits for TERM, which it writes down; the printing goes on beside the wait, so that bash hears it at once. */
export function waitForTerm({ ready, seen, chatty }: { ready: string; seen: string; chatty: boolean }): string {
  const beside = chatty ? 'while :; do echo at work; sleep 0.002; done' : 'sleep 60';
  return `trap '${NOW} > ${seen}; exit 0' TERM; ( ${beside} ) & ${NOW} > ${ready}; wait`;
}

export function talk(lines: number): string {
  return `for i in $(seq ${lines}); do echo "at $(${NOW})"; sleep 0.05; done`;
}

async function bash(script: string): Promise<void> {
  const child = spawn('bash', ['-c', script], { stdio: 'ignore' });
  await new Promise((resolve, reject) => child.once('exit', resolve).once('error', reject));
}
