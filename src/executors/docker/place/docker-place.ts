import { join } from 'node:path';
import { describeError, errorCode, Failure } from '../../../base/index.ts';
import { createContainerTree } from '../../containers/container-tree.ts';
import { hostPrograms } from '../../containers/host-programs.ts';
import type { Place } from '../../executor.ts';
import { collectFiles } from '../../files/collect-files.ts';
import { deliverFiles } from '../../files/deliver-files.ts';
import { fillProjectDir, temporaryDirOf } from '../../files/project-dir.ts';
import { clearStep } from '../../steps/clear-step.ts';
import { createStepFollower, type StepFollower } from '../../steps/follow-step.ts';
import { disownNestedRuns, listNestedRuns } from '../../steps/nested-runs.ts';
import { withAccess } from '../../steps/regain-access.ts';
import { claimedSteps, forbidStep, readExit, reserveStep } from '../../steps/step-directory.ts';
import { ContainerStep } from './container-step.ts';
import type { JobInDocker } from './job-in-docker.ts';
import { isOrdinaryUser } from './owners.ts';
import { readNoteOf } from './read-note-of.ts';
import { Remarks } from './remarks.ts';
import { scanDocker } from './scan-docker.ts';
import { stageOf, startContainerStep, startingSteps, stepDirOf } from './start-container-step.ts';

export function createDockerPlace(docker: JobInDocker): Place {
  const { job, owners } = docker;
  const { engine, clock, durable } = docker.means;
  const { stepsDir, projectDir } = job;
  const temporaryDir = temporaryDirOf(job);
  const steps = { engine, clock, job, durable, owners, notes: docker.notes, open: () => docker.open() };
  const { step, follow, close } = createStepsOf(docker);
  const seen = new Map<string, number>();
  const host = hostPrograms(job, docker.means.table, clock);
  const tree = createContainerTree({
    ...{ clock, host },
    ...scanDocker(engine, () => docker.containerId),
    known: () => docker.running(),
    starting: () => startingSteps(steps, seen),
  });
  const dirOf = (stepId: string): string => stepDirOf(job, stepId);
  const attempt = <T>(words: string, action: () => T | Promise<T>) => explain(words, () => withSteps(docker, action));

  return {
    get shell() {
      return docker.hasBash ? 'bash' : 'sh';
    },
    projectDir,
    host: { dir: projectDir, environment: host.environment, takeBack: () => docker.takeBack() },
    temporaryDir,
    start: (spec) => attempt(`start ${spec.id}`, () => startContainerStep(steps, spec)),
    clear: (stepId) => attempt(`clear the place of ${stepId}`, () => clearStep(dirOf(stepId))),
    reserve: ({ id, script }) => attempt(`make room for ${id}`, () => reserveStep(stageOf(job, id), script)),
    forbid: (stepId) => attempt(`forbid ${stepId}`, () => forbidStep(dirOf(stepId))),
    look: (stepId) => attempt(`look at ${stepId}`, () => step(stepId).look()),
    readLog: (stepId, offset, into) => attempt(`read the log of ${stepId}`, () => follow(stepId).readLog(offset, into)),
    readNote: (name) => attempt(`read ${name}`, () => readNoteOf(docker, join(temporaryDir, name))),
    cutLog: (stepId, sizeBytes) => attempt(`cut the log of ${stepId}`, () => follow(stepId).cutLog(sizeBytes)),
    changed: (stepId, maxMs, signal) => attempt(`watch ${stepId}`, () => follow(stepId).changed(maxMs, signal)),
    signal: (kind) => attempt('signal the processes of the job', () => tree.signal(kind)),
    untilDead: (maxMs, signal) => attempt('watch the processes', () => tree.untilDead(maxMs, signal)),
    nestedRuns: () => attempt('list nested runs', () => listNestedRuns(stepsDir)),
    disownNestedRuns: () => attempt('disown nested runs', () => disownNestedRuns(stepsDir)),
    async deliverTree(directory, signal) {
      await docker.takeBack();
      await attempt('fill the project directory', () => fillProjectDir(job, directory, signal));
    },
    async *collect(selection, signal, leftOut) {
      await docker.takeBack();
      yield* collectFiles(projectDir, selection, signal, leftOut);
    },
    async deliver(files, signal) {
      await docker.takeBack();
      await deliverFiles(projectDir, files, signal);
    },
    async clean(keepFiles = false) {
      await attempt('disown nested runs', () => disownNestedRuns(stepsDir));
      await attempt('end what the job left', () => (mustBeEndedInside(stepsDir) ? tree : host).signal('KILL'));
      close();
      await attempt('remove what the job left', () => docker.remove(keepFiles));
    },
  };
}

/**
 * What runs in a container ends with it; to look inside before that takes as long as all else at a job's end. It is needed where a wrapper has to write down how its step
 * ended, and by an ordinary user, to whom files are given back from inside when nobody changes them any more.
 */
function mustBeEndedInside(stepsDir: string): boolean {
  return isOrdinaryUser() || claimedSteps(stepsDir).some(({ id }) => readExit(join(stepsDir, id)) === null);
}

/** One a step, made when it is first asked for. */
function createStepsOf(docker: JobInDocker): {
  step(stepId: string): ContainerStep;
  follow(stepId: string): StepFollower;
  close(): void;
} {
  const { job, notes } = docker;
  const { impatient, clock, settings } = docker.means;
  const containerId = () => docker.containerId;
  const { memoryBytes } = settings;
  const remarks = new Remarks({ impatient, containerId, memoryBytes, services: () => docker.services });
  const options = { impatient, clock, job, notes, containerId, remarks };
  const steps = new Map<string, ContainerStep>();
  const followers = new Map<string, StepFollower>();

  function step(stepId: string): ContainerStep {
    const known = steps.get(stepId) ?? new ContainerStep(options, stepId);
    steps.set(stepId, known);
    return known;
  }

  function follow(stepId: string): StepFollower {
    const look = () => step(stepId).look();
    const known = followers.get(stepId) ?? createStepFollower({ stepDir: stepDirOf(job, stepId), clock, look });
    followers.set(stepId, known);
    return known;
  }

  function close(): void {
    for (const follower of followers.values()) follower.close();
  }

  return { step, follow, close };
}

/** Does something with the steps of a job, once more when a script has closed them to us: root's in the container can, to an ordinary user. */
async function withSteps<T>(docker: JobInDocker, action: () => T | Promise<T>): Promise<T> {
  const { stepsDir } = docker.job;
  try {
    return await withAccess(stepsDir, action);
  } catch (error) {
    if (!isOrdinaryUser() || !isClosed(error)) throw error;
    await docker.owners.takeStepsBack({ id: docker.containerId });
    return await withAccess(stepsDir, action);
  }
}

function isClosed(error: unknown): boolean {
  const cause = error instanceof Error ? error.cause : undefined;
  return [error, cause].some((each) => ['EACCES', 'EPERM'].includes(errorCode(each) ?? ''));
}

/** Trouble of the system or of the engine comes out as a Failure that says what was attempted; everything else that is thrown is a bug. */
async function explain<T>(attempt: string, action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (error) {
    const isOurs = error instanceof Failure && error.code !== 'engine_refused';
    if (isOurs || (!(error instanceof Failure) && errorCode(error) === undefined)) throw error;
    throw new Failure('executor_failed', `cannot ${attempt}: ${describeError(error)}`, { cause: error });
  }
}
