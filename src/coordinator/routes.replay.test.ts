import { afterAll, beforeAll, expect, it } from 'vitest';
import { describeOnEachEngine } from '../../test/support/engines.ts';
import { randomTrace } from '../../test/support/model-traces.ts';
import type { JobState } from '../lifecycle/index.ts';
import type { Interruptible } from '../protocol/index.ts';
import type { Parts } from './parts.ts';
import { type RunnerTarget, runnerTarget } from './runner-api/testing/serve-runners.ts';
import { addRunner, FOREIGN, OURS, type TestRunner } from './runner-api/testing/test-runner.ts';
import { checkRows } from './testing/check-rows.ts';
import { makeProject } from './testing/make-project.ts';
import { ReplayedJob } from './testing/replayed-job.ts';
import { type ServedAll, serveAll } from './testing/serve-all.ts';
import { createToken, createUser } from './users/index.ts';

/** The same seed walks the same. `FUZZ=seed:times` walks others, and more; `bin/test --long` does. */
const [SEED = 1, TIMES = 2] = (process.env.FUZZ ?? '').split(':').filter(Boolean).map(Number);
/** Of each variant on each engine. */
const TRACES = 16 * TIMES;
const LENGTH = 80;
/** Of one pipeline's job. */
const RETRIES = 8;
/** Of the model too. */
const PERSON = 'person';

const VARIANTS = [
  { interruptible: 'graceful', by: 'ours' },
  { interruptible: 'graceful', by: 'foreign' },
  { interruptible: true, by: 'ours' },
  { interruptible: false, by: 'foreign' },
] as const;
const FEATURES = {
  ours: { cancelGracefully: true, phases: true, cleanupOnly: true },
  foreign: { cancelGracefully: true, phases: false, cleanupOnly: false },
} as const;

describeOnEachEngine((engine) => {
  let served: ServedAll;
  let client: RunnerTarget;
  let token: string;
  let runners: Readonly<Record<'ours' | 'foreign', TestRunner>>;

  beforeAll(async () => {
    served = await serveAll({ engine });
    client = runnerTarget(await served.app.listen({ port: 0, host: '127.0.0.1' }));
    token = await signUp(served.parts);
    runners = {
      ours: await addRunner(served.parts, client, OURS, 'glrt-ours'),
      foreign: await addRunner(served.parts, client, FOREIGN, 'glrt-foreign'),
    };
  });
  afterAll(async () => {
    await served.close();
  });

  async function projectOf(interruptible: Interruptible, path: string): Promise<number> {
    const file = `job: {script: x, after_script: y, interruptible: ${interruptible}}\n`;
    return (await makeProject(served.parts, { path, files: { '.gitlab-ci.yml': file } })).id;
  }

  it.each(VARIANTS.map((variant, index) => ({ ...variant, seed: SEED * 1_000_000 + index * 10_000 })))(
    'leads, asked over HTTP, to the same states and answers as the model of the lifecycle ($interruptible, $by, from seed $seed)',
    async ({ interruptible, by, seed }) => {
      const { parts } = served;
      const projectId = await projectOf(interruptible, `shop-${seed}`);
      const stage = { parts, client, projectId, token, runners: [runners[by], runners.ours] } as const;
      const endings = new Set<string>();
      let job: ReplayedJob | null = null;
      for (let trace = 0; trace < TRACES; trace += 1) {
        const options = { interruptible, runner: FEATURES[by], cleanupHandOuts: 2, length: LENGTH };
        const steps = randomTrace({ ...options, seed: seed + trace });
        job = job === null || trace % RETRIES === 0 ? await ReplayedJob.start(stage) : await job.again();
        const labels: string[] = [];
        for (const step of steps) {
          labels.push(step.label);
          const story = `seed ${seed + trace}:\n${labels.join('\n')}`;
          await job.happen(step).catch((error: unknown) => Promise.reject(new Error(story, { cause: error })));
          if (step.heard === null) continue;
          expect(comparable(await job.state()), story).toEqual(comparable(step.job));
          if (engine === 'SQLite') await checkRows(parts, job.pipelineId);
          if (step.job.cleanup !== null) endings.add(step.job.cleanup.outcome);
        }
        const last = steps.at(-1)?.job;
        expect(await job.shown()).toMatchObject({ status: last?.status, phase: last?.phase });
        await checkRows(parts, job.pipelineId);
        // So that the next one's runner finds its own job.
        await job.cancel(true);
      }
      // They led somewhere, given enough of them: jobs were cleaned, lost, forced and cancelled before they ran.
      if (TIMES >= 2) expect(endings.size).toBeGreaterThanOrEqual(4);
      expect(parts.complaints).toEqual([]);
    },
    TRACES * 2_000,
  );
});

/** @returns a token of theirs */
async function signUp(parts: Parts): Promise<string> {
  const email = 'person@ci.example';
  await createUser(parts, { username: PERSON, name: PERSON, email, password: null, isAdministrator: true });
  return await createToken(parts, { username: PERSON, name: 'test', scopes: ['api'], expiresAt: null });
}

/** Of a job, what the model says too. Instants are abstract there: set or not. */
function comparable(job: Omit<JobState, 'spec'>): unknown {
  const { status, phase, cause, attempt, handOut, owed, cleanup, cleanupHandOuts, failureReason, exitCode } = job;
  const { deadline, cancelRequest, forceRequest } = job;
  return {
    ...{ status, phase, cause, attempt, handOut, owed, cleanup, cleanupHandOuts, failureReason, exitCode },
    hasDeadline: deadline !== null,
    canceledBy: cancelRequest?.by ?? null,
    forced: forceRequest === null ? null : { by: forceRequest.by, owed: forceRequest.owed },
  };
}
