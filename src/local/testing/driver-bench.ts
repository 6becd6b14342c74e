import { AutoClock } from '../../../test/support/auto-clock.ts';
import { CAUSE_RULES, DEFAULT_BUDGETS, type Plan, type PlannedJob, type Status } from '../../protocol/index.ts';
import type { JobResult } from '../../runner/index.ts';
import type { JobReport, JobWork } from '../drive/jobs/job-work.ts';
import { PipelineDriver } from '../drive/pipeline-driver.ts';
import { ReadyQueue } from '../drive/ready-queue.ts';
import { ResourceGroups } from '../resources/resource-groups.ts';
import type { RunEvent } from '../run-event.ts';

export const START = Date.UTC(2026, 0, 1);

export function planOf(jobs: readonly PlannedJob[]): Plan {
  return {
    name: null,
    stages: ['test', 'deploy'],
    variables: [],
    autoCancel: { onNewCommit: 'conservative', onJobFailure: 'none' },
    jobs,
  };
}

export type Play = (work: JobWork, clock: AutoClock) => Promise<Partial<JobResult>>;

/** A runner as the driver sees it: it takes the job, runs for a minute or until it is told to stop, cleans for a second. */
export const obedient: Play = async ({ control, askToStart, onTeardown }, clock) => {
  await askToStart();
  await clock.sleep(60_000, control.interruptSignal);
  const cause = control.interruption?.cause ?? 'succeeded';
  onTeardown(cause, clock.now() + 1_000);
  await clock.sleep(1_000, control.forceSignal);
  const cleanup = { outcome: control.forced ? 'skipped' : 'succeeded', attempt: 1 } as const;
  return { cause, status: control.interruption?.isCancel ? 'canceled' : CAUSE_RULES[cause].endsAs, cleanup };
};

interface Bench {
  readonly clock: AutoClock;
  readonly driver: PipelineDriver;
  readonly events: RunEvent[];
  readonly started: string[];
  /** When resource groups were given back, in ms after the start. */
  readonly givenBackAt: readonly number[];
  statuses(): Record<string, Status>;
}

export function bench(jobs: readonly PlannedJob[], play: Play = obedient, more: More = {}): Bench {
  return benchOf(planOf(jobs), play, more);
}

interface More {
  readonly manual?: readonly string[];
  readonly child?: Plan | null;
  readonly beforeClaim?: (clock: AutoClock) => Promise<void>;
}

export function benchOf(wholePlan: Plan, play: Play = obedient, more: More = {}): Bench {
  const clock = new AutoClock(START);
  const events: RunEvent[] = [];
  const started: string[] = [];
  const givenBackAt: number[] = [];
  const queue = new ReadyQueue(2);
  const resources = new ResourceGroups({
    clock,
    take: async () => ({ kind: 'taken', giveBack: () => void givenBackAt.push(clock.now() - START) }),
    recover: async () => {},
    tell: () => {},
  });
  const work = async (given: JobWork): Promise<JobReport | null> => {
    await more.beforeClaim?.(clock);
    if ((await given.claim(DEFAULT_BUDGETS)) === 'refused') return null;
    started.push(given.displayName);
    const result: JobResult = {
      status: 'success',
      cause: 'succeeded',
      failureReason: null,
      exitCode: null,
      cleanup: { outcome: 'succeeded', attempt: 1 },
      artifacts: [],
      ...(await play(given, clock)),
    };
    return { id: given.id, result, logFile: 'log' };
  };
  const driverOf = (plan: Plan, firstJobId: number, namePrefix: string): PipelineDriver =>
    new PipelineDriver({
      plan,
      firstJobId,
      namePrefix,
      clock,
      queue,
      resources,
      manual: new Set(more.manual ?? []),
      emit: (event) => void events.push(event),
      work,
      child: async ({ name }) => (more.child ? driverOf(more.child, 1_000, `${name}: `) : null),
    });
  const driver = driverOf(wholePlan, 1, '');
  const statuses = () =>
    Object.fromEntries(events.flatMap((event) => (event.type === 'job_finished' ? [[event.name, event.status]] : [])));
  return { clock, driver, events, started, givenBackAt, statuses };
}

export const failing: Play = async ({ askToStart }) => {
  await askToStart();
  return { status: 'failed', cause: 'failed', failureReason: 'script_failure', exitCode: 1 };
};
