import { createHash } from 'node:crypto';
import type { JobSpec } from '../executor.ts';

export type ThingType = 'build' | 'service' | 'network' | 'volume' | 'cache';

/** What the labels of a job's containers, networks and volumes are read by. */
export const LABELS = {
  /** `true` on all that is ours. */
  managed: 'io.epilogue.managed',
  /** The job's `stepsDir`, on its runner's machine: by it leftovers are matched with journals. Ours alone; a job has no say in it. */
  home: 'io.epilogue.home',
  type: 'io.epilogue.type',
  coordinator: 'io.epilogue.coordinator',
  project: 'io.epilogue.project',
  pipeline: 'io.epilogue.pipeline',
  job: 'io.epilogue.job',
  runner: 'io.epilogue.runner',
} as const;

/** For people: a job can set its own variables, so nothing trusts them. */
const FROM_VARIABLES: readonly (readonly [label: string, ...variables: string[]])[] = [
  [LABELS.coordinator, 'CI_SERVER_URL'],
  [LABELS.project, 'CI_PROJECT_PATH', 'CI_PROJECT_ID'],
  [LABELS.pipeline, 'CI_PIPELINE_ID'],
  [LABELS.job, 'CI_JOB_ID'],
  [LABELS.runner, 'CI_RUNNER_ID'],
];

/** Labels of one thing that is made for a job. */
export function labelsOf(
  { stepsDir, variables }: Pick<JobSpec, 'stepsDir' | 'variables'>,
  type: ThingType,
): Readonly<Record<string, string>> {
  const labels: Record<string, string> = { [LABELS.managed]: 'true', [LABELS.home]: stepsDir, [LABELS.type]: type };
  for (const [label, ...names] of FROM_VARIABLES) {
    const value = names.map((name) => variables[name]).find((text) => text);
    if (value !== undefined) labels[label] = value;
  }
  return labels;
}

const NAME_DIGITS = 16;

/** Of a job's container and network; another process that knows the cookie finds them by it. The cookie itself is not told: it is a secret. */
export function nameOf(cookie: string): string {
  return `epilogue-${createHash('sha256').update(cookie).digest('hex').slice(0, NAME_DIGITS)}`;
}
