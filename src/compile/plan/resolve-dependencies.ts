import type { Need } from '../../protocol/index.ts';
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
    if (dependencies?.length === 0) return NONE;
    if (needs === null && !dependencies) return earlier.get(job.stage) ?? NONE;
    const named = dependencies?.flatMap((name) => jobsNamed(name, index));
    if (needs === null) return named?.filter(makesArtifacts).map((target) => target.name) ?? NONE;
    const allowed = named && new Set(named.map((target) => target.name));
    return needs
      .filter((need) => need.artifacts && (!allowed || allowed.has(need.job)))
      .map((need) => need.job)
      .filter((name) => makesArtifacts(index.byName.get(name)));
  };
}

function makesArtifacts(picked: PickedJob | undefined): boolean {
  const artifacts = picked?.job.config.artifacts;
  return artifacts !== undefined && artifacts !== null;
}

function earlierProducers(
  picked: readonly PickedJob[],
  stages: readonly string[],
): ReadonlyMap<string, readonly string[]> {
  const ofStage = new Map<string, string[]>();
  for (const job of picked) {
    if (!makesArtifacts(job)) continue;
    const names = ofStage.get(job.job.stage);
    if (names === undefined) ofStage.set(job.job.stage, [job.name]);
    else names.push(job.name);
  }
  const earlier = new Map<string, readonly string[]>();
  let before: readonly string[] = NONE;
  for (const stage of stages) {
    earlier.set(stage, before);
    before = [...before, ...(ofStage.get(stage) ?? NONE)];
  }
  return earlier;
}
