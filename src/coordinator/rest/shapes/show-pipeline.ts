import type { PipelineCancel } from '../../../lifecycle/index.ts';
import type { PipelineRecord, PipelineSums, ProjectView, UserView } from '../../../store/index.ts';
import type { StoredFacts } from '../../pipelines/create/stored-facts.ts';
import type { BasicPipeline, FullPipeline } from '../schemas/pipeline.ts';
import { detailedStatus } from './detailed-status.ts';
import { instant, instantOrNull, showUser, webUrl } from './show-common.ts';

export interface PipelineSurroundings {
  readonly project: ProjectView;
  readonly base: string;
}

export function showBasicPipeline(pipeline: PipelineRecord, { project, base }: PipelineSurroundings): BasicPipeline {
  const { id, iid, sha, ref, status, source, name } = pipeline;
  return {
    id,
    iid,
    project_id: pipeline.projectId,
    sha,
    ref,
    status,
    source,
    created_at: instant(pipeline.createdAt),
    updated_at: instant(pipeline.updatedAt),
    web_url: webUrl(base, project.fullPath, `pipelines/${id}`),
    name,
  };
}

/** @param now for how long it has been running so far. */
export function showPipeline(
  pipeline: PipelineRecord,
  around: PipelineSurroundings & {
    readonly user: UserView | undefined;
    readonly sums: PipelineSums;
    /** Those of the pipelines below it counted. */
    readonly cleanups: FullPipeline['cleanups'];
    readonly now: number;
  },
): FullPipeline {
  const { sums, user, base, project, now, cleanups } = around;
  const { cancelRequest, startedAt, createdAt, problems } = pipeline;
  return {
    ...showBasicPipeline(pipeline, around),
    before_sha: pipeline.beforeSha,
    tag: pipeline.isTag,
    yaml_errors: problems.length === 0 ? null : problems.join('\n'),
    user: showUser(user, base),
    started_at: instantOrNull(startedAt),
    finished_at: instantOrNull(pipeline.finishedAt),
    committed_at: (pipeline.facts as StoredFacts).commit.committedAt,
    duration: sums.spans.length === 0 ? null : Math.round(busyMs(sums.spans, now) / 1000),
    queued_duration: startedAt === null ? null : Math.round((startedAt - createdAt) / 1000),
    coverage: meanOf(sums.coverages),
    detailed_status: detailedStatus(pipeline.status, `/${project.fullPath}/-/pipelines/${pipeline.id}`),
    archived: false,
    protected: pipeline.isProtected,
    version: pipeline.version,
    teardown: cancelRequest === null ? null : teardownOf(cancelRequest),
    cleanups,
    title: (pipeline.facts as StoredFacts).commit.title,
    parent:
      pipeline.parentPipelineId === null
        ? null
        : { pipeline_id: pipeline.parentPipelineId, job_id: pipeline.parentJobId },
  };
}

export function teardownOf({ cause, by, at, forced }: PipelineCancel): FullPipeline['teardown'] {
  return {
    cause,
    requested_by: by,
    requested_at: instant(at),
    forced_by: forced?.by ?? null,
    forced_at: instantOrNull(forced?.at ?? null),
  };
}

/** Time in which at least one job ran, as GitLab counts it: waiting for a person or a runner is not part of it. */
function busyMs(spans: PipelineSums['spans'], now: number): number {
  let sum = 0;
  let until = 0;
  for (const { from, to } of [...spans].sort((one, other) => one.from - other.from)) {
    const end = to ?? now;
    sum += Math.max(0, end - Math.max(from, until));
    until = Math.max(until, end);
  }
  return sum;
}

function meanOf(values: readonly number[]): string | null {
  if (values.length === 0) return null;
  return (values.reduce((sum, value) => sum + value, 0) / values.length).toFixed(2);
}
