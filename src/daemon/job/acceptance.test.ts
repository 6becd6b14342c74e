import { beforeEach, expect, it } from 'vitest';
import { AutoClock } from '../../../test/support/auto-clock.ts';
import { Failure } from '../../base/index.ts';
import type { JobPayload } from '../../protocol/index.ts';
import { Control } from '../../runner/index.ts';
import type { JobVerdict } from '../wire/job-verdict.ts';
import { type Acceptance, createAcceptance } from './acceptance.ts';

const NEVER = new AbortController().signal;
const ORDER = { by: 'coordinator', isForced: false };
let control: Control;
/** One an answer; null: there is none. The last one stays. */
let answers: (JobVerdict | null)[];
let said: unknown[];
let acknowledged: number;
let warnings: string[];

beforeEach(() => {
  control = new Control();
  [answers, said, acknowledged, warnings] = [[], [], 0, []];
});

function create(hasAdditions: boolean | null = false, isAcknowledged = false): Acceptance {
  return createAcceptance({
    coordinator: {
      hasAdditions: () => hasAdditions,
      async updateJob(_, update) {
        said.push(update);
        const answer = answers.length > 1 ? answers.shift() : answers[0];
        if (answer === null || answer === undefined) throw new Failure('coordinator_unreachable', 'no answer');
        return answer;
      },
    },
    clock: new AutoClock(0),
    payload: { id: 5 } as JobPayload,
    control,
    isAcknowledged,
    onAcknowledged: () => {
      acknowledged += 1;
    },
    warn: (text) => warnings.push(text),
  });
}

it('lets nothing of a job out before the server has said that it is ours', async () => {
  answers = [{ kind: 'later', status: 500 }, null, { kind: 'go_on' }];
  const acceptance = create();
  let sent = 0;
  acceptance.whenAccepted(() => {
    sent += 1;
  });
  expect(said).toEqual([]);
  acceptance.begin();
  acceptance.begin();
  expect(sent).toBe(0);
  expect(await acceptance.wait(NEVER)).toBe('accepted');
  acceptance.whenAccepted(() => {
    sent += 1;
  });
  expect([sent, acknowledged, said.length, control.interruption]).toEqual([2, 1, 3, null]);
  expect(said[0]).toEqual({ state: 'running' });
});

it.each<[string, JobVerdict | null, string]>([
  ['400', { kind: 'later', status: 400 }, '400'],
  ['409', { kind: 'later', status: 409 }, '409'],
  ['no answer for too long', null, 'no answer'],
  ['a server that is broken for too long', { kind: 'later', status: 503 }, 'cannot say now'],
])('takes %s for a no, within 90 s: nothing of the job runs', async (_, answer, why) => {
  answers = [answer];
  const acceptance = create();
  acceptance.whenAccepted(() => expect.unreachable());
  acceptance.begin();
  expect(await acceptance.wait(NEVER)).toBe('refused');
  expect([acceptance.isRefused, control.interruption?.cause]).toEqual([true, 'runner_lost']);
  expect([acknowledged, warnings]).toEqual([0, [expect.stringContaining(why)]]);
});

it('believes a server that the job is over, and one that it is being cancelled, which was accepted before', async () => {
  answers = [{ kind: 'gone', order: { ...ORDER, cause: 'canceled' } }];
  const gone = create();
  gone.begin();
  expect(await gone.wait(NEVER)).toBe('refused');
  expect([acknowledged, control.interruption?.cause]).toEqual([0, 'canceled']);
  control = new Control();
  answers = [{ kind: 'cancel', order: { ...ORDER, cause: 'canceled' } }];
  const canceled = create();
  canceled.begin();
  expect(await canceled.wait(NEVER)).toBe('accepted');
  expect([acknowledged, control.interruption]).toEqual([1, { cause: 'canceled', isCancel: true, by: 'coordinator' }]);
});

it('asks neither our coordinator, which is asked later, nor twice for a job of an earlier process', async () => {
  for (const acceptance of [create(true), create(false, true)]) {
    acceptance.begin();
    expect(await acceptance.wait(NEVER)).toBe('accepted');
  }
  expect(said).toEqual([]);
});

it('is waited for no longer than somebody does', async () => {
  expect(await create().wait(AbortSignal.abort())).toBe('refused');
});
