import { execFile } from 'node:child_process';
import { chmodSync, existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { errorCode, Failure, makeDirectory } from '../../../base/index.ts';
import type { JobSpec } from '../../executor.ts';
import { temporaryDirOf } from '../../files/project-dir.ts';
import { nestedRunsDir } from '../../steps/nested-runs.ts';
import type { JobContainer } from '../container/private-notes.ts';
import { runInside } from '../container/run-inside.ts';
import { writeForJob } from '../container/write-for-job.ts';
import type { Engine } from '../engine/engine.ts';

const run = promisify(execFile);

/** The user of this process. */
const ourUid = (): number => process.getuid?.() ?? 0;
const ours = (): string => `${ourUid()}:${process.getgid?.() ?? 0}`;
const CHOWN_MS = 10 * 60_000;

/** Files of a job are the runner's on this machine, and the image's user's in the container; see docs/docker.md. */
export class Owners {
  readonly #engine: Engine;
  readonly #job: JobSpec;
  /** What the runner finds there may belong to others: steps have run. null: none yet, but an earlier job may have left something. */
  #isTheirs: boolean | null = null;

  constructor(engine: Engine, job: JobSpec) {
    this.#engine = engine;
    this.#job = job;
  }

  get mayBeTheirs(): boolean {
    return this.#isTheirs ?? !isEmpty(this.#job.projectDir);
  }

  /** Before a step: what it works in is its user's, whatever the runner has put there meanwhile. @throws Failure `step_not_started` */
  async give(container: JobContainer): Promise<void> {
    const { uid, gid } = container;
    this.#isTheirs = true;
    if (uid === 0 || uid === ourUid()) return;
    const { projectDir, stepsDir } = this.#job;
    // All that it makes there itself; see `NESTED_RUNS_VARIABLE`.
    makeDirectory(nestedRunsDir(stepsDir), 0o777);
    chmodSync(nestedRunsDir(stepsDir), 0o777);
    const result = await this.#chown(container, `${uid}:${gid}`, [projectDir, temporaryDirOf(this.#job)]);
    if (result !== null)
      throw new Failure(
        'step_not_started',
        `the project directory cannot be given to the image's user ${uid}: ${result}`,
      );
  }

  /** What steps have made is ours again, to be read, sent and removed, as far as that can be done. */
  async takeBack(container: Pick<JobContainer, 'id'>): Promise<void> {
    const { projectDir, stepsDir } = this.#job;
    const paths = [projectDir, temporaryDirOf(this.#job), stepsDir].filter((path) => existsSync(path));
    // What stays another's is named by whoever cannot read or remove it.
    if (ourUid() === 0) await run('chown', ['-R', '-h', '0:0', ...paths], { timeout: CHOWN_MS }).catch(() => undefined);
    else await this.#chown(container, ours(), paths);
    this.#isTheirs = false;
  }

  /** As `takeBack`, of the directories of steps alone: at any time, for steps that run need them no longer, or may write there all the same. */
  async takeStepsBack(container: Pick<JobContainer, 'id'>): Promise<void> {
    await this.#chown(container, ours(), [this.#job.stepsDir]);
  }

  /** @returns why not; null: it is done. */
  async #chown({ id }: Pick<JobContainer, 'id'>, owner: string, paths: readonly string[]): Promise<string | null> {
    const result = await runInside(this.#engine, id, ['chown', '-R', '-h', owner, ...paths]);
    if (result === null) return 'the container does not run';
    return result.code === 0 ? null : result.stderr.trim() || `chown ended with exit code ${result.code}`;
  }
}

function isEmpty(directory: string): boolean {
  try {
    return readdirSync(directory).length === 0;
  } catch (error) {
    if (errorCode(error) === undefined) throw error;
    return errorCode(error) === 'ENOENT';
  }
}

/** Files of root's would be closed to us. */
export const isOrdinaryUser = (): boolean => ourUid() !== 0;

/** After `writeStepFiles`: the wrapper in the container can use the directory, whoever it is; the journal around it lets nobody else in. */
export function openStepFiles(stepDir: string, { uid }: JobContainer): void {
  if (uid === 0 || uid === ourUid()) return;
  chmodSync(stepDir, 0o777);
  chmodSync(join(stepDir, 'script'), 0o644);
  for (const file of ['pid', 'exit']) chmodSync(join(stepDir, file), 0o666);
}

/**
 * The shell that a step's script is run by: a log that a runner which is not root can cut has to be made writable for it, and the script's umask has to be what it was.
 * @returns path of the program, and what the wrapper is to be started with
 */
export function launcher(
  stepsDir: string,
  shell: string,
  { uid }: JobContainer,
): { readonly shell: string; readonly umask: string | null } {
  if (ourUid() === 0 || uid === ourUid()) return { shell, umask: null };
  const path = join(stepsDir, '.container.shell');
  writeForJob(path, `#!/bin/sh\numask 022\nexec '${shell}' "$@"\n`, 0o755);
  return { shell: path, umask: '0' };
}
