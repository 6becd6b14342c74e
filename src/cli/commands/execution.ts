import { createShellExecutor, type Executor } from '../../executors/index.ts';
import type { Host } from '../host.ts';
import type { Environment } from '../terminal/colour.ts';

/**
 * What steps inherit: all of this program's environment, as with GitLab's shell executor, but nothing that speaks to or of
 * Epilogue itself, which inside a job of another run would tell of the wrong job.
 */
export function stepEnvironment(env: Environment): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(env).flatMap(([name, value]) =>
      value === undefined || name.startsWith('EPILOGUE_') ? [] : [[name, value] as const],
    ),
  );
}

export interface ShellChoice {
  /** null: bash, else sh, as the environment's PATH has them. */
  readonly shell: string | null;
  readonly environment: Readonly<Record<string, string>>;
}

export function shellExecutor({ clock }: Host, { shell, environment }: ShellChoice): Executor {
  return createShellExecutor({ clock, searchPath: environment.PATH ?? '', ...(shell === null ? {} : { shell }) });
}

/** Recovers one run, whose id is to be added; what a guard starts. All else it finds in the run's journals. */
export function recoverCommandLine(host: Host): readonly string[] {
  return [...host.program, 'recover', '--guard', '--run'];
}
