import { Failure, quoteWord } from '../../base/index.ts';
import type { Place } from '../executor.ts';
import type { Programs } from './programs/programs.ts';

export function remoteNestedRunsDir(stateDir: string): string {
  return `${stateDir}/nested-runs`;
}

/** As in `Place`. A container that does not run has no runs in it. */
export function remoteNestedRuns(
  programs: Pick<Programs, 'askRunning'>,
  stateDir: string,
): Pick<Place, 'nestedRuns' | 'disownNestedRuns'> {
  const setUp = `epilogue_d=${quoteWord(remoteNestedRunsDir(stateDir))}
[ -d "$epilogue_d" ] && [ ! -L "$epilogue_d" ] || exit 0
`;
  return {
    async nestedRuns() {
      const program = `${setUp}for epilogue_f in "$epilogue_d"/[0-9]*; do echo "\${epilogue_f##*/}"; done\nexit 0`;
      const answer = await programs.askRunning({ what: 'runs', program, as: 'user' });
      return (
        answer?.stdout
          .toString()
          .split('\n')
          .filter((name) => /^\d+$/.test(name)) ?? []
      );
    },
    async disownNestedRuns() {
      const program = `${setUp}mkdir -p "$epilogue_d.disowned"
for epilogue_f in "$epilogue_d"/[0-9]*; do
  [ ! -e "$epilogue_f" ] || mv "$epilogue_f" "$epilogue_d.disowned/"
done
exit 0`;
      await programs.askRunning({ what: 'disown', program, as: 'user' }).catch((error: unknown) => {
        // They go on being spared, and whoever recovers them ends what is left.
        if (!(error instanceof Failure)) throw error;
      });
    },
  };
}
