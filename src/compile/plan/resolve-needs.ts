import { didYouMean } from '../../base/index.ts';
import type { Need } from '../../protocol/index.ts';
import { LIMITS } from '../limits.ts';
import type { Session } from '../session.ts';
import type { NeedItem, NeedJob, RuleNeeds } from '../shape/needs.ts';
import { expandMatrix, matrixName } from './expand-parallel.ts';
import type { PickedJob } from './pick-jobs.ts';

/** Jobs of the pipeline by their own name; copies of parallel jobs also by the name they share. */
export interface JobIndex {
  readonly byName: ReadonlyMap<string, PickedJob>;
  readonly copies: ReadonlyMap<string, readonly PickedJob[]>;
}

export function indexJobs(picked: readonly PickedJob[]): JobIndex {
  const byName = new Map<string, PickedJob>();
  const copies = new Map<string, PickedJob[]>();
  for (const one of picked) {
    byName.set(one.instance.name, one);
    if (one.instance.node === null) continue;
    const group = copies.get(one.job.name);
    if (group === undefined) copies.set(one.job.name, [one]);
    else group.push(one);
  }
  return { byName, copies };
}

/** The jobs that a name stands for: all copies of a parallel job, or one job by its full name. */
export function jobsNamed(name: string, index: JobIndex): readonly PickedJob[] {
  const one = index.byName.get(name);
  return one === undefined ? (index.copies.get(name) ?? []) : [one];
}

/**
 * The needs of one job with names resolved among the jobs that are in the pipeline; null: stage mode. A need that is not there is an
 * error unless it is optional.
 */
export function resolveNeeds(picked: PickedJob, index: JobIndex, session: Session): readonly Need[] | null {
  const { config } = picked.job;
  const written = picked.decision.rule?.config.needs ?? config.needs;
  if (!Array.isArray(written)) return null;
  const needs: Need[] = [];
  for (const [position, item] of (written as readonly NeedItem[] | RuleNeeds).entries()) {
    if (typeof item === 'string' && index.byName.has(item)) {
      needs.push({ job: item, artifacts: true });
      continue;
    }
    const need: NeedJob | null = typeof item === 'string' ? { job: item } : isOwnPipeline(item) ? item : null;
    if (need === null) continue;
    const targets = targetsOf(need, index);
    for (const target of targets) needs.push({ job: target.instance.name, artifacts: need.artifacts ?? true });
    if (targets.length > 0 || need.optional === true) continue;
    reportAbsent(picked, need, { node: written, key: position, known: index.byName.keys() }, session);
  }
  if (needs.length > LIMITS.needs) {
    const { name } = picked.instance;
    const message = `job "${name}": needs ${needs.length} jobs, and at most ${LIMITS.needs} are allowed`;
    const path = `jobs.${picked.job.name}.needs`;
    session.problems.add({ code: 'too-many-needs', message, path }, { node: config, key: 'needs' });
  }
  return needs;
}

export function isOwnPipeline(item: Exclude<NeedItem, string>): item is NeedJob {
  return 'job' in item && !('project' in item) && !('pipeline' in item);
}

function targetsOf(need: NeedJob, index: JobIndex): readonly PickedJob[] {
  const matrix = need.parallel?.matrix;
  if (!matrix) return jobsNamed(need.job, index);
  const rows = expandMatrix(matrix) ?? [];
  return rows.flatMap((row) => index.byName.get(matrixName(need.job, row)) ?? []);
}

function reportAbsent(
  picked: PickedJob,
  need: NeedJob,
  { node, key, known }: { readonly node: unknown; readonly key: number; readonly known: Iterable<string> },
  session: Session,
): void {
  const message = `job "${picked.instance.name}" needs "${need.job}", which is not in this pipeline`;
  const hint = didYouMean(need.job, known).hint ?? 'if its rules may leave it out, say optional: true';
  session.problems.add({ code: 'absent-need', message, path: `jobs.${picked.job.name}.needs`, hint }, { node, key });
}
