import { type ChildProcess, spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { Checkout } from '../support/checkout.ts';
import { waitUntil } from '../support/wait-until.ts';

const PROGRAM = join(import.meta.dirname, '..', '..', 'bin', 'epilogue');
const SOON_MS = 10_000;

let checkout: Checkout;

afterEach(() => checkout.dispose());

/** What the journal of the only job says last. */
function lastMove(): unknown {
  const path = readdirSync(checkout.state, { recursive: true, encoding: 'utf8' }).find((name) =>
    name.endsWith('moves.jsonl'),
  );
  return path && JSON.parse(readFileSync(join(checkout.state, path), 'utf8').trimEnd().split('\n').at(-1) ?? '');
}

/** The program writes into a pipe, or a socket as Node makes them, whose other end nobody reads. */
function startUnread(kind: 'pipe' | 'socket'): { child: ChildProcess; exitCode: Promise<number | null> } {
  const program = `echo $$ >"$OUTSIDE/pid"; exec "$PROGRAM" run`;
  const line = kind === 'pipe' ? `{ sh -c '${program}'; echo $? >"$OUTSIDE/code"; } | sleep 100` : program;
  const env = { ...checkout.environment(), PROGRAM };
  const child = spawn('sh', ['-c', line], {
    cwd: checkout.dir,
    env,
    detached: true,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  child.stdout?.pause();
  return { child, exitCode: new Promise((resolve) => child.on('exit', resolve)) };
}

describe.each(['pipe', 'socket'] as const)('a reader of a %s who stands still', (kind) => {
  it('holds up no cleanup of a script that failed by itself', async () => {
    checkout = new Checkout({
      '.gitlab-ci.yml':
        'work: { timeout: 1 minute, script: [seq 2000000, exit 3], after_script: [touch $OUTSIDE/cleaned] }\n',
    });
    const { child } = startUnread(kind);
    await waitUntil('the cleanup ran', () => checkout.has('cleaned'), SOON_MS);
    const result = { status: 'failed', cause: 'failed', exitCode: 3, cleanup: { outcome: 'succeeded' } };
    const moved = await waitUntil('the job ended', () => {
      const move = lastMove() as { move: string } | undefined;
      return move?.move === 'finished' ? move : null;
    });
    expect(moved).toMatchObject({ move: 'finished', result });
    if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
  });

  it('holds up neither a Ctrl-C nor, for long, the end of the program', async () => {
    checkout = new Checkout({
      '.gitlab-ci.yml':
        'work: { script: [seq 2000000, touch $OUTSIDE/flooded, sleep 300], after_script: [touch $OUTSIDE/cleaned] }\n',
    });
    const { child, exitCode } = startUnread(kind);
    await waitUntil('the script has printed', () => checkout.has('flooded'));
    process.kill(Number(checkout.read('pid')), 'SIGINT');
    await waitUntil('the cleanup ran', () => checkout.has('cleaned'), SOON_MS);
    if (kind === 'socket') expect(await exitCode).toBe(130);
    else
      expect(await waitUntil('the program ended', () => checkout.has('code') && checkout.read('code').trim())).toBe(
        '130',
      );
    if (child.pid !== undefined && kind === 'pipe') process.kill(-child.pid, 'SIGKILL');
    await checkout.untilQuiet();
  });
});
