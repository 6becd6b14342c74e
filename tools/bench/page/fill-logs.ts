import { waitUntil } from '../../components/index.ts';
import { Client, type Reply } from '../serve/client.ts';
import type { Coordinator } from '../serve/coordinator.ts';
import { FEATURES, type Taken, takeJob } from '../serve/job-life.ts';

const WAIT_MS = 60_000;
/** As much as a runner may send at once. */
const PIECE_BYTES = 1 << 20;
const INFO = { name: 'bench', version: '1.0.0', features: FEATURES };

export interface BigLog {
  readonly name: string;
  readonly lines: number;
  /** ASCII without the newline; begins with the line's number, see `numbered`. */
  lineAt(line: number): string;
}

const COLOURED = `\u001b[32mPASS\u001b[0m \u001b[1;38;5;208mpackage\u001b[0m ${'compile link strip '.repeat(10)}`;
const RAINBOW = Array.from({ length: 600 }, (_, at) => `\u001b[38;5;${16 + (at % 216)}m#`).join('');

/** The two that are promised to scroll, many short lines and 100 MB of long ones in colours; and the worst that a line can be. */
export const BIG_LOGS: readonly BigLog[] = [
  { name: '1,000,000 lines', lines: 1_000_000, lineAt: (line) => `${numbered(line)} ok   test/${line % 997}.test.ts` },
  {
    name: '100 MB',
    lines: 500_000,
    lineAt: (line) => `${numbered(line)} ${COLOURED.slice(0, 191)}`,
  },
  { name: '600 colours a line', lines: 2_000, lineAt: (line) => `${numbered(line)} ${RAINBOW}` },
];

/** How each line begins, counted from 0: seven digits of the number that is shown. */
export function numbered(line: number): string {
  return String(line + 1).padStart(7, '0');
}

/** A runner's hold on a job. */
export interface Held extends Taken {
  put(update: object): Promise<void>;
  /** Adds to the log; ASCII. */
  trace(text: string): Promise<void>;
  /** With success. */
  end(): Promise<void>;
}

/** Takes the next job and begins its script. */
export async function hold(client: Client, runner: string): Promise<Held> {
  const taken = await takeJob(client, runner, 's_page');
  const { id, token } = taken;
  let size = 0;
  const put = async (update: object): Promise<void> => {
    const body = JSON.stringify({ token, info: INFO, ...update });
    await taking(client.call({ method: 'PUT', path: `/api/v4/jobs/${id}`, headers: { 'job-token': token }, body }));
  };
  await put({ state: 'running', phase: 'script' });
  return {
    ...taken,
    put,
    async trace(text) {
      const range = `${size}-${size + text.length - 1}`;
      const headers = { 'job-token': token, 'content-type': 'text/plain', 'content-range': range };
      await taking(client.call({ method: 'PATCH', path: `/api/v4/jobs/${id}/trace`, headers, body: text }));
      size += text.length;
    },
    async end() {
      await put({ state: 'running', phase: 'teardown', teardown: { cause: 'succeeded' } });
      const cleanup = { outcome: 'succeeded', attempt: 1, exit_code: 0, duration: 0.1 };
      await put({ state: 'success', exit_code: 0, teardown: { cause: 'succeeded', exit_code: 0 }, cleanup });
    },
  };
}

/** @throws when the coordinator did not take it: nothing may be measured on half a log */
async function taking(answer: Promise<Reply>): Promise<void> {
  const { status, text } = await answer;
  if (status !== 200 && status !== 202) throw new Error(`the coordinator answered ${status}: ${text}`);
}

/** Jobs of `root/PROJECT` that have ended with these logs, in their order. @returns the jobs' numbers */
export async function fillLogs(
  { rest, server }: Coordinator,
  { project, runner }: { readonly project: string; readonly runner: string },
): Promise<readonly number[]> {
  const client = new Client(server.url);
  const ids: number[] = [];
  try {
    for (const { lines, lineAt } of BIG_LOGS) {
      const job = await hold(client, runner);
      let piece = '';
      for (let line = 0; line < lines; line++) {
        piece += `${lineAt(line)}\n`;
        if (piece.length < PIECE_BYTES && line < lines - 1) continue;
        await job.trace(piece);
        piece = '';
      }
      await job.end();
      const path = `/projects/root%2F${project}/jobs/${job.id}/trace/lines?from=0&count=1`;
      await waitUntil(
        async () => !(JSON.parse((await rest({ method: 'GET', path })).text) as { growing: boolean }).growing,
        { what: 'the log is put away', timeoutMs: WAIT_MS },
      );
      ids.push(job.id);
    }
    return ids;
  } finally {
    client.close();
  }
}
