import { quoteWord } from '../../../../base/index.ts';
import { NO_TAR } from '../collect/content-program.ts';
import { type Turns, takeTurn } from '../turns.ts';

/** That the directory cannot be entered. */
export const NO_DIRECTORY = 96;

export interface Unpacking {
  /** The directory. */
  readonly into: string;
  readonly turns: Turns;
  /** Makes another one to be entered, `$into`; as it is then, without links, it is `$top`. */
  readonly before?: string;
  /** What is done for a line `x`. */
  readonly after?: string;
}

/** `$line` and, where it has a path, `$path`, which may be several lines. */
const NEXT = `next() {
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
`;

/** Of a directory: `$near` is what of it is there. */
const IS_INSIDE = `is_inside() {
  near=$1
  while [ ! -d "./$near" ]; do
    case $near in */*) near=\${near%/*} ;; *) near=; return 0 ;; esac
  done
  cd -P "./$near" 2>/dev/null || return 0
  case $PWD/ in
    "$top"/*) cd "$top" ;;
    *) cd "$top"; return 1 ;;
  esac
}
`;

/** The archive, as it comes, and what is looked at before. */
const TAKE = `take() {
  while next; do
    case $line in
      t*) dd bs="$path" count=1 iflag=fullblock 2>/dev/null || return ;;
      p*)
        is_inside "$path" || { echo "out $asked" >&3; break; }
        asked=$((asked + 1))
        [ -n "$gnu" ] || [ "$near" = "$path" ] || mkdir -p "./$path" 2>/dev/null
        ;;
      d*) [ -L "./$path" ] || { [ -e "./$path" ] && [ ! -d "./$path" ]; } && rm -f "./$path" ;;
      end) return ;;
    esac
  done
  return 1
}
unpack() {
  take | ( [ -n "$gnu" ] || umask 0; tar -xpof - 3>&- )
}
`;

const FLUSH = `
      [ $# = 0 ] || case $batch in
        [cm]*) chmod "\${batch#?}" "$@" || exit ;;
        l*) touch -h -d "@\${batch#l}" "$@" 2>/dev/null ;;
      esac
      set --`;

/**
 * A program for one try, each with a turn of its own.
 *
 * It unpacks an archive that comes in pieces, with lines between them (`createFrames`); lines have a letter and, mostly, a path, of which each line but the last is an `n`:
 *
 * - `t<bytes>`: so much of the archive follows. Counted, for no tar ends before its input does, and no end of the input need arrive;
 * - `p<path>`: refused with `out <which>` when this directory, or the nearest above it that is there, is not in this one, and nothing more is unpacked;
 * - `d<path>`: is to be a directory, so whatever else is there goes;
 * - `end`: of the archive. It is unpacked then, also links that tar makes at the very end, and other lines follow:
 * - `more`: another archive;
 * - `c<mode>` and `c<path>`, `l<seconds>` and `l<path>`: mode of a directory, time of a link, where tar does not set them: GNU's does, busybox's does not, nor does it give a user's files all bits of their modes;
 * - `m<mode>` and `m<path>`: a mode, whatever tar it is; `x`: `after` is done; `done`.
 */
export function unpackProgram({ into, turns, before = '', after = '' }: Unpacking): string {
  return `LC_ALL=C EXTRACT_UNSAFE_SYMLINKS=1
export LC_ALL EXTRACT_UNSAFE_SYMLINKS
unset CDPATH
umask 022
command -v tar >/dev/null || exit ${NO_TAR}
into=${quoteWord(into)}
${takeTurn(turns, turns.next())}${before}cd -P "$into" 2>/dev/null || exit ${NO_DIRECTORY}
top=$PWD asked=0 path= batch=
case $(tar --version 2>/dev/null) in *'GNU tar'*) gnu=1 ;; *) gnu= ;; esac
exec 3>&1
${NEXT}${IS_INSIDE}${TAKE}unpack || exit
set --
while next; do
  case $line in
    more) unpack || exit ;;
    [clm]*)
      if [ "$line" != "$batch" ] || [ $# -ge 64 ]; then${FLUSH}
      fi
      batch=$line
      next
      case $gnu$batch in 1[cl]*) ;; *) set -- "$@" "./$path" ;; esac
      ;;
    x)${FLUSH}
      ${after};;
    done)${FLUSH}
      echo done
      exit 0
      ;;
  esac
done
exit 1
`;
}
