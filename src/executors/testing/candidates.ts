import { realClock } from '../../base/index.ts';
import { createScriptedMachine } from '../scripted/scripted-machine.ts';
import type { Act } from '../scripted/scripted-step.ts';
import { createShellExecutor } from '../shell/shell.ts';
import type { Candidate } from './executor-contract.ts';
import { shellScript } from './shell-script.ts';

function scripted(): Candidate {
  const plays = new Map<string, readonly Act[]>();
  const machine = createScriptedMachine({ clock: realClock, perform: ({ script }) => plays.get(script) ?? [] });
  const script = (acts: readonly Act[]): string => {
    const title = `play ${plays.size}`;
    plays.set(title, acts);
    return title;
  };
  return { name: 'scripted', executor: machine.executor, script };
}

const shell: Candidate = {
  name: 'shell',
  executor: () => createShellExecutor({ clock: realClock }),
  script: shellScript,
};

/** What the contract suite, `executor.*.test.ts`, runs on. */
export const CANDIDATES: readonly Candidate[] = [shell, scripted()];
