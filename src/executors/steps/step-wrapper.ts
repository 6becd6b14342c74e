/**
 * Runs one step inside its directory, called as `/bin/sh -c STEP_WRAPPER epilogue-step <step directory> <shell>` in a
 * session of its own. POSIX sh; holds for dash, busybox ash and bash. Nothing but builtins, so that a step costs two
 * processes: the wrapper and its shell.
 *
 * In the directory, made by `writeStepFiles`: `script`, `pid` and `exit` (both blank, their room on the disk already taken).
 *
 *   claim  created exclusively (`set -C`). Of several wrappers one gets it; the others end here and touch nothing.
 *   pid    "<pid> <start time> <boot id>", so that a reused pid is not taken for the wrapper. `-` where there is no /proc.
 *   log    created by the forked child: once it exists, a signal reaches the script and not only its wrapper.
 *   exit   three digits and a newline.
 *
 * `pid` and `exit` are overwritten in place by one short write: that works on a full disk, and a reader takes a line for
 * absent until its newline is there. A rename would cost a process (`mv`).
 * Signals go to the whole group. The wrapper traps them, to live on and write `exit`; it does not ignore them, because its
 * child would inherit that. Until just before the fork it does neither: a wrapper that is stopped so early runs nothing.
 * Parameters instead of variables: an assignment would change a variable of the same name that the job exports.
 */
export const STEP_WRAPPER = `
set -fC
: >"$1/claim" || exit
{
  read -r epilogue_stat <"/proc/$$/stat"
  read -r epilogue_boot </proc/sys/kernel/random/boot_id
} 2>/dev/null
unset IFS
set -- "$1" "$2" \${epilogue_stat##*) }
printf '%s %s %s\\n' "$$" "\${22:--}" "\${epilogue_boot:--}" 1<>"$1/pid" || exit
trap : TERM INT HUP
( exec "$2" "$1/script" ) </dev/null >>"$1/log" 2>&1
set -- "$1" "$?"
printf '%03d\\n' "$2" 1<>"$1/exit"
exit "$2"
`;

/** Arguments of the `sh` that runs a step. */
export function wrapperArguments(stepDir: string, shell: string): readonly string[] {
  return ['-c', STEP_WRAPPER, 'epilogue-step', stepDir, shell];
}
