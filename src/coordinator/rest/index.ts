/*
 * GitLab's REST v4 for pipelines, jobs and what belongs to them, in its names and status codes, with phase, teardown and cleanup added.
 *
 * schemas/  what answers are; the checks of our tests and the OpenAPI document come from these
 * shapes/   from records to answers
 * and one folder a resource.
 */
export { ownJob, ownPipeline } from './find-own.ts';
export { loadJob } from './jobs/load-job.ts';
export { ONE_JOB } from './jobs/read-jobs.ts';
export { storePage } from './listing.ts';
export { loadObligationNews } from './obligations/sum-up.ts';
export { showFullPipeline } from './pipelines/load-pipeline.ts';
export { loadRows } from './pipelines/load-rows.ts';
export { PIPELINE_QUERY, type PipelineQuery, pipelineFilter } from './pipelines/pipeline-filter.ts';
export { ONE_PIPELINE } from './pipelines/read-pipelines.ts';
export { restRoutes } from './rest-routes.ts';
export { showBrief } from './shapes/show-brief.ts';
export { showLog } from './shapes/show-log.ts';
