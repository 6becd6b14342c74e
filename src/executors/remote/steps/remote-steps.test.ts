import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { Failure, realClock } from '../../../base/index.ts';
import { createAwayClock } from '../programs/away-clock.ts';
import type { PatientProgram, Programs } from '../programs/programs.ts';
import { RemoteSteps } from './remote-steps.ts';

let stepsDir = '';
beforeEach(() => {
  stepsDir = mkdtempSync(join(tmpdir(), 'epilogue-remote-steps-'));
});
afterEach(() => rmSync(stepsDir, { recursive: true, force: true }));

const CLAIMED = 'claimed 7 100 boot\n';
const AWAY = new Failure('reach_cut', 'nobody answers');

/** A place that says this to the requests for it, one after the other; the follower of a step is silent. */
function stepsWith(answers: Readonly<Record<string, readonly (string | Failure)[]>>) {
  const asked: string[] = [];
  const next = new Map<string, number>();

  async function ask({ what }: PatientProgram) {
    asked.push(what);
    const index = next.get(what) ?? 0;
    next.set(what, index + 1);
    const answer = answers[what]?.[index] ?? '';
    if (answer instanceof Failure) throw answer;
    return { code: 0, stdout: Buffer.from(answer), stderr: '' };
  }

  const programs: Programs = {
    ...{ ask, askRunning: ask },
    open: () => Promise.reject(AWAY),
    container: () => Promise.reject(AWAY),
    running: () => Promise.reject(AWAY),
    insist: () => Promise.reject(AWAY),
    giveUp: () => {},
  };
  const steps = new RemoteSteps({
    ...{ programs, clock: realClock, away: createAwayClock(realClock), stateDir: '/epilogue', projectDir: '/p' },
    job: {
      ...{ stepsDir, projectDir: '/p', cookie: 'c', environment: {}, image: null, services: [], variables: {} },
      preStopHandler: null,
    },
    ...{ shell: async () => 'sh', environment: async () => [], leaving: () => null, remarks: async () => [] },
  });
  return { steps, asked };
}

const NOT_STARTED = { code: 'step_not_started' };

it('a start that was given up has not begun, as far as is known, and is found begun when it is tried again', async () => {
  const { steps, asked } = stepsWith({ start: [AWAY, CLAIMED], look: ['script 7 100 boot\n'] });
  const step = { id: 'script', script: 'x' };
  await expect(steps.start(step)).rejects.toMatchObject(NOT_STARTED);
  expect(await steps.get('script').look()).toEqual({ kind: 'absent' });
  await steps.start(step);
  expect(await steps.get('script').look()).toEqual({ kind: 'running' });
  expect(steps.wrappers).toEqual(['7:100']);
  expect(asked).toEqual(['start', 'start']);
  await steps.close();
});

it('a start that was given up is forbidden before another step begins', async () => {
  const { steps, asked } = stepsWith({ start: [AWAY, CLAIMED], forbid: ['forbidden\n'] });
  await expect(steps.start({ id: 'script', script: 'x' })).rejects.toMatchObject(NOT_STARTED);
  await steps.start({ id: 'after', script: 'x' });
  expect(asked).toEqual(['start', 'forbid', 'start']);
  expect(steps.claimed).toEqual(['after']);
  await steps.close();
});

it('no step begins beside one that was given up and has begun all the same; from then on it is known', async () => {
  const { steps, asked } = stepsWith({ start: [AWAY, CLAIMED], forbid: [CLAIMED] });
  await expect(steps.start({ id: 'script', script: 'x' })).rejects.toMatchObject(NOT_STARTED);
  const after = { id: 'after', script: 'x' };
  await expect(steps.start(after)).rejects.toMatchObject({ ...NOT_STARTED, message: /script has begun meanwhile/ });
  expect(steps.claimed).toEqual(['script']);
  await steps.start(after);
  expect(asked).toEqual(['start', 'forbid', 'start']);
  await steps.close();
});

it('nothing begins as long as it is not known what became of the one before', async () => {
  const { steps, asked } = stepsWith({ start: [AWAY], forbid: [AWAY] });
  await expect(steps.start({ id: 'script', script: 'x' })).rejects.toMatchObject(NOT_STARTED);
  await expect(steps.start({ id: 'after', script: 'x' })).rejects.toMatchObject({
    ...NOT_STARTED,
    message: /nobody answers/,
  });
  expect(asked).toEqual(['start', 'forbid']);
});
