import { spawn } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { type Clock, describeError, errorCode, Failure, makeDirectory } from '../../base/index.ts';
import { isOutOfDescriptors, releaseDescriptors } from '../processes/spare-descriptors.ts';
import {
  hasBegun,
  hideLog,
  readClaim,
  readExit,
  readWrapper,
  STEP_FORBIDDEN,
  STEP_USED_UP,
  writeStepFiles,
} from '../steps/step-directory.ts';
import { wrapperArguments } from '../steps/step-wrapper.ts';

export interface StepStart {
  readonly id: string;
  readonly dir: string;
  readonly script: string;
  /** Where the step begins; in `dir` when that cannot be entered. */
  readonly workingDir: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly shell: string;
  readonly wrapperShell: string;
  /** See `JobCgroup.entrance`. */
  readonly cgroupEntrance: string | null;
  /** Have the script on the disk, not only in its cache, before it runs. */
  readonly durable: boolean;
}

/** A wrapper that this process started. */
export interface StepChild {
  readonly pid: number;
  /** Its exit code, null when a signal ended it; resolves and never rejects. */
  readonly exited: Promise<number | null>;
}

/** Far more than a loaded machine needs to fork; a wrapper that takes longer is stuck in the file system. */
const BEGIN_DEADLINE_MS = 30_000;

/**
 * Starts the wrapper of a step and waits until its script's process is there, so that every later signal reaches it.
 * null: another process has claimed the step.
 */
export async function startStep(step: StepStart, clock: Clock): Promise<StepChild | null> {
  const claim = readClaim(step.dir);
  if (claim === 'wrapper') return null;
  if (claim === 'forbidden') throw refusal(STEP_FORBIDDEN, step, 'it has been given up');
  try {
    accessSync(step.shell, constants.X_OK);
    writeStepFiles(step.dir, step.script, step.durable);
  } catch (error) {
    throw notStarted(step, systemReason(error), error);
  }
  const child = await spawnWrapper(step).catch((error: Failure) => {
    if (!isOutOfDescriptors(error.cause)) throw error;
    releaseDescriptors();
    return spawnWrapper(step);
  });
  /** undefined as long as the wrapper lives. */
  let end: number | null | undefined;
  const exited = child.exited.then((code) => {
    end = code;
    return code;
  });
  const deadline = clock.monotonic() + BEGIN_DEADLINE_MS;
  while (end === undefined && !hasBegun(step.dir)) {
    if (clock.monotonic() >= deadline)
      throw notStarted(step, `its wrapper did not begin within ${BEGIN_DEADLINE_MS / 1000} s`);
    await clock.sleep(1);
  }
  // Of several starters' wrappers one has the claim; the others are gone.
  if (hasBegun(step.dir)) {
    hideLog(step.dir);
    return readWrapper(step.dir)?.pid === child.pid ? { pid: child.pid, exited } : null;
  }
  if (readExit(step.dir) !== null) throw refusal(STEP_USED_UP, step, 'its log cannot be created');
  // The wrapper is gone and ran nothing: somebody else has the step, or it was stopped so early, or could not write.
  if (readClaim(step.dir) === 'wrapper') return null;
  throw notStarted(step, end === null ? 'a signal ended its wrapper' : 'its directory cannot be written');
}

/** A script may have removed its directory, or closed it to itself, and its cleanup is owed all the same. */
function enterable({ workingDir, dir }: StepStart): string {
  try {
    makeDirectory(workingDir, 0o700);
    accessSync(workingDir, constants.X_OK);
    return workingDir;
  } catch {
    return dir;
  }
}

function spawnWrapper(step: StepStart): Promise<StepChild> {
  const { promise, resolve, reject } = Promise.withResolvers<StepChild>();
  const fail = (error: unknown): void => reject(notStarted(step, systemReason(error), error));
  try {
    const child = spawn(step.wrapperShell, wrapperArguments(step.dir, step.shell, step.cgroupEntrance), {
      cwd: enterable(step),
      env: step.environment,
      // A session of its own; and nothing of ours that it could hold open, or that could end with us.
      detached: true,
      stdio: 'ignore',
    });
    child.unref();
    const exited = new Promise<number | null>((done) => child.once('exit', done));
    child.once('error', fail);
    child.once('spawn', () => resolve({ pid: child.pid ?? 0, exited }));
  } catch (error) {
    fail(error);
  }
  return promise;
}

const REASONS: Readonly<Record<string, string>> = {
  ENOSPC: 'no space left on the device',
  EDQUOT: 'the disk quota is used up',
  EROFS: 'the file system is read-only',
  EACCES: 'permission denied',
  EAGAIN: 'the system allows no more processes',
  ENOMEM: 'out of memory',
  EMFILE: 'too many open files',
  ENFILE: 'too many open files in the system',
  E2BIG: 'its variables are larger than the system allows',
};

function systemReason(error: unknown): string {
  return REASONS[errorCode(error) ?? ''] ?? describeError(error);
}

function notStarted(step: StepStart, reason: string, cause?: unknown): Failure {
  return refusal('step_not_started', step, reason, cause);
}

function refusal(code: string, { id, dir }: StepStart, reason: string, cause?: unknown): Failure {
  return new Failure(code, `step ${id} was not started: ${reason} (${dir})`, { cause });
}
