import {
  findPipeline,
  type JobRecord,
  listChildrenOf,
  listJobsTouchedSince,
  type PipelineRecord,
} from '../../store/index.ts';
import type { Parts } from '../parts.ts';
import { showBrief, showFullPipeline } from '../rest/index.ts';
import type { PipelineEvent } from '../rest/schemas/events.ts';
import type { FullPipeline } from '../rest/schemas/pipeline.ts';
import type { Sink } from './event-stream.ts';
import type { Teller, Telling } from './serve-stream.ts';

const JOBS_AN_EVENT = 100;

/**
 * Tells a pipeline, as REST shows it, and its jobs in short: all of them first, then those that changed. One that has ended may go on (a retry, a job
 * that is played): it is watched until the watcher leaves.
 */
export function tellPipeline({ parts, share }: Telling, pipelineId: number): Teller<PipelineEvent> {
  let told: PipelineRecord | null = null;
  return async (stream) => {
    const before = told;
    const key = before === null ? '' : keyOf(before);
    const found = await share(`pipeline ${pipelineId} ${key}`, () => readNews(parts, pipelineId, before));
    if (found === null) {
      await stream.send({ event: 'end', data: { status: null } });
      return 'over';
    }
    if (found.news === null) return found.restMs;
    const { jobs, shown, ...around } = found.news;
    if (!(await stream.send({ event: 'pipeline', id: found.pipeline.version, data: shown }))) return 'over';
    if (!(await sendJobs(stream, jobs, around))) return 'over';
    told = found.pipeline;
    return found.restMs;
  };
}

/** A pipeline of 5,000 jobs that changes all the time would be read all the time: a watcher takes up a tenth of it. */
const REST_FACTOR = 9;
const LONGEST_REST_MS = 1_000;

/** How long a watcher rests after a read that took so long. */
export function restAfter(tookMs: number): number {
  return Math.min(LONGEST_REST_MS, REST_FACTOR * tookMs);
}

interface Around {
  /** The pipelines that its trigger jobs have started, by the id of the job. */
  readonly children: ReadonlyMap<number, PipelineRecord>;
  readonly now: number;
}

interface Found {
  readonly restMs: number;
  readonly pipeline: PipelineRecord;
  /** Null: it is as it was. */
  readonly news: (Around & { readonly jobs: readonly JobRecord[]; readonly shown: FullPipeline }) | null;
}

/** Null: there is no such pipeline any more. */
async function readNews(
  { store, clock, base }: Parts,
  id: number,
  before: PipelineRecord | null,
): Promise<Found | null> {
  const began = clock.monotonic();
  const found = await store.read(async (db) => {
    const pipeline = await findPipeline(db, id);
    if (pipeline === null) return null;
    if (before !== null && keyOf(before) === keyOf(pipeline)) return { pipeline, news: null };
    // From the same instant on: two changes may share one, and a job that is told twice does no harm.
    const jobs = await listJobsTouchedSince(db, id, before?.updatedAt ?? 0);
    const children = jobs.some(({ kind }) => kind === 'trigger') ? await listChildrenOf(db, [id]) : new Map();
    return { pipeline, news: { jobs, children, now: db.now(), shown: await showFullPipeline(db, pipeline, base) } };
  });
  return found === null ? null : { ...found, restMs: restAfter(clock.monotonic() - began) };
}

async function sendJobs(stream: Sink<PipelineEvent>, jobs: readonly JobRecord[], around: Around): Promise<boolean> {
  for (let at = 0; at < jobs.length; at += JOBS_AN_EVENT) {
    const data = jobs.slice(at, at + JOBS_AN_EVENT).map((job) => showBrief(job, around));
    if (!(await stream.send({ event: 'jobs', data }))) return false;
  }
  return true;
}

function keyOf({ version, name }: PipelineRecord): string {
  return `${version} ${name}`;
}
