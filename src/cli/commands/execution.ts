import { createShellExecutor, type Executor } from '../../executors/index.ts';
import type { Host } from '../host.ts';

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
