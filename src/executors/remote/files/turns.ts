import { randomBytes } from 'node:crypto';
import { quoteWord } from '../../../base/index.ts';
import type { RemoteFilesOptions } from './remote-files-options.ts';

/** Numbers for programs that change something, each larger than all before it, and the file in the place that has the last one. */
export interface Turns {
  readonly mark: string;
  next(): number;
}

/** What a job may have made of that file is no reason to count on it for ever. */
const NUMBER = /^\d{1,15}$/;

/** Of one delivery alone. */
export function ownTurns(stateDir: string): Turns {
  return countFrom(`${stateDir}/turn-${randomBytes(8).toString('hex')}`, 0);
}

/** Of all deliveries of trees to this place: each of them begins with emptying it. */
export async function turnsOfTrees({ programs, stateDir }: RemoteFilesOptions, signal: AbortSignal): Promise<Turns> {
  const mark = `${stateDir}/turn-of-trees`;
  const program = `mark=${quoteWord(mark)}
[ ! -f "$mark" ] || [ -L "$mark" ] || { read -r last rest <"$mark"; echo "$last"; }
exit 0
`;
  const { stdout } = await programs.ask({ what: 'turn', program, as: 'user', signal });
  const last = stdout.toString().trim();
  return countFrom(mark, NUMBER.test(last) ? Number(last) : 0);
}

function countFrom(mark: string, last: number): Turns {
  let turn = last;
  return {
    mark,
    next() {
      turn += 1;
      return turn;
    },
  };
}

/**
 * Goes before what changes something: it ends with 98 when its turn is over, for what was given up may arrive late. Whoever had the last turn is killed: an exec whose connection was cut may live on, and
 * get later what was on its way to it.
 * @param again the same program may be run twice
 */
export function takeTurn({ mark }: Turns, turn: number, again = false): string {
  return `mark=${quoteWord(mark)} turn=${turn}
began_at() {
  stat=
  read -r stat 2>/dev/null <"/proc/$1/stat"
  set -- \${stat##*) }
  began=\${20}
}
last=0 pid= start=
[ ! -f "$mark" ] || [ -L "$mark" ] || read -r last pid start <"$mark"
case $last in '' | *[!0-9]* | ????????????????*) last=0 ;; esac
[ "$last" ${again ? '-le' : '-lt'} "$turn" ] || exit 98
case $pid in
  '' | 0* | 1 | *[!0-9]*) ;;
  *)
    began_at "$pid"
    [ -z "$start" ] || [ "$began" != "$start" ] || kill -KILL "-$pid" 2>/dev/null
    ;;
esac
began_at "$$"
[ -f "$mark" ] || rm -rf "$mark"
echo "$turn $$ $began" 2>/dev/null >"$mark"
`;
}
