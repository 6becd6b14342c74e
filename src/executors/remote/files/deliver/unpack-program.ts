import { randomBytes } from 'node:crypto';
import { quoteWord } from '../../../../base/index.ts';
import { NO_TAR } from '../collect/content-program.ts';

/** That the directory cannot be entered. */
export const NO_DIRECTORY = 96;

export interface Unpacking {
  /** The directory. */
  readonly into: string;
  /** A file of this delivery's own, which says who unpacks it. */
  readonly mark: string;
  /** Makes another one to be entered, `$into`; as it is then, without links, it is `$top`. */
  readonly before?: string;
  /** What is done for a line `x`. */
  readonly after?: string;
}

/**
 * Unpacks an archive that comes in pieces, with lines between them (`createFrames`); lines have a letter and, mostly, a path, of which each line but the last is an `n`:
 *
 * - `t<bytes>`: so much of the archive follows. Counted, for no tar ends before its input does, and no end of the input need arrive;
 * - `p<path>`: refused with `out <which>` when this directory, or the nearest above it that is there, is not in this one, and nothing more is unpacked;
 * - `d<path>`: is to be a directory, so whatever else is there goes;
 * - `end`: of the archive. Once it is unpacked, for which links may be made at the very end, `more` begins another one for what is to come after that; `l<seconds>` and `l<path>` set the time of a link (busybox's tar does not), `x` does `after`, `m<mode>` and `m<path>` set a mode, until `done`.
 *
 * What an earlier try has left running is killed first: an exec whose connection was cut may live on, and get later what was on its way to it.
 */
export function unpackProgram({ into, mark, before = '', after = '' }: Unpacking): string {
  return `LC_ALL=C EXTRACT_UNSAFE_SYMLINKS=1
export LC_ALL EXTRACT_UNSAFE_SYMLINKS
unset CDPATH
umask 022
command -v tar >/dev/null || exit ${NO_TAR}
into=${quoteWord(into)} mark=${quoteWord(mark)}
begun() {
  stat=
  read -r stat 2>/dev/null <"/proc/$1/stat"
  set -- \${stat##*) }
  began=\${20}
}
if [ -f "$mark" ] && [ ! -L "$mark" ] && read -r pid start <"$mark"; then
  case $pid in *[!0-9]*) pid= ;; esac
  begun "$pid"
  [ -z "$pid" ] || [ "$began" != "$start" ] || kill -KILL "-$pid" 2>/dev/null
fi
begun "$$"
echo "$$ $began" >"$mark" || exit
${before}cd -P "$into" 2>/dev/null || exit ${NO_DIRECTORY}
top=$PWD asked=0 path=
exec 3>&1
next() {
  rest=
  while IFS= read -r line; do
    case $line in
      n*) rest=$rest\${line#n}'
' ;;
      *) path=$rest\${line#?}; return 0 ;;
    esac
  done
  return 1
}
is_inside() {
  near=$1
  while [ ! -d "./$near" ]; do
    case $near in */*) near=\${near%/*} ;; *) return 0 ;; esac
  done
  cd -P "./$near" 2>/dev/null || return 0
  case $PWD/ in
    "$top"/*) cd "$top" ;;
    *) cd "$top"; return 1 ;;
  esac
}
take() {
  while next; do
    case $line in
      t*) dd bs="$path" count=1 iflag=fullblock 2>/dev/null || return ;;
      p*)
        is_inside "$path" || { echo "out $asked" >&3; break; }
        asked=$((asked + 1))
        ;;
      d*) [ -L "./$path" ] || { [ -e "./$path" ] && [ ! -d "./$path" ]; } && rm -f "./$path" ;;
      end) return ;;
    esac
  done
  printf 'cut'
}
take | tar -xpof - 3>&- || exit
case $(tar --version 2>/dev/null) in *'GNU tar'*) gnu=1 ;; *) gnu= ;; esac
while next; do
  case $line in
    more) take | tar -xpof - 3>&- || exit ;;
    done) rm -f "$mark"; echo done; exit 0 ;;
    x) ${after};;
    l*) seconds=$path; next; [ -n "$gnu" ] || touch -h -d "@$seconds" "./$path" 2>/dev/null ;;
    m*) mode=$path; next; chmod "$mode" "./$path" ;;
  esac
done
exit 1
`;
}

/** In the place, for all tries of one delivery. */
export function makeMark(stateDir: string): string {
  return `${stateDir}/unpacking-${randomBytes(8).toString('hex')}`;
}
