import { didYouMean } from '../../base/index.ts';
import type { Need } from '../../protocol/index.ts';
import { LIMITS } from '../limits.ts';
import type { Session } from '../session.ts';
import type { NeedItem, NeedJob, RuleNeeds } from '../shape/needs.ts';
import type { Draft } from './draft-jobs.ts';
import type { Instances } from './expand-jobs.ts';
import { expandMatrix, matrixName } from './expand-parallel.ts';

const NONE: readonly never[] = [];

/** Jobs of the pipeline by their own name; copies of parallel jobs also by the name they share. */
export interface JobIndex {
  readonly byName: ReadonlyMap<string, Draft>;
  readonly copies: ReadonlyMap<string, readonly Draft[]>;
}

export function indexJobs(drafts: readonly Draft[], taken: Instances['taken']): JobIndex {
  const byName = new Map<string, Draft>();
  const copies = new Map<string, Draft[]>();
  for (const one of drafts) {
    byName.set(one.planned.name, one);
    if (one.planned.node === null) continue;
    const group = copies.get(one.job.name);
    if (group === undefined) copies.set(one.job.name, [one]);
    else group.push(one);
  }
  for (const [group, names] of taken) copies.get(group)?.push(...names.flatMap((name) => byName.get(name) ?? []));
  return { byName, copies };
}

/** The jobs that a name stands for: all copies of a parallel job, or one job by its full name. */
export function jobsNamed(name: string, index: JobIndex): readonly Draft[] {
  const one = index.byName.get(name);
  return one === undefined ? (index.copies.get(name) ?? []) : [one];
}

/**
 * The needs of one job with names resolved among the jobs that are in the pipeline; null: stage mode. A need that is not there is an
 * error unless it is optional.
 */
export function resolveNeeds(draft: Draft, index: JobIndex, session: Session): readonly Need[] | null {
  const { job, needs: written } = draft;
  if (!written) return null;
  if (written.length === 0) return NONE;
  const needs: Need[] = [];
  const items: readonly (NeedItem | RuleNeeds[number])[] = written;
  let position = -1;
  for (const item of items) {
    position++;
    if (typeof item === 'string' && index.byName.has(item)) {
      needs.push({ job: item, artifacts: true });
      continue;
    }
    const need: NeedJob | null = typeof item === 'string' ? { job: item } : isOwnPipeline(item) ? item : null;
    if (need === null) continue;
    for (const name of neededNames(need)) {
      const targets = jobsNamed(name, index);
      for (const target of targets) needs.push({ job: target.planned.name, artifacts: need.artifacts ?? true });
      if (targets.length > 0 || need.optional === true) continue;
      reportAbsent(draft, name, { node: written, key: position, known: index.byName.keys() }, session);
    }
  }
  if (needs.length > LIMITS.needs) {
    const { name } = draft.planned;
    const message = `job "${name}": needs ${needs.length} jobs, and at most ${LIMITS.needs} are allowed`;
    const path = `jobs.${draft.job.name}.needs`;
    session.problems.add({ code: 'too-many-needs', message, path }, { node: job.config, key: 'needs' });
  }
  // A list that has grown has room for 16 more; a copy has none.
  return needs.slice();
}

export function isOwnPipeline(item: Exclude<NeedItem, string>): item is NeedJob {
  return 'job' in item && !('project' in item) && !('pipeline' in item);
}

/** The job itself, or the copies of it that have the values of the matrix. */
export function neededNames({ job, parallel }: NeedJob): readonly string[] {
  const matrix = parallel?.matrix;
  return matrix ? (expandMatrix(matrix) ?? []).map((row) => matrixName(job, row)) : [job];
}

function reportAbsent(
  draft: Draft,
  name: string,
  { node, key, known }: { readonly node: unknown; readonly key: number; readonly known: Iterable<string> },
  session: Session,
): void {
  const message = `job "${draft.planned.name}" needs "${name}", which is not in this pipeline`;
  const hint = didYouMean(name, known).hint ?? 'if its rules may leave it out, say optional: true';
  session.problems.add({ code: 'absent-need', message, path: `jobs.${draft.job.name}.needs`, hint }, { node, key });
}
