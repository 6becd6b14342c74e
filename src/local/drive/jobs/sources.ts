import { join } from 'node:path';
import { makeDirectory } from '../../../base/index.ts';
import type { Place } from '../../../executors/index.ts';
import { takeSnapshot } from '../../../git/index.ts';
import type { Plan, SourceSettings, Variable } from '../../../protocol/index.ts';

/** The working tree as it was when the run began, for jobs to start from. */
export interface Sources {
  /** Copies the working tree as this pipeline's jobs will want it. @throws Failure as `takeSnapshot` */
  prepare(plan: Plan, given: readonly Variable[]): Promise<void>;
  /** Fills a job's project directory as its `GIT_STRATEGY` and `GIT_SUBMODULE_STRATEGY` say. */
  place(place: Place, settings: SourceSettings, signal: AbortSignal): Promise<void>;
}

type Submodules = SourceSettings['submodules'];

/**
 * One copy for each way of treating submodules, shared by all jobs; one that nobody could foresee (a child pipeline's, one that a dotenv
 * report asks for) is taken when the first job asks for it, from the working tree as it is then.
 * @param directory exists and belongs to the run. `signal`: the run's own, since jobs share the copies.
 */
export function openSources(checkout: string, directory: string, signal: AbortSignal): Sources {
  const copies = new Map<Submodules, Promise<string>>();
  const copyWith = (submodules: Submodules): Promise<string> => {
    const begun = copies.get(submodules);
    if (begun !== undefined) return begun;
    const path = join(directory, `template-${submodules}`);
    const copy = takeSnapshot(checkout, path, { signal, submodules }).then(() => path);
    copies.set(submodules, copy);
    // Whoever asks next tries again.
    copy.catch(() => copies.delete(submodules));
    return copy;
  };
  return {
    async prepare(plan, given) {
      for (const submodules of foreseen(plan, given)) await copyWith(submodules);
    },
    async place(place, { strategy, submodules }, jobSignal) {
      // As the executor has made it, with what a hook left there.
      if (strategy === 'none') return;
      await place.deliverTree(strategy === 'empty' ? emptyIn(directory) : await copyWith(submodules), jobSignal);
    },
  };
}

function emptyIn(directory: string): string {
  const path = join(directory, 'empty');
  makeDirectory(path, 0o700);
  return path;
}

/** As far as the text of variables shows it; the payload has the last word. */
function foreseen(plan: Plan, given: readonly Variable[]): ReadonlySet<Submodules> {
  const value = (variables: readonly Variable[], name: string) =>
    (given.findLast(({ key }) => key === name) ?? variables.findLast(({ key }) => key === name))?.value;
  const withSources = plan.jobs.filter(({ variables, isTrigger }) => {
    const strategy = value(variables, 'GIT_STRATEGY');
    return !isTrigger && strategy !== 'none' && strategy !== 'empty';
  });
  return new Set(
    withSources.map(({ variables }) => {
      const submodules = value(variables, 'GIT_SUBMODULE_STRATEGY');
      return submodules === 'normal' || submodules === 'recursive' ? submodules : 'none';
    }),
  );
}
