import { isAbsolute } from 'node:path';
import { createShellExecutor, type Executor, NESTED_RUNS_VARIABLE } from '../../executors/index.ts';
import type { Host } from '../host.ts';

export interface ShellChoice {
  /** null: bash, else sh, as the environment's PATH has them. */
  readonly shell: string | null;
  readonly environment: Readonly<Record<string, string>>;
}

export function shellExecutor({ clock }: Host, { shell, environment }: ShellChoice): Executor {
  return createShellExecutor({ clock, searchPath: environment.PATH ?? '', ...(shell === null ? {} : { shell }) });
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

/** One for each shell: its jobs share what an executor keeps. */
export function shellExecutors(
  host: Host,
  environment: Readonly<Record<string, string>>,
): (shell: string | null) => Executor {
  const known = new Map<string | null, Executor>();
  return (shell) => {
    const executor = known.get(shell) ?? shellExecutor(host, { shell, environment });
    known.set(shell, executor);
    return executor;
  };
}
