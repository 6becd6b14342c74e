import { type Db, findJob, findPipeline, type JobRecord, type PipelineRecord } from '../../store/index.ts';
import { notFound } from '../http/index.ts';

/** A pipeline of this project. @throws HttpError 404, also for one of another project. */
export async function ownPipeline(db: Db, projectId: number, id: number): Promise<PipelineRecord> {
  const pipeline = await findPipeline(db, id);
  if (pipeline === null || pipeline.projectId !== projectId) throw notFound('Pipeline');
  return pipeline;
}

/** A job of this project. @throws HttpError 404, also for one of another project. */
export async function ownJob(db: Db, projectId: number, id: number): Promise<JobRecord> {
  const job = await findJob(db, id);
  if (job === null || job.projectId !== projectId) throw notFound('Job');
  return job;
}
