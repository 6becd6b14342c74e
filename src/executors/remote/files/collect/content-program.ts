import { quoteWord } from '../../../../base/index.ts';

/** That the image has no `tar`. */
export const NO_TAR = 94;

/**
 * Packs what its input names, a name a line, each of which begins with `./`. GNU's tar is told to take names as they are, and hard links for files; others know no better.
 * `head` ends it where no end of the input arrives.
 */
export function contentProgram(directory: string, namesBytes: number): string {
  return `LC_ALL=C
export LC_ALL
command -v tar >/dev/null || exit ${NO_TAR}
cd ${quoteWord(directory)} || exit
case $(tar --version 2>/dev/null) in
  *'GNU tar'*) set -- --format=gnu --hard-dereference --no-unquote ;;
  *) set -- ;;
esac
head -c ${namesBytes} | tar -c "$@" --no-recursion -f - -T -
`;
}
