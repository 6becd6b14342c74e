import { ANY_JOB, findPipeline, type JobRecord, listJobs } from '../../store/index.ts';
import type { Parts } from '../parts.ts';
import { createPipeline, type PipelineAnswer, type PipelineRequest } from '../pipelines/index.ts';
import type { TestProject } from './make-project.ts';

/** Asks for a pipeline of the project's first commit on `main`, as a push would. */
export function askForPipeline(
  parts: Parts,
  { id, sha }: TestProject,
  changes: Partial<PipelineRequest> = {},
): Promise<PipelineAnswer> {
  return createPipeline(parts, {
    projectId: id,
    ref: 'main',
    refType: 'branch',
    sha,
    beforeSha: null,
    source: 'push',
    userId: null,
    variables: [],
    inputs: {},
    ...changes,
  });
}

/** As `askForPipeline`, and it has to be made. Its id. */
export async function startPipeline(
  parts: Parts,
  project: TestProject,
  changes: Partial<PipelineRequest> = {},
): Promise<number> {
  const answer = await askForPipeline(parts, project, changes);
  if (answer.kind !== 'created') throw new Error(`no pipeline: ${JSON.stringify(answer)}`);
  return answer.id;
}

/** Every job of a pipeline, retried ones included, by id. */
export async function jobsOf({ store }: Pick<Parts, 'store'>, pipelineId: number): Promise<readonly JobRecord[]> {
  const page = { limit: 10_000, offset: 0, after: null, order: 'asc' } as const;
  return await store.read((db) => listJobs(db, { ...ANY_JOB, pipelineId, withRetried: true }, page));
}

/** Names with statuses, of jobs that no other replaced. */
export async function statusesOf(
  parts: Pick<Parts, 'store'>,
  pipelineId: number,
): Promise<Readonly<Record<string, string>>> {
  const jobs = await jobsOf(parts, pipelineId);
  return Object.fromEntries(jobs.filter((job) => !job.isRetried).map(({ name, state }) => [name, state.status]));
}

export async function statusOf({ store }: Pick<Parts, 'store'>, pipelineId: number): Promise<string | null> {
  return (await store.read((db) => findPipeline(db, pipelineId)))?.status ?? null;
}
