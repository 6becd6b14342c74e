import { isAbsolute } from 'node:path';
import { Failure } from '../../base/index.ts';
import {
  createDockerExecutor,
  createShellExecutor,
  type Executor,
  NESTED_RUNS_VARIABLE,
} from '../../executors/index.ts';
import { type JobRecord, ownerOf } from '../../runner/index.ts';
import type { Host } from '../host.ts';

/** What a job begins with, as far as it matters to where its steps run. */
export type ExecutorStart = Pick<JobRecord, 'shell' | 'environment' | 'settings'>;

/**
 * One for each engine and its settings, and for each shell: jobs share what an executor keeps.
 * @param directory of the jobs: of a runner, or of all local runs. What they have in an engine bears its name
 * @param warn gets why it has none
 */
export function executorsOf(
  host: Host,
  directory: string,
  warn: (text: string) => void = (text) => void host.stderr.write(`epilogue: ${text}\n`),
): (start: ExecutorStart) => Executor {
  const known = new Map<string, Executor>();
  return (start) => {
    const { shell, environment, settings } = start;
    const key = JSON.stringify(settings.docker ?? [shell, environment.PATH]);
    const executor = known.get(key) ?? makeExecutor(host, start, () => ownerOf(directory, warn));
    known.set(key, executor);
    return executor;
  };
}

function makeExecutor(
  { clock, env }: Host,
  { shell, environment, settings }: ExecutorStart,
  owner: () => string | null,
): Executor {
  if (settings.docker === null)
    return createShellExecutor({ clock, searchPath: environment.PATH ?? '', ...(shell === null ? {} : { shell }) });
  try {
    return createDockerExecutor({ settings: settings.docker, clock, env, owner: owner() });
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    // An address that cannot be used fails the jobs there, with its words in their logs.
    return { name: 'docker', prepare: () => Promise.reject(error) };
  }
}

/** What guards, and jobs around a run, start. All else it finds in the run's journals. */
export function recoverCommandLine(host: Host): readonly string[] {
  return [...host.program, 'recover'];
}

/** Where the job of another run, if this program was started in one, keeps the runs inside of it. */
export function outerJobOf({ env }: Host): string | null {
  const directory = env[NESTED_RUNS_VARIABLE];
  return directory !== undefined && isAbsolute(directory) ? directory : null;
}
