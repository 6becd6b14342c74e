import type { Comparison } from '../compare.ts';
import type { ChildServer } from './child-server.ts';
import { Client } from './client.ts';
import type { Coordinator } from './coordinator.ts';
import { takeJob } from './job-life.ts';

/** As our runner sends at most at a time. */
const PIECE = `${'x'.repeat(127)}\n`.repeat(512);
const PIECES = 64;
const ROUNDS = 7;
const TEXT = { 'content-type': 'text/plain' };

/** One job's log, a piece after the other, each answered once it is durable. */
export function logBytes(
  coordinator: Coordinator,
  floor: ChildServer,
  { token, project }: { readonly token: string; readonly project: string },
): Comparison {
  const { engine, server, rest } = coordinator;
  let perSecond = 0;
  return {
    name: `${engine}, log in pieces of 64 KiB`,
    target: null,
    rounds: ROUNDS,
    async ours() {
      await rest({ method: 'POST', path: `/projects/root%2F${project}/pipeline`, body: '{"ref":"main"}' });
      const client = new Client(server.url);
      const job = await takeJob(client, token, 'bench_log');
      const headers = { ...TEXT, 'job-token': job.token };
      const ms = await timed(async (at) => {
        const range = `${at * PIECE.length}-${(at + 1) * PIECE.length - 1}`;
        const path = `/api/v4/jobs/${job.id}/trace`;
        await client.call({ method: 'PATCH', path, headers: { ...headers, 'content-range': range }, body: PIECE });
      });
      client.close();
      perSecond = (PIECES * PIECE.length) / (ms / 1000);
      return ms;
    },
    async theirs() {
      const client = new Client(floor.url);
      const ms = await timed(async () => {
        await client.call({ method: 'POST', path: '/', headers: TEXT, body: PIECE });
      });
      client.close();
      return ms;
    },
    note: () => `${(perSecond / 1e6).toFixed(1)} MB/s in the last round`,
  };
}

async function timed(send: (at: number) => Promise<void>): Promise<number> {
  const startedAt = performance.now();
  for (let at = 0; at < PIECES; at++) await send(at);
  return performance.now() - startedAt;
}
