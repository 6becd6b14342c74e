/**
 * The process of a job's container that waits, called as `sh -c WAITING_SCRIPT epilogue-wait <note> <environment>`. It says who it is and what it has, then waits and takes in
 * orphans. No signal ends it that can be trapped: a script of root may send any (`kill -TERM -1`). POSIX sh; `cat` and `sleep` are all that it needs of an image.
 *
 * To <environment>: the environment that it was started with, which an image's entrypoint may have changed, as NAME=value with a NUL behind each.
 * To <note>, last: `<uid> <gid> <path of bash or -> <pid>`, then `<pid> <start time>` of each process that was there before (an init, what the entrypoint has started), then `end`, a line each.
 * Both files are there already, writable by anybody: the image's user may be any.
 */
export const WAITING_SCRIPT = `
trap : TERM INT HUP QUIT USR1 USR2
epilogue_uid=0 epilogue_gid=0
while read -r epilogue_key epilogue_value epilogue_rest; do
  case $epilogue_key in
    Uid:) epilogue_uid=$epilogue_value ;;
    Gid:) epilogue_gid=$epilogue_value ;;
  esac
done <"/proc/$$/status"
cat "/proc/$$/environ" >"$2" || exit
command -v sleep >/dev/null || { echo "the image has no sleep" >&2; exit 1; }
{
  printf '%s %s %s %s\\n' "$epilogue_uid" "$epilogue_gid" "$(command -v bash || echo -)" "$$"
  for epilogue_key in /proc/[0-9]*; do
    read -r epilogue_value 2>/dev/null <"$epilogue_key/stat" || continue
    set -- "$1" "\${epilogue_key#/proc/}" \${epilogue_value##*) }
    printf '%s %s\\n' "$2" "\${22}"
  done
  echo end
} >"$1" || exit
while :; do
  sleep ${String(2 ** 31 - 2)} &
  wait $!
done
`;

/** What it waits with, as `cmdline` has it without its NULs; by this it is told from what a job has left to it. */
export const WAITING_PROGRAM = `sleep${String(2 ** 31 - 2)}`;
