import { quoteWord } from '../../../../base/index.ts';

/**
 * Empties a directory, which stays, for it may be mounted; makes it where there is none. What something still writes into (a program that was given up) is tried again.
 * Says what is left and ends with 1.
 */
export function emptyProgram(directory: string, tries: number): string {
  return `umask 022
into=${quoteWord(directory)}
[ -L "$into" ] || { [ -e "$into" ] && [ ! -d "$into" ]; } && rm -f "$into"
mkdir -p "$into" && cd -P "$into" || exit
try=0
while :; do
  left=
  for f in ./* ./.[!.]* ./..?*; do
    [ -e "$f" ] || [ -L "$f" ] || continue
    rm -rf "$f" 2>/dev/null && continue
    chmod -R u+rwX "$f" 2>/dev/null
    rm -rf "$f" 2>/dev/null || left="$left \${f#./}"
  done
  [ -n "$left" ] || exit 0
  try=$((try + 1))
  [ "$try" -lt ${tries} ] || break
  sleep 1
done
printf '%s' "\${left# }"
exit 1
`;
}

/** All of `$top`, a directory in the one that is entered, comes to lie beside it, and it goes. */
export const MOVE_UP = `
  set --
  for f in "$top"/* "$top"/.[!.]* "$top"/..?*; do
    [ -e "$f" ] || [ -L "$f" ] || continue
    set -- "$@" "$f"
    [ $# -lt 64 ] || { mv -f "$@" . && set -- || exit; }
  done
  [ $# = 0 ] || mv -f "$@" . || exit
  set --
  rmdir "$top" || exit
`;

/** For a directory that `Reach.send` fills. */
export function makeStageProgram(directory: string, stage: string): string {
  return `mkdir -p ${quoteWord(`${directory}/${stage}`)}\n`;
}

/** Twice, too. */
export function moveUpProgram(directory: string, stage: string, modes: readonly string[]): string {
  return `cd -P ${quoteWord(directory)} || exit
top=$PWD/${stage}
if [ -d "$top" ]; then${MOVE_UP}fi
${modes.join('')}exit 0
`;
}
