import { expect, it } from 'vitest';
import type { Host } from '../host.ts';
import { runCommand } from '../run-command-line.ts';
import { memoryOutput } from '../testing/sample-run.ts';

/** Nothing else of a host is asked for help. */
async function epilogue(...words: readonly string[]) {
  const [stdout, stderr] = [memoryOutput(), memoryOutput()];
  const code = await runCommand(words, { stdout, stderr } as unknown as Host);
  return { code, out: stdout.text(), err: stderr.text() };
}

it('shows the help of one of its words, however that is asked for', async () => {
  const asked = await epilogue('runner', 'register', '--help');
  expect([asked.code, asked.err]).toEqual([0, '']);
  expect(asked.out).toContain('Usage: epilogue runner register');
  expect(await epilogue('help', 'runner', 'register')).toEqual(asked);
  expect(await epilogue('runner', 'help', 'register')).toEqual(asked);
});

it('lists its words when asked, and where none of them is meant', async () => {
  const asked = await epilogue('runner', '--help');
  expect([asked.code, asked.err]).toEqual([0, '']);
  expect(await epilogue('runner', 'help')).toEqual(asked);
  const { code, out, err } = await epilogue('runner', 'regster');
  expect([code, out, err]).toEqual([
    ...[2, ''],
    `epilogue: there is no 'runner regster'. Did you mean 'runner register'?\n${asked.out}`,
  ]);
});
