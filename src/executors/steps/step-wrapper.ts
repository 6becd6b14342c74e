/**
 * Runs one step inside its directory, called as `/bin/sh -c STEP_WRAPPER epilogue-step <step directory> <shell> [<cgroup entrance>]` in a
 * session of its own. POSIX sh; holds for dash, busybox ash and bash. Nothing but builtins, so that a step costs two processes:
 * the wrapper and its shell.
 *
 * In the directory, made by `writeStepFiles`: `script`, `pid` and `exit` (both blank, their room on the disk already taken).
 *
 *   claim  created exclusively (`set -C`). Of several wrappers one gets it; the others end here and touch nothing. Open in all processes of
 *          the step as descriptor 7, unless they close it: one more mark by which a daemon is found that shed its other ones.
 *   pid    "<pid> <start time> <boot id>", so that a reused pid is not taken for the wrapper. `-` where there is no /proc.
 *   log    created by the forked child: once it exists, a signal reaches the script and not only its wrapper.
 *   exit   three digits, the machine's uptime in seconds or `-`, and a newline.
 *
 * `pid` and `exit` are overwritten in place by one short write: that works on a full disk, and a reader takes a line for
 * absent until its newline is there. A rename would cost a process (`mv`).
 * Signals go to the whole group, and scripts may send any (`kill -USR1 0`). The wrapper traps all that can be trapped, to live on and write
 * `exit`; it does not ignore them, because its child would inherit that. Until just before the fork it does neither: a wrapper that is
 * stopped so early runs nothing. `command` keeps a shell from giving up over a signal that it, or its system,
 * does not know; 16, 29 and 30 are STKFLT, IO and PWR, which dash has no names for.
 * Parameters instead of variables: an assignment would change a variable of the same name that the job exports.
 */
export const STEP_WRAPPER = `
set -fC
: >"$1/claim" || exit
{
  [ -z "\${3-}" ] || echo 0 1<>"$3"
  read -r epilogue_stat <"/proc/$$/stat"
  read -r epilogue_boot </proc/sys/kernel/random/boot_id
} 2>/dev/null
unset IFS
set -- "$1" "$2" \${epilogue_stat##*) }
printf '%s %s %s\\n' "$$" "\${22:--}" "\${epilogue_boot:--}" 1<>"$1/pid" || exit
trap : TERM INT HUP
{
  command trap : QUIT ILL TRAP ABRT BUS FPE SEGV SYS PIPE ALRM USR1 USR2 TSTP TTIN TTOU XCPU XFSZ VTALRM PROF
  command trap : 16 29 30
  command trap : 34 35 36 37 38 39 40 41 42 43 44 45 46 47 48 49 50 51 52 53 54 55 56 57 58 59 60 61 62 63 64
} 2>/dev/null
( exec "$2" "$1/script" ) </dev/null >>"$1/log" 2>&1 7<"$1/claim"
set -- "$1" "$?"
read -r epilogue_stat epilogue_boot 2>/dev/null </proc/uptime
printf '%03d %s\\n' "$2" "\${epilogue_stat:--}" 1<>"$1/exit"
exit "$2"
`;

/** Arguments of the `sh` that runs a step. */
export function wrapperArguments(stepDir: string, shell: string, cgroupEntrance: string | null): readonly string[] {
  return ['-c', STEP_WRAPPER, 'epilogue-step', stepDir, shell, ...(cgroupEntrance === null ? [] : [cgroupEntrance])];
}
