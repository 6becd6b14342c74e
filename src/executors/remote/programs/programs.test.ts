import { spawn } from 'node:child_process';
import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { Failure, onAbort, realClock } from '../../../base/index.ts';
import type { ExecStreams, Reach, RemoteContainer } from '../reach.ts';
import { createAwayClock } from './away-clock.ts';
import { createPrograms } from './programs.ts';

const CONTAINER: RemoteContainer = { id: 'c', hasBash: false, uid: 0, gid: 0, waiter: 1, spared: [] };
const NEVER = new AbortController().signal;
const cut = (): Failure => new Failure('reach_cut', 'cut');

/** A place on this machine. What an exec prints before it is cut, or 'whole'; one a call, the last for all that follow. */
function placeWith(ways: readonly (number | 'whole' | 'refused' | 'runtime' | 'gone')[], longestAwayMs = 15_000) {
  let opened = 0;
  let execs = 0;
  const reach: Reach = {
    name: 'here',
    stateDir: '/nowhere',
    open: async () => {
      opened += 1;
      return CONTAINER;
    },
    async exec(_id, words, { signal }): Promise<ExecStreams> {
      const way = ways[Math.min(execs, ways.length - 1)] ?? 'whole';
      execs += 1;
      if (way === 'refused') throw cut();
      if (way === 'gone') throw new Failure('container_gone', 'gone');
      const [program = '', ...rest] = way === 'runtime' ? ['echo', 'OCI runtime exec failed'] : words;
      const child = spawn(program, rest, { stdio: 'pipe' });
      const stdout = new PassThrough();
      let printed = 0;
      child.stdin.on('error', () => {});
      child.stdout.on('data', (bytes: Buffer) => {
        const left = typeof way === 'number' ? way - printed : bytes.length;
        printed += bytes.length;
        stdout.write(bytes.subarray(0, Math.max(0, left)));
      });
      child.stdout.once('end', () => stdout.end());
      const code = new Promise<number>((resolve) => child.once('exit', (number) => resolve(number ?? 137)));
      const close = (): void => {
        child.kill('SIGKILL');
        for (const stream of [stdout, child.stderr]) stream.on('error', () => {}).destroy(cut());
      };
      onAbort(signal, close);
      return { stdin: child.stdin, stdout, stderr: child.stderr, code, close };
    },
    state: async () => ({ kind: 'running', containerId: 'c' }),
    send: null,
    remove: async () => {},
  };
  const away = createAwayClock(realClock, longestAwayMs);
  const programs = createPrograms({ reach, clock: realClock, away });
  return { programs, seen: () => ({ opened, execs }) };
}

const SAYS = { what: 'say', program: 'head -c 3; echo; echo "it\'s \\\\ done" >&2; exit 7', as: 'user' } as const;

describe('a program in a remote place', () => {
  it('reads its data from behind it, and tells all that it prints, and its code', async () => {
    const { programs } = placeWith(['whole']);
    const answer = await programs.ask({ ...SAYS, data: Buffer.from('abcdef') });
    expect({ ...answer, stdout: answer.stdout.toString() }).toEqual({
      code: 7,
      stdout: 'abc\n',
      stderr: "it's \\ done\n",
    });
  });

  it('is run again until its answer is whole, wherever that was cut', async () => {
    const { programs, seen } = placeWith(['refused', 0, 4, 8, 10, 14, 'whole']);
    const answer = await programs.ask({ ...SAYS, data: Buffer.from('abc') });
    expect([answer.code, answer.stdout.toString(), seen().execs]).toEqual([7, 'abc\n', 7]);
  });

  it('is run in the next container where the one that was known is gone', async () => {
    const { programs, seen } = placeWith(['gone', 'gone', 'whole']);
    expect((await programs.ask({ ...SAYS, data: Buffer.from('abc') })).code).toBe(7);
    expect(seen()).toEqual({ opened: 3, execs: 3 });
  });

  it('is not taken for what a runtime says in its place', async () => {
    const { programs } = placeWith(['runtime']);
    await expect(programs.ask(SAYS)).rejects.toMatchObject({
      code: 'exec_refused',
      message: /OCI runtime exec failed/,
    });
    const { stdout } = await programs.open(SAYS);
    const read = async (): Promise<void> => {
      for await (const _ of stdout);
    };
    await expect(read()).rejects.toMatchObject({ code: 'reach_cut' });
  });

  it('is given up when its place has not answered for too long, by one clock for all, until it answers again', async () => {
    const { programs, seen } = placeWith(['refused'], 200);
    await expect(programs.ask(SAYS)).rejects.toMatchObject({ code: 'place_lost' });
    const before = seen().execs;
    await expect(programs.ask(SAYS)).rejects.toMatchObject({ code: 'place_lost' });
    expect(seen().execs).toBe(before + 1);
    await expect(programs.ask({ ...SAYS, signal: AbortSignal.abort() })).rejects.toMatchObject({ code: 'canceled' });
  });

  it('has an end: of its time, of its answer, of who waits', async () => {
    const { programs } = placeWith(['whole']);
    const endless = { what: 'endless', program: 'while :; do echo more; done', as: 'user' } as const;
    await expect(programs.ask(endless)).rejects.toMatchObject({ code: 'answer_too_long' });
    const still = { what: 'still', program: 'exec sleep 1000', as: 'user' } as const;
    await expect(programs.ask({ ...still, timeoutMs: 50, patienceMs: 0 })).rejects.toMatchObject({ code: 'reach_cut' });
    await expect(programs.ask({ ...still, signal: AbortSignal.timeout(50) })).rejects.toMatchObject({
      code: 'canceled',
    });
    expect((await programs.running())?.id).toBe((await programs.container(NEVER)).id);
  });
});
