import { mkdirSync, mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { AutoClock } from '../../../../test/support/auto-clock.ts';
import type { JobPayload } from '../../../protocol/index.ts';
import type { Coordinator } from '../../wire/coordinator.ts';
import type { JobVerdict } from '../../wire/job-verdict.ts';
import { GOOD_RESULT } from '../testing/good-result.ts';
import { type EndedJob, tellEnd } from './tell-end.ts';

const NOW = Date.UTC(2026, 0, 1);
const NEVER = new AbortController().signal;
let jobs: string;
let warnings: string[];

beforeEach(() => {
  jobs = mkdtempSync(join(tmpdir(), 'epilogue-end-'));
  mkdirSync(join(jobs, '1'));
  writeFileSync(join(jobs, '1', 'moves.jsonl'), '');
  warnings = [];
});

afterEach(() => rmSync(jobs, { recursive: true }));

/** Tells the end of a job whose journal was last written then. @param answer of the server at each try */
async function tell(writtenAt: number, answer: (turn: number) => JobVerdict): Promise<number> {
  utimesSync(join(jobs, '1', 'moves.jsonl'), writtenAt / 1000, writtenAt / 1000);
  let turns = 0;
  const coordinator = { updateJob: async () => answer(++turns) } as unknown as Coordinator;
  const leaving = { noMoreJobs: NEVER, tornDown: NEVER };
  const context = { coordinator, clock: new AutoClock(NOW), leaving, warn: (text: string) => void warnings.push(text) };
  const job = {
    payload: { id: 5 } as JobPayload,
    home: { directory: join(jobs, '1') },
    result: GOOD_RESULT,
    log: { finish: async () => {} } as unknown as EndedJob['log'],
    pulse: { end: async () => {} } as unknown as EndedJob['pulse'],
    shipAgain: () => {
      throw new Error('nobody wants the log');
    },
    isForced: false,
  };
  await tellEnd({ ...context, inform: () => {} }, job);
  return turns;
}

it('tells a result that has waited for long by a clock that was set', async () => {
  await tell(0, (turn) => ({ kind: turn > 2 ? 'go_on' : 'later' }));
  expect([readdirSync(jobs), warnings]).toEqual([[], []]);
});

it('gives a result up that nobody has heard for a week, after trying once more, and keeps it', async () => {
  const turns = await tell(NOW - 8 * 24 * 60 * 60_000, () => ({ kind: 'later' }));
  expect([turns > 100, readdirSync(jobs)]).toEqual([true, ['1.unheard']]);
  expect(warnings.at(-1)).toContain('nobody has heard');
});
