import { GIT_LOCAL_VARIABLES } from '../base/index.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Never handed on: what git says to its hooks of the repository they are about (a job's `git commit` would land there), and what makes
 * a shell run or do something before the script's first line.
 */
const LEFT_OUT: ReadonlySet<string> = new Set([
  ...GIT_LOCAL_VARIABLES,
  'GIT_NAMESPACE',
  'GIT_QUARANTINE_PATH',
  'BASH_ENV',
  'BASHOPTS',
  'ENV',
  'SHELLOPTS',
]);

/** What a program needs to find its way on this machine. */
const CLEAN = /^(HOME|LANG|LANGUAGE|LC_\w+|LOGNAME|PATH|SHELL|TMPDIR|TZ|USER)$/;

/**
 * What the steps of a local run inherit of the environment of `epilogue`: all of it, as with GitLab's shell executor, but for
 * `LEFT_OUT` and what speaks to or of Epilogue itself, which inside a job of another run would tell of the wrong job.
 * @param isClean only what names the user, the machine's directories and the language.
 */
export function stepEnvironment(
  environment: Environment,
  { isClean }: { readonly isClean: boolean },
): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(environment).flatMap(([name, value]) => {
      const isKept = isClean ? CLEAN.test(name) : !LEFT_OUT.has(name) && !name.startsWith('EPILOGUE_');
      return isKept && value !== undefined ? [[name, value] as const] : [];
    }),
  );
}
