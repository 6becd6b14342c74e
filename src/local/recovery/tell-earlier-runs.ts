import type { Clock } from '../../base/index.ts';
import type { RunEvent, RunMessage, RunRecovered } from '../run-event.ts';
import { listRuns, unreadableWords } from '../runs/list-runs.ts';
import type { LocalPaths } from '../runs/run-directory.ts';
import { type AbandonedRun, findAbandonedRuns } from './find-abandoned-runs.ts';
import { tellEnding } from './tell-ending.ts';

export interface EarlierRuns {
  readonly paths: LocalPaths;
  readonly checkout: string;
  readonly clock: Clock;
}

/** What became of runs that died, for commands that only look: how they were finished, and what is still owed. Starts nothing. */
export async function tellEarlierRuns({ paths, checkout, clock }: EarlierRuns): Promise<(RunMessage | RunRecovered)[]> {
  const told: (RunMessage | RunRecovered)[] = [];
  const emit = (event: RunEvent) => {
    if (event.type === 'run_recovered' || event.type === 'message') told.push(event);
  };
  const warn = (text: string) => emit({ type: 'message', at: clock.now(), level: 'warning', text });
  const { runs, unreadable } = listRuns(paths, checkout);
  for (const run of runs) tellEnding(run, { by: 'run', emit, clock });
  for (const run of await findAbandonedRuns(runs)) warn(abandonedWords(run));
  for (const path of unreadable) warn(unreadableWords(path));
  return told;
}

function abandonedWords({ run, beingRecoveredBy, jobs }: AbandonedRun): string {
  const owed = jobs.filter((job) => job.owed).map((job) => job.name);
  const what = owed.length === 0 ? 'no cleanup is owed' : `cleanup is owed to ${owed.join(', ')}`;
  if (beingRecoveredBy !== null) return `run ${run} was killed; pid ${beingRecoveredBy.pid} is cleaning up (${what})`;
  return `run ${run} was killed and ${what}: the next \`epilogue run\` or \`epilogue recover\` finishes it`;
}
