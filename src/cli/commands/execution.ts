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

/** @param shell null: bash, else sh, as PATH has them. */
export function shellExecutor(host: Host, shell: string | null): Executor {
  const { clock, env } = host;
  return createShellExecutor({ clock, searchPath: env.PATH ?? '', ...(shell === null ? {} : { shell }) });
}

/** Recovers one run, whose id is to be added; what a guard starts. It knows the run's directory, not the checkout's settings. */
export function recoverCommandLine(host: Host, shell: string | null): readonly string[] {
  return [...host.program, 'recover', ...(shell === null ? [] : ['--shell', shell]), '--run'];
}
