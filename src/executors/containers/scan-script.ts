import type { JobProcess } from '../executor.ts';
import { WAITING_PROGRAM } from './waiting-script.ts';

/** What is different in a remote place; functions of POSIX sh, builtins only. */
export interface ScanDifferences {
  /** `find_outsiders`, which sets `outside`: processes that are not the job's, a space before and behind each. */
  readonly findOutsiders: string;
  /** `may_signal`, asked before each signal, with its name; it ends the script where none may be sent any more. */
  readonly maySignal: string;
}

const NO_DIFFERENCES: ScanDifferences = {
  findOutsiders: "find_outsiders() { outside=' '; }",
  maySignal: 'may_signal() { :; }',
};

const SCAN = `kind=$1
waiter=$2
shift 2
spared=" $* "
is_spared() {
  case $spared in *" $1:"*) ;; *) return 1 ;; esac
  read -r stat 2>/dev/null <"/proc/$1/stat" || return 0
  id=$1
  set -- \${stat##*) }
  case $spared in *" $id:\${20} "*) return 0 ;; esac
  return 1
}
find_members() {
  members=
  roots=
  find_outsiders
  for dir in /proc/[0-9]*; do
    name= state= parent=
    while read -r key value; do
      case $key in
        Name:) name=$value ;;
        State:) state=$value ;;
        PPid:) parent=$value; break ;;
      esac
    done 2>/dev/null <"$dir/status" || continue
    pid=\${dir#/proc/}
    [ "$pid" != 1 ] && [ "$pid" != "$$" ] || continue
    case $state in Z*|X*|'') continue ;; esac
    if [ "$parent" = 0 ]; then
      roots="$roots $pid"
      continue
    fi
    case $outside in *" $pid "* | *" $parent "*) continue ;; esac
    if [ "$parent" = "$waiter" ]; then
      command_line=
      read -r command_line 2>/dev/null <"$dir/cmdline"
      [ "$command_line" != '${WAITING_PROGRAM}' ] || continue
    fi
    if is_spared "$pid"; then
      roots="$roots $pid"
      continue
    fi
    members="$members $pid"
    [ -z "$1" ] || printf '%s %s\\n' "$pid" "$name"
  done
}
send() {
  signal=$1
  shift
  may_signal "$signal"
  for pid in "$@"; do kill -s "$signal" "$pid" 2>/dev/null; done
}
case $kind in
  none) find_members tell ;;
  TERM)
    find_members tell
    send TERM $members
    send CONT $members $roots
    ;;
  KILL)
    find_members tell
    round=0
    while [ -n "$members" ] && [ "$round" -lt 6 ]; do
      send STOP $members
      known=$members
      find_members ''
      if [ "$members" = "$known" ] || [ "$round" -gt 2 ]; then
        send KILL $members
        find_members ''
      fi
      round=$((round + 1))
    done
    if [ -n "$members" ]; then
      may_signal KILL
      kill -KILL -1
      find_members ''
    fi
    send CONT $roots
    [ -z "$members" ] || exit 9
    ;;
esac
exit 0
`;

/**
 * Finds the processes of a job from inside of its container, and signals them, called as `sh -c SCAN_SCRIPT epilogue-scan <TERM|KILL|none> <pid of the one that waits> <pid>:<start>…` by root.
 * POSIX sh, nothing but builtins: where no process can be started any more it works all the same.
 *
 * A container has process ids of its own. Without a parent in it are the first process and what was exec'd: our wrappers, this script, and what somebody has exec'd who looks around.
 * All others are the job's, wherever they have gone, but those that were there before it (named with their start times), and what the one that waits waits with. Zombies are dead.
 *
 * CONT goes to whoever is spared, too: a script can have stopped its wrapper.
 *
 * To its output: `pid name` a line, of all that were found; a name is as the kernel escapes it. KILL goes round: what is stopped forks no more.
 * What multiplies faster than that is killed in one go with all else but the first process, wrappers too. It ends with 9 where some are left.
 */
export function scanScript({ findOutsiders, maySignal }: ScanDifferences = NO_DIFFERENCES): string {
  return `: epilogue-scan\n${findOutsiders}\n${maySignal}\n${SCAN}`;
}

/** For a container whose steps are exec'd. */
export const SCAN_SCRIPT = scanScript();

/** With which it ends when some could not be killed. */
export const SCAN_LEFT = 9;

/** What it has printed; lines of another shape are passed over. */
export function parseScan(output: string): readonly JobProcess[] {
  return output.split('\n').flatMap((line) => {
    const [, pid, name] = /^(\d+) (.*)$/.exec(line) ?? [];
    return pid === undefined ? [] : [{ pid: Number(pid), name: name ?? '' }];
  });
}
