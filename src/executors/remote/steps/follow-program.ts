import { quoteWord } from '../../../base/index.ts';

/** So much of a log comes from one follower; then it says `more`, and another one goes on. */
const MAX_BYTES = 64 * 1024 * 1024;
/** So often it looks: 2 minutes and more. Nobody has to end one that is forgotten. Counted, for not every system tells the time. */
const MAX_RESTS = 1_200;
/** It says something at least so often: every 10 s, where machines are not slow. */
const SIGN_RESTS = 40;
/** A wrapper that has not written itself down by then was killed before. */
const PIDLESS_RESTS = 60;

export interface FollowProgram {
  /** Of the step, in the place. */
  readonly dir: string;
  /** Bytes of the log that are known already. */
  readonly from: number;
  /** `<pid> <start> …` of its wrapper; empty: as its file says. */
  readonly wrapper: string;
}

const FUNCTIONS = `find_position() {
  read -r epilogue_l epilogue_at 2>/dev/null <"/proc/$$/fdinfo/3"
}
finish() {
  printf '%s %s %s\\n' "\${1%% *}" "$((epilogue_at - epilogue_from))" "\${1#* }" >&2
  exit 0
}
read_exit() {
  epilogue_l=
  [ ! -f "$epilogue_d/exit" ] || [ -L "$epilogue_d/exit" ] || read -r epilogue_l <"$epilogue_d/exit" || epilogue_l=
  case $epilogue_l in [0-9][0-9][0-9]\\ *) epilogue_end="end $epilogue_l" ;; esac
}
is_dead() {
  if [ -z "$epilogue_w" ] && [ -f "$epilogue_d/pid" ] && [ ! -L "$epilogue_d/pid" ]; then
    read -r epilogue_w <"$epilogue_d/pid" || epilogue_w=
  fi
  if [ -z "$epilogue_w" ]; then
    [ "$epilogue_rests" -ge ${PIDLESS_RESTS} ]
    return
  fi
  read -r epilogue_l 2>/dev/null <"/proc/\${epilogue_w%% *}/stat" || return 0
  set -- $epilogue_w \${epilogue_l##*) }
  case $4 in Z | X) return 0 ;; esac
  [ "$2" != - ] && [ "$2" != "\${23}" ]
}
find_end() {
  epilogue_end=
  read_exit
  [ -z "$epilogue_end" ] || return 0
  is_dead || return 0
  read_exit
  epilogue_end=\${epilogue_end:-gone}
}
rest() {
  epilogue_rests=$((epilogue_rests + 1))
  [ "$epilogue_rests" -lt ${MAX_RESTS} ] || finish more
  [ "$((epilogue_rests % ${SIGN_RESTS}))" != 0 ] || echo . >&2
  if [ "$epilogue_still" -lt 20 ]; then sleep 0.1 || sleep 1; else sleep 0.25 || sleep 1; fi || exit 13
}
`;

/**
 * Prints what is new in the log of a step that is claimed, until its end. What it says is on stderr: a dot now and then, and as its last line `end <count> <exit line>`, `gone <count>` (its wrapper lives no
 * more and has left no exit) or `more <count>`, each with how many bytes it has printed. It counts by where it stands in the log, which no job can change.
 *
 * A job can have made its log shorter than what is known of it: then it is followed from its end on. The log is opened once; each `dd` goes on where the one before has stopped. `exit` is looked at before the log is read once more: who sees it has all of the log.
 */
export function followProgram({ dir, from, wrapper }: FollowProgram): string {
  return `epilogue_d=${quoteWord(dir)}
epilogue_w=${quoteWord(wrapper)}
epilogue_from=${from}
epilogue_at=${from}
epilogue_still=0
epilogue_rests=0
${FUNCTIONS}until [ -f "$epilogue_d/log" ] && [ ! -L "$epilogue_d/log" ]; do
  find_end
  [ -z "$epilogue_end" ] || finish "$epilogue_end"
  rest
done
exec 3<"$epilogue_d/log"
dd bs=1 skip=${from} count=0 <&3 2>/dev/null
find_position
if [ "$epilogue_at" != ${from} ]; then
  dd bs=65536 <&3 >/dev/null 2>&1
  find_position
  epilogue_from=$epilogue_at
fi
while :; do
  find_end
  epilogue_before=$epilogue_at
  dd bs=65536 count=64 <&3 2>/dev/null || exit 13
  find_position
  if [ "$epilogue_at" != "$epilogue_before" ]; then
    epilogue_still=0
    [ "$((epilogue_at - epilogue_from))" -lt ${MAX_BYTES} ] || finish more
    [ "$((epilogue_at - epilogue_before))" -lt 4194304 ] || continue
  else
    [ -z "$epilogue_end" ] || finish "$epilogue_end"
    epilogue_still=$((epilogue_still + 1))
  fi
  rest
done`;
}
