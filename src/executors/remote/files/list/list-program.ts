import { quoteWord } from '../../../../base/index.ts';
import type { PathTest } from '../../../files/select-paths.ts';

/** Behind each record: in a path that begins with `./` no two slashes follow each other, so a name may have line feeds. */
export const RECORD_END = '//\n';
/** That the image has no `find`. */
export const NO_FIND = 95;

/**
 * For some paths at once, what `stat` says of each: mode in hex, size, time. `!d`, `!r`: a directory that may not be read, or something else. One that may be read
 * but not entered has names and no more.
 */
const EACH = `stat -c "%f %s %Y %n//" -- "$@"
for f do
  [ ! -L "$f" ] || continue
  if [ ! -r "$f" ]; then
    if [ -d "$f" ]; then printf "!d %s//\\n" "$f"
    elif [ -e "$f" ]; then printf "!r %s//\\n" "$f"; fi
  elif [ -d "$f" ] && [ ! -x "$f" ]; then
    for g in "$f"/* "$f"/.[!.]* "$f"/..?*; do
      case $g in "$f/*" | "$f/.[!.]*" | "$f/..?*") ;; *) printf "!r %s//\\n" "$g" ;; esac
    done
  fi
done
`;

/**
 * Lists what is asked for, see `listRequests`: what a path is, and all below it. Links on the way to it are followed where they lead to a directory inside; `!o`: one leads out.
 * Whether the end was reached is said last. POSIX sh, with `find`, `stat` and `head`.
 */
export function listProgram(directory: string, requestBytes: number): string {
  return `LC_ALL=C
export LC_ALL
unset CDPATH
command -v find >/dev/null || exit ${NO_FIND}
cd -P ${quoteWord(directory)} 2>/dev/null || {
  [ ! -d ${quoteWord(directory)} ] || printf '!d .//\\n'
  printf 'end//\\n'
  exit 0
}
top=$PWD
each=${quoteWord(EACH)}
inside() {
  cd -P "$1" 2>/dev/null || return 1
  case $PWD/ in
    "$top"/*) cd "$top" ;;
    *) cd "$top"; printf '!o %s//\\n' "$1"; return 1 ;;
  esac
}
list() {
  find "$@" -exec sh -c "$each" sh {} + 2>/dev/null
}
look() {
  kind=$1 rest=$2 at=. through=
  while :; do
    case $rest in */*) ;; *) break ;; esac
    at=$at/\${rest%%/*} rest=\${rest#*/}
    [ -L "$at" ] || continue
    inside "$at" || return 0
    through=1
  done
  [ -z "$rest" ] || at=$at/$rest
  case $kind in [pd]) through=1 ;; esac
  [ -z "$through" ] || list "$at"
  case $kind in [dD]) ;; *) return 0 ;; esac
  [ -L "$at" ] && inside "$at" || return 0
  list "$at/" -mindepth 1
}
head -c ${requestBytes} | while IFS= read -r line; do
  path=\${line#?}
  look "\${line%"$path"}" "$path"
done
printf 'end//\\n'
`;
}

/**
 * A line a path: `p` itself and all below, `d` also where it is a link to a directory; in capitals where another line covers it, unless a link is on the way.
 * Paths with a line feed are left out: what lies there is not taken.
 */
export function listRequests(test: PathTest, untracked: boolean): string {
  const requests = new Map<string, boolean>();
  if (untracked) requests.set('', true);
  for (const { path, goesOn } of test.starts) {
    const [at, follows] = chosenOnTheWay(test, path) ?? [path, goesOn];
    if (!at.includes('\n')) requests.set(at, follows || (requests.get(at) ?? false));
  }
  const lines = [...requests].map(([path, follows]) => {
    const letter = follows ? 'd' : 'p';
    return `${isCovered(path, requests) ? letter.toUpperCase() : letter}${path}\n`;
  });
  return lines.join('');
}

/** A directory on the way that is chosen itself: all below it is, also where it is a link that is followed. */
function chosenOnTheWay(test: PathTest, path: string): readonly [string, true] | null {
  const found = parentsOf(path).find((parent) => test.selects(parent));
  return found === undefined ? null : [found, true];
}

function isCovered(path: string, requests: ReadonlyMap<string, boolean>): boolean {
  return parentsOf(path).some((parent) => requests.has(parent));
}

/** `a/b/c` → ``, `a`, `a/b`: whatever lies in one of them. */
export function parentsOf(path: string): readonly string[] {
  if (path === '') return [];
  const segments = path.split('/');
  return segments.map((_, index) => segments.slice(0, index).join('/'));
}
