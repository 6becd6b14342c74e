import type { Need } from '../../protocol/index.ts';
import { LIMITS } from '../limits.ts';
import type { Session } from '../session.ts';
import type { NeedItem, NeedJob, RuleNeeds } from '../shape/needs.ts';
import { didYouMean } from '../suggest.ts';
import { expandMatrix, matrixName } from './expand-parallel.ts';
import type { PickedJob } from './pick-jobs.ts';

/** Jobs of the pipeline by their own name and by the name they share with their parallel copies. */
export interface JobIndex {
  readonly byName: ReadonlyMap<string, PickedJob>;
  readonly byGroup: ReadonlyMap<string, readonly PickedJob[]>;
}

export function indexJobs(picked: readonly PickedJob[]): JobIndex {
  const byName = new Map<string, PickedJob>();
  const byGroup = new Map<string, PickedJob[]>();
  for (const job of picked) {
    byName.set(job.name, job);
    const group = byGroup.get(job.job.name);
    if (group === undefined) byGroup.set(job.job.name, [job]);
    else group.push(job);
  }
  return { byName, byGroup };
}

/** The jobs that a name stands for: all copies of a parallel job, or one of them by its full name. */
export function jobsNamed(name: string, index: JobIndex): readonly PickedJob[] {
  const group = index.byGroup.get(name);
  if (group !== undefined) return group;
  const one = index.byName.get(name);
  return one === undefined ? [] : [one];
}

/**
 * The needs of one job with names resolved among the jobs that are in the pipeline; null: stage mode. A need that is not there is an
 * error unless it is optional.
 */
export function resolveNeeds(picked: PickedJob, index: JobIndex, session: Session): readonly Need[] | null {
  const { config } = picked.job;
  const written = picked.decision.rule?.config.needs ?? (Array.isArray(config.needs) ? config.needs : null);
  if (written === null || written === undefined) return null;
  const needs: Need[] = [];
  for (const [position, item] of (written as NeedItem[] | RuleNeeds).entries()) {
    const need: NeedJob | null = typeof item === 'string' ? { job: item } : isOwnPipeline(item) ? item : null;
    if (need === null) continue;
    const targets = targetsOf(need, index);
    for (const target of targets) needs.push({ job: target.name, artifacts: need.artifacts ?? true });
    if (targets.length === 0 && need.optional !== true)
      reportAbsent(picked, need, index, { written, position }, session);
  }
  if (needs.length > LIMITS.needs) {
    const message = `job "${picked.name}": needs ${needs.length} jobs, and at most ${LIMITS.needs} are allowed`;
    session.problems.add(
      { code: 'too-many-needs', message, path: `jobs.${picked.job.name}.needs` },
      { node: config, key: 'needs' },
    );
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
  index: JobIndex,
  { written, position }: { readonly written: unknown; readonly position: number },
  session: Session,
): void {
  const message = `job "${picked.name}" needs "${need.job}", which is not in this pipeline`;
  const hint = didYouMean(need.job, index.byGroup.keys()).hint ?? 'if its rules may leave it out, say optional: true';
  const finding = { code: 'absent-need', message, path: `jobs.${picked.job.name}.needs`, hint };
  session.problems.add(finding, { node: written, key: position });
}
