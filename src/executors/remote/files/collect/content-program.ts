import { quoteWord } from '../../../../base/index.ts';

/** That the image has no `tar`. */
export const NO_TAR = 94;

/** So much of names, as the kernel counts them, is less than any system takes at once. */
const MOST_WORDS_BYTES = 64 * 1024;
const MOST_WORDS = 256;

/**
 * Packs what its input names, a name a line, each of which begins with `./`. GNU's tar is told to take names as they are, and hard links for files. Others get them as words, some at a time, for
 * Debian's busybox reads no list; then one archive follows another. `head` ends it where no end of the input arrives.
 */
export function contentProgram(directory: string, namesBytes: number): string {
  return `LC_ALL=C
export LC_ALL
command -v tar >/dev/null || exit ${NO_TAR}
cd ${quoteWord(directory)} || exit
case $(tar --version 2>/dev/null) in
  *'GNU tar'*)
    head -c ${namesBytes} | tar -c --format=gnu --hard-dereference --no-recursion -f - --no-unquote -T -
    exit
    ;;
esac
pack() {
  [ $# = 0 ] || tar -c -f - "$@"
}
head -c ${namesBytes} | {
  bytes=0
  set --
  while IFS= read -r name; do
    set -- "$@" "$name"
    bytes=$((bytes + \${#name} + 9))
    [ $# -lt ${MOST_WORDS} ] && [ "$bytes" -lt ${MOST_WORDS_BYTES} ] && continue
    pack "$@"
    set --
    bytes=0
  done
  pack "$@"
}
`;
}
