import { call } from '../../api/call.ts';
import { isRefusal } from '../../api/problem.ts';
import { type Answered, useAnswer } from '../../api/use-answer.ts';
import { usePaced } from '../../state/paced.ts';
import { useWatch } from '../../state/stream.ts';
import { type BriefJob, type Graph, isOver, type Pipeline } from './pipeline-job.ts';

export interface PipelineState {
  /** What was asked once: rights, and what is planned. */
  readonly asked: Answered<Pipeline>;
  readonly graph: Answered<Graph>;
  /** As the stream has told it last. */
  readonly told: Pipeline | null;
  /** The newest of each position. */
  readonly jobs: ReadonlyMap<number, BriefJob>;
}

interface Told {
  readonly pipeline: Pipeline | null;
  readonly jobs: ReadonlyMap<number, BriefJob>;
}

/** A pipeline and its jobs, live. Only the stream says what they are. */
export function usePipeline(project: string, id: number): PipelineState {
  const params = { id: project, pipeline_id: id };
  const asked = useAnswer('GET /api/v4/projects/:id/pipelines/:pipeline_id', { params });
  const graph = useAnswer('GET /api/v4/projects/:id/pipelines/:pipeline_id/graph', { params });
  const [told, change] = usePaced<Told>({ pipeline: null, jobs: new Map() });
  useWatch(
    `pipeline:${id}`,
    (event, data) => {
      if (event === 'pipeline') change((before) => ({ ...before, pipeline: data }));
      if (event === 'jobs') change((before) => ({ ...before, jobs: withJobs(before.jobs, data) }));
    },
    async () => {
      const now = await call('GET /api/v4/projects/:id/pipelines/:pipeline_id', { params });
      if (!now.ok) return !isRefusal(now.problem);
      change((before) => ({ ...before, pipeline: now.value }));
      return !isOver(now.value.status);
    },
  );
  return { asked, graph, told: told.pipeline, jobs: told.jobs };
}

/** Whether its manual jobs may be started here. */
export function mayPlay({ result }: PipelineState['asked']): boolean {
  return result?.ok === true && result.value.may?.includes('play') === true;
}

/** A retry takes the place of what it retries. */
function withJobs(before: ReadonlyMap<number, BriefJob>, said: readonly BriefJob[]): ReadonlyMap<number, BriefJob> {
  const jobs = new Map(before);
  for (const job of said) {
    const there = jobs.get(job.position);
    if (there === undefined || there.id <= job.id) jobs.set(job.position, job);
  }
  return jobs;
}
