import { chmodSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { useTemporaryDirectory, write } from '../testing/repository.ts';
import { createGate } from './gate.ts';
import { type StreamEnding, streamGit } from './stream-git.ts';
import { createWatch } from './watch.ts';

const temporary = useTemporaryDirectory();
let bin = '';

/** What it leaves running writes its process id beside it. */
afterEach(() => {
  try {
    process.kill(Number(readFileSync(join(bin, 'git.pid'), 'utf8')), 'SIGKILL');
  } catch {
    // It has ended by itself, having nobody to print to.
  }
});

async function stream(
  script: string,
  take: (chunk: Buffer) => Promise<void>,
  input: AsyncIterator<Uint8Array> | null = null,
): Promise<StreamEnding> {
  bin = temporary.fresh('bin');
  write(bin, { git: `#!/bin/sh\n${script}\n` });
  chmodSync(join(bin, 'git'), 0o755);
  const start = { file: join(bin, 'git'), args: [], env: { PATH: process.env.PATH ?? '' } };
  const watch = createWatch({ what: 'test', stallMs: 20_000, deadlineMs: 20_000 });
  try {
    const repository = { gitDir: bin, start, reads: createGate(1) };
    return await streamGit({ repository, args: ['x'], input, watch, take });
  } finally {
    watch.close();
  }
}

const leave = (command: string) =>
  `setsid sh -c 'echo $$ >"$0.pid"; ${command}' "$0" & until [ -s "$0.pid" ]; do :; done`;

it.each([
  ['silent', leave('exec sleep 60')],
  ['with much to say', leave('exec yes')],
  ['with a word now and then for the errors', leave('while :; do echo more >&2; sleep 0.05; done')],
])('does not wait for what git has left running, %s', async (_, left) => {
  const taken: Buffer[] = [];
  const ending = await stream(`printf all; ${left}; echo words >&2; exit 3`, async (chunk) => void taken.push(chunk));
  expect(ending).toMatchObject({ code: 3, words: expect.stringContaining('words') });
  expect(Buffer.concat(taken).subarray(0, 3).toString()).toBe('all');
});

it('loses nothing to a slow taker once git has gone', async () => {
  let bytes = 0;
  await stream(`head -c 3000000 /dev/zero; ${leave('exec sleep 60')}`, async (chunk) => {
    bytes += chunk.length;
    for (let turn = 0; turn < 50; turn += 1) await new Promise((resolve) => setImmediate(resolve));
  });
  expect(bytes).toBe(3_000_000);
});

it('gives up its input when git has gone, although somebody else could still read it', async () => {
  async function* endless(): AsyncGenerator<Uint8Array> {
    for (let chunk = 0; chunk < 100; chunk += 1) yield Buffer.alloc(64 * 1024);
  }
  expect((await stream(`${leave('exec sleep 60 <&3')} 3<&0`, async () => {}, endless())).code).toBe(0);
});
