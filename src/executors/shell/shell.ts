import { basename, join } from 'node:path';
import { type Clock, describeError, errorCode, Failure, invariant } from '../../base/index.ts';
import { COOKIE_VARIABLE } from '../cookie.ts';
import type { Executor, JobSpec, Place, StepSpec } from '../executor.ts';
import { collectFiles } from '../files/collect-files.ts';
import { deliverFiles } from '../files/deliver-files.ts';
import { fillProjectDir, makeDirectories, removeDirectories, temporaryDirOf } from '../files/project-dir.ts';
import { createJobCgroup, type JobCgroup } from '../processes/cgroup.ts';
import { createProcessTree } from '../processes/process-tree.ts';
import { createProcessTable, type ProcessTable } from '../processes/table/process-table.ts';
import { clearStep } from '../steps/clear-step.ts';
import { createStepFollower, type StepFollower } from '../steps/follow-step.ts';
import { disownNestedRuns, listNestedRuns, NESTED_RUNS_VARIABLE, nestedRunsDir } from '../steps/nested-runs.ts';
import { readNote } from '../steps/read-note.ts';
import { withAccess } from '../steps/regain-access.ts';
import { claimedSteps, forbidStep, reserveStep } from '../steps/step-directory.ts';
import { createTreeEnder } from './end-tree.ts';
import { createStepExaminer, type StepExaminer } from './examine-step.ts';
import { findShell, findWrapperShell, type ShellSearch } from './find-shell.ts';
import { startStep } from './start-step.ts';

export interface ShellOptions extends ShellSearch {
  readonly clock: Clock;
  /** Have each script on the disk, not only in its cache, before it runs; costs an fsync a step. Default: no. */
  readonly durable?: boolean;
}

/** Runs steps on this machine, as this user. The whole promise about process trees holds on Linux. */
export function createShellExecutor(options: ShellOptions): Executor {
  const table = createProcessTable(options.clock);
  return {
    name: 'shell',
    prepare: (job) =>
      explain('prepare the job', job.stepsDir, () => {
        const isTakenOver = claimedSteps(job.stepsDir).length > 0;
        const shell = findShell(options, isTakenOver);
        makeDirectories(job);
        const cgroup = createJobCgroup(job.stepsDir, job.cookie);
        // Whoever had the job may have been killed while it was frozen: a cleanup that it began would stand still until its time is up.
        if (isTakenOver) cgroup.thaw();
        return createShellPlace(job, { shell, table, cgroup }, options);
      }),
  };
}

interface Means {
  readonly shell: string;
  readonly table: ProcessTable;
  readonly cgroup: JobCgroup;
}

function createShellPlace(job: JobSpec, { shell, table, cgroup }: Means, options: ShellOptions): Place {
  const { clock, durable = false } = options;
  const { stepsDir, projectDir, cookie } = job;
  const temporaryDir = temporaryDirOf(job);
  const tree = createProcessTree({ stepsDir, cookie, directories: [projectDir, temporaryDir], cgroup, table, clock });
  const ender = createTreeEnder(tree, stepsDir, clock);
  const environment = stepEnvironment(job);
  const wrapperShell = findWrapperShell(shell);
  const { follow, close } = createFollowers(job, clock);
  const attempt = <T>(words: string, action: () => T | Promise<T>) => explain(words, stepsDir, action);

  /** What is tried a second time has only the time that is left. */
  const wait = <T>(words: string, maxMs: number, action: (leftMs: number) => Promise<T>) => {
    const end = clock.monotonic() + maxMs;
    return attempt(words, () => action(Math.max(0, end - clock.monotonic())));
  };

  async function start({ id, script }: StepSpec): Promise<void> {
    const how = { environment, shell, wrapperShell, cgroupEntrance: cgroup.entrance(), durable };
    const child = await startStep({ id, dir: stepDir(job, id), script, workingDir: projectDir, ...how }, clock);
    if (child !== null) follow(id).adopt(child);
  }

  async function clean(keepFiles: boolean): Promise<void> {
    disownNestedRuns(stepsDir);
    await ender.end();
    await cgroup.remove(clock);
    close();
    if (!keepFiles) await removeDirectories(job);
  }

  return {
    shell: basename(shell) === 'bash' ? 'bash' : 'sh',
    projectDir,
    host: { dir: projectDir, environment },
    temporaryDir,
    start: (step) => attempt(`start ${step.id}`, () => ender.starting(() => start(step))),
    clear: (stepId) => attempt(`clear the place of ${stepId}`, () => clearStep(stepDir(job, stepId))),
    reserve: ({ id, script }) => attempt(`make room for ${id}`, () => reserveStep(stepDir(job, id), script)),
    forbid: (stepId) => attempt(`forbid ${stepId}`, () => forbidStep(stepDir(job, stepId))),
    look: (stepId) => attempt(`look at ${stepId}`, () => follow(stepId).look()),
    readLog: (stepId, offset, into) => attempt(`read the log of ${stepId}`, () => follow(stepId).readLog(offset, into)),
    readNote: (name) => attempt(`read ${name}`, () => readNote(join(temporaryDir, name))),
    cutLog: (stepId, sizeBytes) => attempt(`cut the log of ${stepId}`, () => follow(stepId).cutLog(sizeBytes)),
    changed: (stepId, maxMs, signal) => wait(`watch ${stepId}`, maxMs, (ms) => follow(stepId).changed(ms, signal)),
    signal: (kind) => attempt('signal the processes of the job', () => ender.signal(kind)),
    untilDead: (maxMs, signal) => wait('watch the processes', maxMs, (ms) => tree.untilDead(ms, signal)),
    nestedRuns: () => attempt('list nested runs', () => listNestedRuns(stepsDir)),
    disownNestedRuns: () => attempt('disown nested runs', () => disownNestedRuns(stepsDir)),
    deliverTree: (directory, signal) =>
      attempt('fill the project directory', () => fillProjectDir(job, directory, signal)),
    collect: (selection, signal, leftOut) => collectFiles(projectDir, selection, signal, leftOut),
    deliver: (files, signal) => deliverFiles(projectDir, files, signal),
    clean: (keepFiles = false) => attempt('remove what the job left', () => clean(keepFiles)),
  };
}

type FollowedStep = StepFollower & StepExaminer;

/** One a step, made when it is first asked for. */
function createFollowers(job: JobSpec, clock: Clock): { follow(stepId: string): FollowedStep; close(): void } {
  const followers = new Map<string, FollowedStep>();

  function follow(stepId: string): FollowedStep {
    const known = followers.get(stepId);
    if (known !== undefined) return known;
    const step = { stepDir: stepDir(job, stepId), assignment: `${COOKIE_VARIABLE}=${job.cookie}`, clock };
    const { adopt, look } = createStepExaminer(step, () => follower.wake());
    const follower = createStepFollower({ ...step, look });
    const followed = { ...follower, adopt, look };
    followers.set(stepId, followed);
    return followed;
  }

  function close(): void {
    for (const follower of followers.values()) follower.close();
  }

  return { follow, close };
}

function stepEnvironment({ environment, cookie, stepsDir }: JobSpec): Readonly<Record<string, string>> {
  return { ...environment, [COOKIE_VARIABLE]: cookie, [NESTED_RUNS_VARIABLE]: nestedRunsDir(stepsDir) };
}

/** Trouble of the system comes out as a Failure that says what was attempted; everything else that is thrown is a bug. */
async function explain<T>(attempt: string, stepsDir: string, action: () => T | Promise<T>): Promise<T> {
  try {
    return await withAccess(stepsDir, action);
  } catch (error) {
    if (error instanceof Failure || errorCode(error) === undefined) throw error;
    throw new Failure('executor_failed', `cannot ${attempt}: ${describeError(error)}`, { cause: error });
  }
}

function stepDir(job: JobSpec, stepId: string): string {
  invariant(/^[\w-]+$/.test(stepId), `a step id of letters, digits, _ and -, not ${JSON.stringify(stepId)}`);
  return join(job.stepsDir, stepId);
}
