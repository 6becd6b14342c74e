import { basename, join } from 'node:path';
import { type Clock, invariant } from '../../base/index.ts';
import { COOKIE_VARIABLE } from '../cookie.ts';
import type { Executor, JobSpec, Place, StepSpec } from '../executor.ts';
import { collectFiles } from '../files/collect-files.ts';
import { deliverFiles } from '../files/deliver-files.ts';
import { createProcessTree } from '../processes/process-tree.ts';
import { disownNestedRuns, listNestedRuns, NESTED_RUNS_VARIABLE, nestedRunsDir } from '../steps/nested-runs.ts';
import { claimedSteps, forbidStep, reserveStep } from '../steps/step-directory.ts';
import { endTree } from './end-tree.ts';
import { findShell, findWrapperShell, type ShellSearch } from './find-shell.ts';
import { createStepFollower, type StepFollower } from './follow-step.ts';
import { fillProjectDir, makeDirectories, removeDirectories, temporaryDirOf } from './project-dir.ts';
import { startStep } from './start-step.ts';

export interface ShellOptions extends ShellSearch {
  readonly clock: Clock;
  /** Have each script on the disk, not only in its cache, before it runs; costs an fsync a step. Default: no. */
  readonly durable?: boolean;
}

/** Runs steps on this machine, as this user. The whole promise about process trees holds on Linux. */
export function createShellExecutor(options: ShellOptions): Executor {
  return {
    name: 'shell',
    async prepare(job) {
      const shell = findShell(options, claimedSteps(job.stepsDir).length > 0);
      makeDirectories(job);
      return createShellPlace(job, shell, options);
    },
  };
}

function createShellPlace(job: JobSpec, shell: string, { clock, durable = false }: ShellOptions): Place {
  const tree = createProcessTree(job.stepsDir, job.cookie, clock);
  const environment = {
    ...job.environment,
    [COOKIE_VARIABLE]: job.cookie,
    [NESTED_RUNS_VARIABLE]: nestedRunsDir(job.stepsDir),
  };
  const wrapperShell = findWrapperShell(shell);
  const followers = new Map<string, StepFollower>();

  function follow(stepId: string): StepFollower {
    const known = followers.get(stepId);
    if (known !== undefined) return known;
    const follower = createStepFollower(stepDir(job, stepId), clock);
    followers.set(stepId, follower);
    return follower;
  }

  async function start({ id, script }: StepSpec): Promise<void> {
    const dir = stepDir(job, id);
    const step = { id, dir, script, workingDir: job.projectDir, environment, shell, wrapperShell, durable };
    const child = await startStep(step, clock);
    if (child !== null) follow(id).adopt(child);
  }

  return {
    shell: basename(shell) === 'bash' ? 'bash' : 'sh',
    projectDir: job.projectDir,
    temporaryDir: temporaryDirOf(job),
    start,
    async reserve({ id, script }) {
      reserveStep(stepDir(job, id), script);
    },
    async forbid(stepId) {
      forbidStep(stepDir(job, stepId));
    },
    look: async (stepId) => follow(stepId).look(),
    readLog: (stepId, offset, into) => follow(stepId).readLog(offset, into),
    cutLog: async (stepId, sizeBytes) => follow(stepId).cutLog(sizeBytes),
    changed: (stepId, maxMs, signal) => follow(stepId).changed(maxMs, signal),
    signal: tree.signal,
    untilDead: tree.untilDead,
    nestedRuns: async () => listNestedRuns(job.stepsDir),
    disownNestedRuns: async () => disownNestedRuns(job.stepsDir),
    deliverTree: (directory, signal) => fillProjectDir(job, directory, signal),
    collect: (selection, signal, leftOut) => collectFiles(job.projectDir, selection, signal, leftOut),
    deliver: (files, signal) => deliverFiles(job.projectDir, files, signal),
    async clean() {
      disownNestedRuns(job.stepsDir);
      await endTree(tree, clock);
      for (const follower of followers.values()) follower.close();
      await removeDirectories(job);
    },
  };
}

function stepDir(job: JobSpec, stepId: string): string {
  invariant(/^[\w-]+$/.test(stepId), `a step id of letters, digits, _ and -, not ${JSON.stringify(stepId)}`);
  return join(job.stepsDir, stepId);
}
