import { invariant } from '../../../base/index.ts';
import type { RemoteContainer } from '../reach.ts';
import { MAX_PROGRAM_BYTES, type ProgramRequest } from '../run-program.ts';

/** With which a program ends that has met another container than it was meant for, or one that was started anew. */
export const OTHER_CONTAINER = 91;
/** With which the bootstrap ends when the program did not come whole: nothing of it was run. */
export const NOT_WHOLE = 97;

/**
 * What every exec in a remote place runs: it takes a program from stdin and runs it, so that nothing of it is in an address or an event. Builtins only: where no process can be forked any more it works
 * all the same. `read` takes not a byte beyond its line, so data can follow; a program that was cut has no last line, and is not run.
 */
const BOOTSTRAP = `epilogue_p=
while IFS= read -r epilogue_l; do
[ "$epilogue_l" != "#end" ] || { eval "$epilogue_p"; exit; }
epilogue_p="$epilogue_p$epilogue_l
"
done
exit ${NOT_WHOLE}`;

export function wordsOf({ what }: Pick<ProgramRequest, 'what'>): readonly string[] {
  return ['sh', '-c', BOOTSTRAP, `epilogue-${what}`];
}

/** What a program prints first. What comes without it is not from it: a runtime says so that it could not start anything, where the program's output belongs. */
export const BEGUN = '#begun';

/** What is sent for it. @param first goes before it */
export function programText(
  { program }: Pick<ProgramRequest, 'program'>,
  container: Pick<RemoteContainer, 'waiter' | 'spared'>,
  first = '',
): string {
  const text = `echo '${BEGUN}'\n${first}${sameContainer(container)}${program}\n#end\n`;
  invariant(Buffer.byteLength(text) <= MAX_PROGRAM_BYTES && !text.includes('\0'), 'a program that can be sent');
  return text;
}

/** By its first process: to name a container is not enough, it may have been started anew under its name. */
function sameContainer({ waiter, spared }: Pick<RemoteContainer, 'waiter' | 'spared'>): string {
  const self = spared.find((each) => each.startsWith(`${waiter}:`));
  if (self === undefined) return '';
  const start = self.slice(self.indexOf(':') + 1);
  // Where it cannot be read it says nothing.
  return `epilogue_l=
read -r epilogue_l 2>/dev/null <"/proc/${waiter}/stat" || :
set -- \${epilogue_l##*) }
[ "\${20:-${start}}" = ${start} ] || exit ${OTHER_CONTAINER}
set --
`;
}

/** Goes first where the answer has to be whole: what was cut does not end with the exit code. */
export const TELLS_ITS_END = `trap 'echo "#end $?"' 0\n`;

/** @returns null: it is cut */
export function partAnswer(stdout: Buffer): { readonly code: number; readonly stdout: Buffer } | null {
  const at = stdout.lastIndexOf('#end ');
  const [, code] = at < 0 ? [] : (/^#end (\d+)\n$/.exec(stdout.toString('latin1', at)) ?? []);
  return code === undefined ? null : { code: Number(code), stdout: stdout.subarray(0, at) };
}
