import { createHash } from 'node:crypto';
import type { JobSpec } from '../executor.ts';

export type ThingType = 'build' | 'service' | 'network' | 'volume' | 'cache';

/** What the labels of a job's containers, networks and volumes are read by. */
export const LABELS = {
  /** `true` on all that is ours. */
  managed: 'io.epilogue.managed',
  /** The job's `stepsDir`, on its runner's machine: by it leftovers are matched with journals. Ours alone; a job has no say in it. */
  home: 'io.epilogue.home',
  /** The name of the directory that its runner works in: another machine may have one of the same path, and use the same engine. */
  owner: 'io.epilogue.owner',
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

export type Labels = Readonly<Record<string, string>>;

/** By what the things of one job are told from those of all others. */
export interface JobMark {
  /** The job's `stepsDir`. */
  readonly home: string;
  /** null: its runner's directory has no name. */
  readonly owner: string | null;
}

/** Labels of one thing that is made for a job. @param owner the name of its runner's directory; null: it has none */
export function labelsOf(
  { stepsDir, variables }: Pick<JobSpec, 'stepsDir' | 'variables'>,
  type: ThingType,
  owner: string | null,
): Labels {
  const labels: Record<string, string> = { [LABELS.managed]: 'true', [LABELS.home]: stepsDir, [LABELS.type]: type };
  if (owner !== null) labels[LABELS.owner] = owner;
  for (const [label, ...names] of FROM_VARIABLES) {
    const value = names.map((name) => variables[name]).find((text) => text);
    if (value !== undefined) labels[label] = value;
  }
  return labels;
}

export function markOf(labels: Labels): JobMark {
  return { home: labels[LABELS.home] ?? '', owner: labels[LABELS.owner] ?? null };
}

/** Whether a thing is that job's. What was made before directories had names is told by its home alone. */
export function hasMark(labels: Labels | null | undefined, { home, owner }: JobMark): boolean {
  const found = markOf(labels ?? {});
  return found.home === home && (owner === null || found.owner === null || found.owner === owner);
}

const NAME_DIGITS = 16;

/** Of a job's container and network; another process that knows the cookie finds them by it. The cookie itself is not told: it is a secret. */
export function nameOf(cookie: string): string {
  return `epilogue-${createHash('sha256').update(cookie).digest('hex').slice(0, NAME_DIGITS)}`;
}
