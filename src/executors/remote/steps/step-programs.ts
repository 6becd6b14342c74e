import { quoteWord } from '../../../base/index.ts';
import { EXIT_ROOM, PID_ROOM } from '../../steps/step-directory.ts';
import { STEP_WRAPPER } from '../../steps/step-wrapper.ts';

// What is run in the place for a step. The step's directory there is the job's to change at any moment: what is opened is looked at first, for a pipe would never open.
// Each may be carried out twice, late, and beside itself.

/** Something could not be written there; why is on stderr. */
export const UNWRITABLE = 5;
/** The wrapper has not made its log. */
export const NOT_BEGUN = 6;

export interface PlacedStep {
  readonly stateDir: string;
  readonly id: string;
}

function names({ stateDir, id }: PlacedStep): string {
  return `epilogue_s=${quoteWord(stateDir)}
epilogue_d=$epilogue_s/steps/${id}
`;
}

/** A script can have closed them to us, who are the same user. */
function writable(step: PlacedStep): string {
  return `${names(step)}epilogue_umask=$(umask)
umask 077
for epilogue_f in "$epilogue_s" "$epilogue_s/steps" "$epilogue_d"; do
  [ ! -d "$epilogue_f" ] || { [ -w "$epilogue_f" ] && [ -x "$epilogue_f" ]; } || chmod u+rwx "$epilogue_f"
done
mkdir -p "$epilogue_d" || exit ${UNWRITABLE}
`;
}

/** `forbidden`, or `claimed <pid> <start> <boot>` as the wrapper has written itself down; then it ends. Nothing where it is neither. */
const TELL_CLAIM = `tell_claim() {
  if [ -L "$epilogue_d/claim" ]; then echo forbidden; exit 0; fi
  [ -f "$epilogue_d/claim" ] || return 0
  epilogue_l=
  [ ! -f "$epilogue_d/pid" ] || [ -L "$epilogue_d/pid" ] || read -r epilogue_l <"$epilogue_d/pid" || :
  printf 'claimed %s\\n' "$epilogue_l"
  exit 0
}
`;

/** Of what a wrapper writes into. Appears with its blanks or not at all, beside whoever does the same: a wrapper may write into it at any moment. */
function takeRoom(random: string): string {
  const take = (name: string, bytes: number): string => `epilogue_f=$epilogue_d/${name}
if [ ! -e "$epilogue_f" ] && [ ! -L "$epilogue_f" ]; then
  printf '%${bytes}s' '' >"$epilogue_f.${random}" || { rm -f "$epilogue_f.${random}"; exit ${UNWRITABLE}; }
  ln "$epilogue_f.${random}" "$epilogue_f" 2>/dev/null || [ -e "$epilogue_f" ] || exit ${UNWRITABLE}
  rm -f "$epilogue_f.${random}"
fi
`;
  return `${take('pid', PID_ROOM)}${take('exit', EXIT_ROOM)}`;
}

/** 5 s for the claim, 30 for the log. What is printed is not masked yet: nobody else reads it. */
const WAIT_FOR_LOG = `is_claimed() {
  [ -e "$epilogue_d/claim" ] || [ -L "$epilogue_d/claim" ]
}
wait_for_log() {
  epilogue_n=0
  until [ -e "$epilogue_d/log" ] || [ -L "$epilogue_d/claim" ]; do
    epilogue_n=$((epilogue_n + 1))
    [ "$epilogue_n" -lt 250 ] || [ -f "$epilogue_d/claim" ] || exit ${NOT_BEGUN}
    [ "$epilogue_n" -lt 1500 ] || exit ${NOT_BEGUN}
    sleep 0.02 || sleep 1 || exit ${NOT_BEGUN}
  done
  [ ! -f "$epilogue_d/log" ] || [ -L "$epilogue_d/log" ] || chmod 600 "$epilogue_d/log"
  tell_claim
  exit ${NOT_BEGUN}
}
`;

export interface StartProgram extends PlacedStep {
  /** Of the data that follows; see `scriptData`. */
  readonly bytes: number;
  /** Of this start, whatever its tries: letters and digits. */
  readonly random: string;
  readonly projectDir: string;
  readonly shell: string;
  /** `NAME=value` */
  readonly environment: readonly string[];
}

/** The script, and a line by which it is known to have come whole. */
export function scriptData(script: string, random: string): Buffer {
  return Buffer.from(`${script}\n#${random}\n`);
}

/**
 * Starts the step whose script follows, unless it is claimed, and waits for its log. The claim decides between two. The script is written where room was taken for it, without making it any shorter: blanks
 * behind it mean nothing.
 * `setsid` twice: the first makes a group leader of the second, which forks for that, and its parent is gone at once. So the wrapper is nobody's child here, and no shell has taken INT and QUIT from it, as
 * it would with `&`.
 */
export function startProgram(start: StartProgram): string {
  const { bytes, random, projectDir, shell, environment } = start;
  const wrapper = ['env', ...environment, 'sh', '-c', STEP_WRAPPER, 'epilogue-step'].map(quoteWord).join(' ');
  return `${writable(start)}${TELL_CLAIM}${WAIT_FOR_LOG}! is_claimed || wait_for_log
${takeRoom(random)}epilogue_f=$epilogue_d/script.${random}
[ -e "$epilogue_f" ] || mv "$epilogue_d/room" "$epilogue_f" 2>/dev/null
head -c ${bytes} 1<>"$epilogue_f"
epilogue_l=$(dd if="$epilogue_f" bs=1 skip=${bytes - random.length - 2} count=${random.length + 1} 2>/dev/null)
[ "$epilogue_l" = '#${random}' ] && [ ! -d "$epilogue_d/script" ] || exit ${UNWRITABLE}
! is_claimed || wait_for_log
mv "$epilogue_f" "$epilogue_d/script" || exit ${UNWRITABLE}
umask "$epilogue_umask"
cd ${quoteWord(projectDir)} 2>/dev/null || cd /
setsid setsid ${wrapper} "$epilogue_d" ${quoteWord(shell)} </dev/null >/dev/null 2>&1
wait_for_log`;
}

/** Takes the claim, unless it is taken. What a script has put there that is no claim goes out of the way. */
export function forbidProgram(step: PlacedStep, random: string): string {
  return `${names(step)}[ -d "$epilogue_d" ] || mv "$epilogue_d" "$epilogue_d.${random}.aside" 2>/dev/null
${writable(step)}${TELL_CLAIM}ln -s forbidden "$epilogue_d/claim" 2>/dev/null
tell_claim
mv "$epilogue_d" "$epilogue_d.${random}.aside" && mkdir "$epilogue_d" && ln -s forbidden "$epilogue_d/claim" || exit ${UNWRITABLE}
tell_claim`;
}

/** @param bytes of `room` */
export function reserveProgram(step: PlacedStep, random: string, bytes: number): string {
  return `${writable(step)}if [ -e "$epilogue_d/claim" ] || [ -L "$epilogue_d/claim" ]; then exit 0; fi
${takeRoom(random)}[ -e "$epilogue_d/room" ] || [ -e "$epilogue_d/script" ] || printf '%${bytes}s' '' >"$epilogue_d/room" || {
  rm -f "$epilogue_d/room"
  exit ${UNWRITABLE}
}
exit 0`;
}

/**
 * Prints `clean`, or the number of the directory that is there when anything is in it that `reserve` has not made.
 * @param number moves the directory of this number out of the way, and only this one: it may be another start's by the time that the program is run
 */
export function clearProgram(step: PlacedStep, random: string, number: string): string {
  return `${names(step)}[ -d "$epilogue_s/steps" ] || mv "$epilogue_s/steps" "$epilogue_s/steps.${random}.aside"
${writable(step)}is_reserved() {
  [ -f "$1" ] && [ ! -L "$1" ] && [ -w "$1" ] || return 1
  case \${1##*/} in
    room) return 0 ;;
    pid | exit) ;;
    *) return 1 ;;
  esac
  [ "$(stat -c %s "$1")" -lt 4096 ] || return 1
  case $(cat "$1") in *[!\\ ]*) return 1 ;; esac
}
is_clean() {
  [ -d "$epilogue_d" ] && [ ! -L "$epilogue_d" ] && [ -w "$epilogue_d" ] || return 1
  for epilogue_f in "$epilogue_d"/* "$epilogue_d"/.[!.]* "$epilogue_d"/..?*; do
    [ -e "$epilogue_f" ] || [ -L "$epilogue_f" ] || continue
    is_reserved "$epilogue_f" || return 1
  done
}
if is_clean; then echo clean; exit 0; fi
epilogue_n=$(stat -c %i "$epilogue_d") || exit ${UNWRITABLE}
if [ "$epilogue_n" = '${number}' ]; then
  mv "$epilogue_d" "$epilogue_d.${random}.aside" || exit ${UNWRITABLE}
  echo clean
else
  echo "$epilogue_n"
fi
exit 0`;
}

/** Leaves so many bytes of the log; prints how many are gone. */
export function cutProgram(step: PlacedStep, sizeBytes: number): string {
  return `${names(step)}epilogue_f=$epilogue_d/log
if [ -f "$epilogue_f" ] && [ ! -L "$epilogue_f" ]; then
  epilogue_n=$(stat -c %s "$epilogue_f")
  if [ "$epilogue_n" -gt ${sizeBytes} ]; then
    dd of="$epilogue_f" bs=1 seek=${sizeBytes} count=0 </dev/null 2>/dev/null || exit ${UNWRITABLE}
    echo "$((epilogue_n - ${sizeBytes}))"
    exit 0
  fi
fi
echo 0`;
}

/** A line for each claimed step: `<id> <pid> <start> <boot>`. */
export function surveyProgram(stateDir: string): string {
  return `for epilogue_d in ${quoteWord(stateDir)}/steps/*; do
  [ -f "$epilogue_d/claim" ] && [ ! -L "$epilogue_d/claim" ] || continue
  epilogue_l=
  [ ! -f "$epilogue_d/pid" ] || [ -L "$epilogue_d/pid" ] || read -r epilogue_l <"$epilogue_d/pid" || :
  printf '%s %s\\n' "\${epilogue_d##*/}" "$epilogue_l"
done
exit 0`;
}
