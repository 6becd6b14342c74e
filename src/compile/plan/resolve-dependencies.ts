import type { Need } from '../../protocol/index.ts';
import { keyword } from '../config/job.ts';
import type { Draft } from './draft-jobs.ts';
import { type JobIndex, jobsNamed } from './resolve-needs.ts';

export type ResolveDependencies = (draft: Draft, needs: readonly Need[] | null) => readonly string[];

const NONE: readonly string[] = [];

/**
 * Whose artifacts a job gets: in needs mode those of its needs, else those of all earlier stages, and of these only the ones that
 * `dependencies` names. Only jobs that make artifacts are listed. The lists of earlier stages are shared: with one list for each job,
 * thousands of jobs would take quadratic space.
 */
export function dependencyResolver(
  drafts: readonly Draft[],
  index: JobIndex,
  stages: readonly string[],
): ResolveDependencies {
  const earlier = earlierProducers(drafts, stages);
  return ({ job }, needs) => {
    const { dependencies } = job.config;
    if (!dependencies) return needs === null ? (earlier.get(job.stage) ?? NONE) : producersAmong(needs, null, index);
    const named = dependencies.flatMap((name) => jobsNamed(name, index));
    if (needs === null) return named.filter(makesArtifacts).map((target) => target.planned.name);
    return producersAmong(needs, new Set(named.map((target) => target.planned.name)), index);
  };
}

function producersAmong(
  needs: readonly Need[],
  allowed: ReadonlySet<string> | null,
  index: JobIndex,
): readonly string[] {
  const names: string[] = [];
  for (const { job, artifacts } of needs) {
    if (!artifacts || (allowed !== null && !allowed.has(job))) continue;
    const target = index.byName.get(job);
    if (target !== undefined && makesArtifacts(target)) names.push(job);
  }
  return names.length === 0 ? NONE : names.slice();
}

function makesArtifacts({ job }: Draft): boolean {
  const artifacts = keyword(job, 'artifacts');
  return artifacts !== undefined && artifacts !== null;
}

function earlierProducers(drafts: readonly Draft[], stages: readonly string[]): ReadonlyMap<string, readonly string[]> {
  const ofStage = new Map<string, string[]>();
  for (const one of drafts) {
    if (!makesArtifacts(one)) continue;
    const names = ofStage.get(one.job.stage);
    if (names === undefined) ofStage.set(one.job.stage, [one.planned.name]);
    else names.push(one.planned.name);
  }
  const earlier = new Map<string, readonly string[]>();
  let before: readonly string[] = NONE;
  for (const stage of stages) {
    earlier.set(stage, before);
    before = [...before, ...(ofStage.get(stage) ?? NONE)];
  }
  return earlier;
}
