import type { Need } from '../../protocol/index.ts';
import { keyword } from '../config/job.ts';
import type { PickedJob } from './pick-jobs.ts';
import { type JobIndex, jobsNamed } from './resolve-needs.ts';

export type ResolveDependencies = (picked: PickedJob, needs: readonly Need[] | null) => readonly string[];

const NONE: readonly string[] = [];

/**
 * Whose artifacts a job gets: in needs mode those of its needs, else those of all earlier stages, and of these only the ones that
 * `dependencies` names. Only jobs that make artifacts are listed. The lists of earlier stages are shared: with one list for each job,
 * thousands of jobs would take quadratic space.
 */
export function dependencyResolver(
  picked: readonly PickedJob[],
  index: JobIndex,
  stages: readonly string[],
): ResolveDependencies {
  const earlier = earlierProducers(picked, stages);
  return ({ job }, needs) => {
    const { dependencies } = job.config;
    if (!dependencies) return needs === null ? (earlier.get(job.stage) ?? NONE) : producersAmong(needs, null, index);
    const named = dependencies.flatMap((name) => jobsNamed(name, index));
    if (needs === null) return named.filter(makesArtifacts).map((target) => target.instance.name);
    return producersAmong(needs, new Set(named.map((target) => target.instance.name)), index);
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
  return names.length === 0 ? NONE : names;
}

function makesArtifacts({ job }: PickedJob): boolean {
  const artifacts = keyword(job, 'artifacts');
  return artifacts !== undefined && artifacts !== null;
}

function earlierProducers(
  picked: readonly PickedJob[],
  stages: readonly string[],
): ReadonlyMap<string, readonly string[]> {
  const ofStage = new Map<string, string[]>();
  for (const one of picked) {
    if (!makesArtifacts(one)) continue;
    const names = ofStage.get(one.job.stage);
    if (names === undefined) ofStage.set(one.job.stage, [one.instance.name]);
    else names.push(one.instance.name);
  }
  const earlier = new Map<string, readonly string[]>();
  let before: readonly string[] = NONE;
  for (const stage of stages) {
    earlier.set(stage, before);
    before = [...before, ...(ofStage.get(stage) ?? NONE)];
  }
  return earlier;
}
