import { Failure, quoteWord } from '../../base/index.ts';
import type { Programs } from './programs/programs.ts';
import { said } from './steps/start-remote-step.ts';

/** What all that is run in a place is made of, but for files. Debian, Alpine and one busybox have it. */
const TOOLS = ['cat', 'chmod', 'dd', 'env', 'head', 'ln', 'mkdir', 'mv', 'rm', 'setsid', 'sleep', 'stat'];

/** More than the environment that a kernel lets a program have. */
const ENVIRONMENT_BYTES = 8 * 1024 * 1024;

/**
 * Looks whether the image has what is needed.
 * @returns the environment that its entrypoint has made, as `/proc/<pid>/environ` has it
 * @throws Failure `executor_unavailable` that names what is missing, and as `Programs.ask`
 */
export async function probe(programs: Pick<Programs, 'ask'>, stateDir: string, signal: AbortSignal): Promise<string> {
  const program = `epilogue_n=
for epilogue_f in ${TOOLS.join(' ')}; do
  command -v "$epilogue_f" >/dev/null || epilogue_n="$epilogue_n $epilogue_f"
done
[ -z "$epilogue_n" ] || { printf '%s\\n' "the image lacks:$epilogue_n" >&2; exit 1; }
cat ${quoteWord(`${stateDir}/environment`)}`;
  const answer = await programs.ask({ what: 'probe', program, as: 'user', limitBytes: ENVIRONMENT_BYTES, signal });
  if (answer.code === 0) return answer.stdout.toString();
  throw new Failure('executor_unavailable', `the container cannot be used${said(answer)}`);
}
