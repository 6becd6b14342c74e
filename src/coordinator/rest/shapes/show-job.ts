import type { ArtifactRecord, JobRecord, PipelineRecord } from '../../../store/index.ts';
import { whyStuck } from '../../runners/runner-at-work.ts';
import type { Bridge, FullJob } from '../schemas/job.ts';
import type { JobSurroundings } from './gather-jobs.ts';
import { showCleanup, showTeardown } from './show-cleanup.ts';
import {
  failureOf,
  instant,
  instantOrNull,
  scheduledAt,
  secondsBetween,
  showCommit,
  showUser,
  webUrl,
} from './show-common.ts';
import { showBasicPipeline } from './show-pipeline.ts';
import { showManager, showRunner } from './show-runner.ts';

type Base = Omit<Bridge, 'downstream_pipeline'>;

/** A script job. */
export function showJob(job: JobRecord, around: JobSurroundings): FullJob {
  const artifacts = around.artifacts.get(job.id) ?? [];
  const archive = artifacts.find(({ type }) => type === 'archive');
  const manager = job.managerId === null ? undefined : around.managers.get(job.managerId);
  const runner = job.runnerId === null ? undefined : around.runners.get(job.runnerId);
  return {
    ...showBase(job, around),
    ...(archive === undefined ? {} : { artifacts_file: { filename: archive.filename, size: archive.sizeBytes } }),
    artifacts: artifacts.map(showArtifact),
    runner: runner === undefined ? null : showRunner(runner, manager, around.now),
    runner_manager: manager === undefined ? null : showManager(manager, around.now),
    artifacts_expire_at: instantOrNull(archive === undefined ? job.archiveExpiredAt : archive.expiresAt),
    archived: false,
    tag_list: [...job.tags],
    attempt: job.state.attempt,
    stuck: stuckOf(job, around.pipelines.get(job.pipelineId), around),
  };
}

/** Why a job that waits for a runner will wait on. */
export function stuckOf(
  { id, kind, state, tags }: JobRecord,
  pipeline: PipelineRecord | undefined,
  { online, graceful }: Pick<JobSurroundings, 'online' | 'graceful'>,
): FullJob['stuck'] {
  if (kind !== 'script' || state.status !== 'pending') return null;
  return whyStuck({ tags, isProtected: pipeline?.isProtected ?? false, isGraceful: graceful.has(id) }, online);
}

/** A trigger job. */
export function showBridge(job: JobRecord, around: JobSurroundings, child: PipelineRecord | undefined): Bridge {
  return {
    ...showBase(job, around),
    downstream_pipeline: child === undefined ? null : showBasicPipeline(child, around),
  };
}

function showBase(job: JobRecord, around: JobSurroundings): Base {
  const { project, base, now } = around;
  const { state } = job;
  const pipeline = around.pipelines.get(job.pipelineId);
  if (pipeline === undefined) throw new Error(`bug: job ${job.id} has no pipeline`);
  return {
    id: job.id,
    status: state.status,
    stage: job.stage,
    name: job.name,
    ref: pipeline.ref,
    tag: pipeline.isTag,
    coverage: job.coverage === null ? null : Number(job.coverage),
    allow_failure: job.allowFailure,
    created_at: instant(job.createdAt),
    started_at: instantOrNull(state.startedAt),
    scheduled_at: scheduledAt(state),
    finished_at: instantOrNull(state.finishedAt),
    erased_at: instantOrNull(job.erasedAt),
    duration: secondsBetween(state.startedAt, state.finishedAt ?? now),
    queued_duration: secondsBetween(state.queuedAt, state.startedAt ?? state.finishedAt ?? now),
    user: showUser(around.users.get(job.userId ?? 0), base),
    commit: showCommit(pipeline, project.fullPath, base),
    pipeline: showBasicPipeline(pipeline, around),
    ...(state.status === 'failed' ? { failure_reason: failureOf(state) } : {}),
    web_url: webUrl(base, project.fullPath, `jobs/${job.id}`),
    project: { ci_job_token_scope_enabled: false },
    phase: state.phase,
    teardown: showTeardown(job, now),
    budgets: showBudgets(job),
    cleanup: showCleanup(job),
  };
}

/** What its runner was given. */
function showBudgets({ state: { budgets } }: JobRecord): Base['budgets'] {
  if (budgets === null) return null;
  const { jobMs, scriptMs, graceMs, cleanupMs, saveMs } = budgets;
  return {
    job: jobMs / 1000,
    script: scriptMs === null ? null : scriptMs / 1000,
    stop: graceMs / 1000,
    cleanup: cleanupMs / 1000,
    save: saveMs / 1000,
  };
}

function showArtifact({ type, sizeBytes, filename, format }: ArtifactRecord): FullJob['artifacts'][number] {
  return { file_type: type, size: sizeBytes, filename, file_format: format };
}
