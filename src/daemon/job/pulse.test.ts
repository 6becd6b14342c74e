import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { type Clock, realClock } from '../../base/index.ts';
import type { JobVerdict } from '../wire/job-verdict.ts';
import { Pulse } from './pulse.ts';

const SILENCE_MS = 20_000;
const GATHER_MS = 100;

let pulse: Pulse;
let hasAdditions: boolean;
/** Moved by the test alone, and by each sleep that it lets end. */
let now: number;
let asleep: { readonly ms: number; readonly end: () => void } | null;
let said: Readonly<Record<string, unknown>>[];
/** For each request to come; then `go_on`. */
let answers: (JobVerdict | Error | Promise<JobVerdict>)[];
let verdicts: string[];
let warnings: string[];

const clock: Clock = {
  ...realClock,
  monotonic: () => now,
  async sleep(ms, signal) {
    if (signal?.aborted) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    signal?.addEventListener('abort', () => resolve(), { once: true });
    asleep = {
      ms,
      end() {
        now += ms;
        resolve();
      },
    };
    await promise;
  },
};

beforeEach(() => {
  [now, asleep, said, answers, verdicts, warnings, hasAdditions] = [0, null, [], [], [], [], true];
  pulse = new Pulse({
    coordinator: {
      hasAdditions: () => hasAdditions,
      async updateJob(_, update) {
        said.push(update);
        const answer = answers.shift() ?? { kind: 'go_on' };
        if (answer instanceof Error) throw answer;
        return answer;
      },
    },
    job: { id: 1, token: 'job' },
    clock,
    outputOf: async () => ({ checksum: 'crc32:0', output: { bytesize: 4 } }),
    silenceMs: () => SILENCE_MS,
    onVerdict: ({ kind }) => verdicts.push(kind),
    warn: (text) => warnings.push(text),
  });
});
afterEach(() => pulse.end());

const sleepsFor = (ms: number) => expect.poll(() => asleep?.ms).toBe(ms);
/** As it does, unless the job ends before. */
const untilSaid = async () => {
  await sleepsFor(GATHER_MS);
  asleep?.end();
};
const TEARDOWN = { phase: 'teardown', teardown: { cause: 'failed' } };

it('says that the job goes on when it has been silent for so long', async () => {
  await sleepsFor(SILENCE_MS);
  expect(said).toEqual([]);
  asleep?.end();
  await expect.poll(() => said).toEqual([{ state: 'running' }]);
  expect(verdicts).toEqual(['go_on']);
});

it('is silent as long as the log speaks', async () => {
  await sleepsFor(SILENCE_MS);
  const { end } = asleep ?? expect.unreachable();
  asleep = null;
  end();
  pulse.answered();
  await sleepsFor(SILENCE_MS);
  expect(said).toEqual([]);
});

it('says how the job stands until that is heard, in growing pauses of 5 s at most, and warns once', async () => {
  answers = Array.from({ length: 7 }, () => new Error('no answer'));
  pulse.tell(TEARDOWN);
  await untilSaid();
  const pauses: (number | undefined)[] = [];
  for (let tries = 1; tries <= 7; tries += 1) {
    await expect.poll(() => said.length).toBe(tries);
    await expect.poll(() => asleep?.ms).toBeLessThanOrEqual(5_000);
    pauses.push(asleep?.ms);
    asleep?.end();
  }
  await expect.poll(() => verdicts).toEqual(['go_on']);
  expect(said).toEqual(Array.from({ length: 8 }, () => ({ state: 'running', ...TEARDOWN })));
  expect(pauses).toEqual([250, 500, 1_000, 2_000, 4_000, 5_000, 5_000]);
  expect(warnings).toEqual(['job 1: its word waits: no answer']);
});

it('says only the last of what has come while nobody answered', async () => {
  answers = [{ kind: 'later' }];
  pulse.tell(TEARDOWN);
  await untilSaid();
  await sleepsFor(250);
  pulse.tell({ cleanup: { outcome: 'succeeded' } });
  asleep?.end();
  await expect.poll(() => said.length).toBe(2);
  expect(said[1]).toEqual({ state: 'running', ...TEARDOWN, cleanup: { outcome: 'succeeded' } });
});

it('asks at once when it is told to, and says no more of a job that is no longer its own', async () => {
  await sleepsFor(SILENCE_MS);
  answers = [{ kind: 'gone', order: { cause: 'runner_lost', by: 'coordinator', isForced: false } }];
  pulse.ask();
  await expect.poll(() => verdicts).toEqual(['gone']);
  pulse.ask();
  await pulse.end();
  expect(said).toHaveLength(1);
});

it('asks once more when it is told to while a request is under way: the answer to that may be older', async () => {
  const { promise, resolve } = Promise.withResolvers<JobVerdict>();
  answers = [promise];
  pulse.ask();
  await expect.poll(() => said).toHaveLength(1);
  pulse.ask();
  resolve({ kind: 'go_on' });
  await expect.poll(() => said).toHaveLength(2);
  expect(verdicts).toEqual(['go_on', 'go_on']);
});

it('gathers what comes one after the other, and leaves it to the result where the job ends before', async () => {
  pulse.tell(TEARDOWN);
  await sleepsFor(GATHER_MS);
  pulse.tell({ cleanup: { outcome: 'succeeded' } });
  await sleepsFor(GATHER_MS);
  asleep?.end();
  await expect.poll(() => said).toEqual([{ state: 'running', ...TEARDOWN, cleanup: { outcome: 'succeeded' } }]);
  pulse.tell({ cleanup: { outcome: 'failed' } });
  await sleepsFor(GATHER_MS);
  await pulse.end();
  expect(said).toHaveLength(1);
});

it('says a last word when it is told to', async () => {
  await pulse.end({ detached: 900 });
  expect(said).toEqual([{ state: 'running', detached: 900 }]);
});

it('tells a plain server nothing of its state, but how long the log is when it has been silent', async () => {
  hasAdditions = false;
  await sleepsFor(SILENCE_MS);
  pulse.tell(TEARDOWN);
  await sleepsFor(SILENCE_MS);
  expect(said).toEqual([]);
  await vi.waitFor(() => {
    asleep?.end();
    expect(said[0]).toMatchObject({ state: 'running', checksum: 'crc32:0', output: { bytesize: 4 } });
  });
  expect(said.length).toBe(1);
});

it('takes a cleanup back that was offered to others while it was not heard, once', async () => {
  const order = { cause: 'runner_lost', by: 'coordinator', isForced: false } as const;
  answers = [
    { kind: 'offered', order },
    { kind: 'cancel', order },
  ];
  pulse.tell(TEARDOWN);
  await untilSaid();
  await expect
    .poll(() => said)
    .toEqual([
      { state: 'running', ...TEARDOWN },
      { state: 'running', ...TEARDOWN, resumed: true },
    ]);
  expect(verdicts).toEqual(['cancel']);
});

it('believes that somebody else has it when it cannot be taken back', async () => {
  const order = { cause: 'runner_lost', by: 'coordinator', isForced: false } as const;
  answers = [
    { kind: 'offered', order },
    { kind: 'offered', order },
  ];
  pulse.tell(TEARDOWN);
  await untilSaid();
  await expect.poll(() => verdicts).toEqual(['gone']);
  expect(said).toHaveLength(2);
});
