import { GIT_LOCAL_VARIABLES } from '../base/index.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Never handed on: what git says to its hooks of the repository they are about (a job's `git commit` would land there), what makes
 * a shell run or do something before the script's first line, and what gives its words another meaning: with `CDPATH` a `cd build`
 * leads elsewhere, with `GLOBIGNORE` a `*` names less.
 */
const LEFT_OUT: ReadonlySet<string> = new Set([
  ...GIT_LOCAL_VARIABLES,
  'GIT_NAMESPACE',
  'GIT_QUARANTINE_PATH',
  'BASH_COMPAT',
  'BASH_ENV',
  'BASH_XTRACEFD',
  'BASHOPTS',
  'CDPATH',
  'ENV',
  'EXECIGNORE',
  'GLOBIGNORE',
  'SHELLOPTS',
]);

/** Left out likewise: a function that bash exported would replace a command of the same name; and what speaks to or of Epilogue. */
const LEFT_OUT_PREFIXES = ['BASH_FUNC_', 'EPILOGUE_'];

/** What a program needs to find its way on this machine. */
const CLEAN = /^(HOME|LANG|LANGUAGE|LC_\w+|LOGNAME|PATH|SHELL|TMPDIR|TZ|USER)$/;

/**
 * What the steps of a local run inherit of the environment of `epilogue`: all of it, as with GitLab's shell executor, but for
 * `LEFT_OUT` and `LEFT_OUT_PREFIXES`; what Epilogue says of itself would, inside a job of another run, tell of the wrong job.
 * @param isClean only what names the user, the machine's directories and the language.
 */
export function stepEnvironment(
  environment: Environment,
  { isClean }: { readonly isClean: boolean },
): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(environment).flatMap(([name, value]) => {
      const isKept = isClean ? CLEAN.test(name) : !isLeftOut(name);
      return isKept && value !== undefined ? [[name, value] as const] : [];
    }),
  );
}

function isLeftOut(name: string): boolean {
  return LEFT_OUT.has(name) || LEFT_OUT_PREFIXES.some((prefix) => name.startsWith(prefix));
}
