import { renameSync } from 'node:fs';
import { join } from 'node:path';
import { type Clock, describeError, errorCode, Failure, invariant } from '../../../base/index.ts';
import { COOKIE_VARIABLE } from '../../cookie.ts';
import type { JobProcess, JobSpec, StepSpec } from '../../executor.ts';
import { NESTED_RUNS_VARIABLE, nestedRunsDir } from '../../steps/nested-runs.ts';
import {
  hasBegun,
  listDirectories,
  readClaim,
  readExit,
  readWrapper,
  STEP_FORBIDDEN,
  STEP_USED_UP,
  writeStepFiles,
} from '../../steps/step-directory.ts';
import { wrapperArguments } from '../../steps/step-wrapper.ts';
import { type JobContainer, type PrivateNotes, privateDir, type StepExec } from '../container/private-notes.ts';
import { type Engine, isRefusal } from '../engine/engine.ts';
import { launcher, type Owners, openStepFiles } from './owners.ts';

export interface StepsOptions {
  readonly engine: Engine;
  readonly clock: Clock;
  readonly job: JobSpec;
  readonly notes: PrivateNotes;
  readonly owners: Owners;
  /** Running, or started, or made anew. */
  readonly open: () => Promise<JobContainer>;
  /** Has the script on the disk before it runs. */
  readonly durable: boolean;
}

const BEGIN_DEADLINE_MS = 30_000;
const STARTING_MS = 5_000;
const TRIES = 3;

export function stepDirOf({ stepsDir }: JobSpec, stepId: string): string {
  invariant(/^[\w-]+$/.test(stepId), `a step id of letters, digits, _ and -, not ${JSON.stringify(stepId)}`);
  return join(stepsDir, stepId);
}

/**
 * Where the files of a step are made: out of the job's reach. A script can be root in its container while this process is root here, and could have put a link there.
 * One rename brings them to their place, through no link.
 */
export function stageOf({ stepsDir }: JobSpec, stepId: string): string {
  return join(privateDir(stepsDir), stepId);
}

function placeStepFiles({ job, durable }: StepsOptions, { id, script }: StepSpec, container: JobContainer): void {
  const stage = stageOf(job, id);
  try {
    writeStepFiles(stage, script, durable);
    openStepFiles(stage, container);
    renameSync(stage, stepDirOf(job, id));
  } catch (error) {
    // Another start of the same step, here or in another process, was first: its claim decides. Or something is there that `clear` would have moved: then it does not start.
    if (!['ENOENT', 'ENOTEMPTY', 'EEXIST', 'ENOTDIR'].includes(errorCode(error) ?? '')) throw error;
  }
}

/** Starts a step in the job's container, as `Place.start`. */
export async function startContainerStep(options: StepsOptions, step: StepSpec): Promise<void> {
  const { job, clock, owners } = options;
  const dir = stepDirOf(job, step.id);
  for (let tries = 1; ; tries += 1) {
    const claim = readClaim(dir);
    if (claim === 'wrapper') return;
    if (claim === 'forbidden')
      throw new Failure(STEP_FORBIDDEN, `step ${step.id} was not started: it has been given up (${dir})`);
    try {
      const container = await options.open();
      await owners.give(container);
      placeStepFiles(options, step, container);
      await execWrapper(options, step.id, container);
      return await waitForBegin(options, step.id, clock.monotonic() + BEGIN_DEADLINE_MS);
    } catch (error) {
      // The container went away in between.
      if (tries < TRIES && isRefusal(error, 404, 409)) continue;
      if (error instanceof Failure && [STEP_FORBIDDEN, STEP_USED_UP].includes(error.code)) throw error;
      throw new Failure('step_not_started', `step ${step.id} was not started: ${describeError(error)}`, {
        cause: error,
      });
    }
  }
}

async function execWrapper(
  { engine, job, notes }: StepsOptions,
  stepId: string,
  container: JobContainer,
): Promise<void> {
  const { shell, umask } = launcher(job.stepsDir, container.bash ?? 'sh', container);
  const wrapper = ['sh', ...wrapperArguments(stepDirOf(job, stepId), shell, null)];
  const body = {
    Cmd: umask === null ? wrapper : ['sh', '-c', `umask ${umask}; exec "$@"`, 'sh', ...wrapper],
    Env: [...container.environment, ...ownEnvironment(job)],
  };
  try {
    await exec({ ...body, WorkingDir: job.projectDir });
  } catch (error) {
    // A script may have removed it, and its cleanup is owed all the same.
    if (!isRefusal(error, 400) || !/chdir|working dir|cwd/i.test(error.words)) throw error;
    await exec({ ...body, WorkingDir: '/' });
  }

  async function exec(asked: object): Promise<void> {
    const { Id } = (await engine.ask('POST', `/containers/${container.id}/exec`, { body: asked })) as { Id: string };
    // On record first: whoever comes after us can ask whether it lives.
    notes.addExec(stepId, { containerId: container.id, execId: Id });
    await engine.ask('POST', `/exec/${Id}/start`, { body: { Detach: true, Tty: false } });
  }
}

/** git takes the project directory as safe although its files may be another user's. */
function ownEnvironment({ cookie, stepsDir }: JobSpec): readonly string[] {
  const safe = ['GIT_CONFIG_COUNT=1', 'GIT_CONFIG_KEY_0=safe.directory', 'GIT_CONFIG_VALUE_0=*'];
  return [`${COOKIE_VARIABLE}=${cookie}`, `${NESTED_RUNS_VARIABLE}=${nestedRunsDir(stepsDir)}`, ...safe];
}

/** Until the script's process is there, so that every later signal reaches it. */
async function waitForBegin(options: StepsOptions, stepId: string, deadline: number): Promise<void> {
  const { clock, job, engine, notes } = options;
  const dir = stepDirOf(job, stepId);
  for (let pauseMs = 2; !hasBegun(dir); pauseMs = Math.min(2 * pauseMs, 100)) {
    if (clock.monotonic() >= deadline)
      throw new Failure('step_not_started', `its wrapper did not begin within ${BEGIN_DEADLINE_MS / 1000} s`);
    await clock.sleep(pauseMs);
    if (pauseMs < 64) continue;
    const last = notes.execs(stepId).at(-1);
    if (last === undefined || (await isExecRunning(engine, last)) || hasBegun(dir)) continue;
    // Ours is gone. Somebody else's has the step, or nothing ran.
    if (readExit(dir) !== null) throw new Failure(STEP_USED_UP, 'its log cannot be created');
    if (readClaim(dir) === 'wrapper') return;
    throw new Failure(
      'step_not_started',
      'its wrapper ended before it began: its directory cannot be written, or the image has no sh',
    );
  }
}

/** null: the engine does not know it any more. */
export async function isExecRunning(engine: Engine, { execId }: StepExec): Promise<boolean | null> {
  try {
    const { Running } = (await engine.ask('GET', `/exec/${execId}/json`)) as { Running: boolean };
    return Running;
  } catch (error) {
    if (isRefusal(error, 404)) return null;
    throw error;
  }
}

/** Claimed, but its script's process is not there yet: it counts as one process, or the tree would look dead. */
export function startingSteps(
  { job, clock }: Pick<StepsOptions, 'job' | 'clock'>,
  since: Map<string, number>,
): readonly JobProcess[] {
  const names = listDirectories(job.stepsDir).filter((name) => {
    const dir = join(job.stepsDir, name);
    return /^[\w-]+$/.test(name) && readClaim(dir) === 'wrapper' && !hasBegun(dir) && readExit(dir) === null;
  });
  return names.flatMap((name) => {
    const first = since.get(name) ?? clock.monotonic();
    since.set(name, first);
    // One that was killed at that moment never begins.
    return clock.monotonic() - first < STARTING_MS
      ? [{ pid: readWrapper(join(job.stepsDir, name))?.pid ?? 0, name: 'sh' }]
      : [];
  });
}
