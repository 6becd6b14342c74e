import {
  countCleanups,
  countStages,
  type Db,
  findUsualDuration,
  listTeardowns,
  listUserViews,
  type PipelineLine,
  type PipelineRecord,
  type ProjectView,
  type StageCount,
  type TeardownView,
} from '../../../store/index.ts';
import type { StoredFacts } from '../../pipelines/create/stored-facts.ts';
import type { PipelineRow } from '../schemas/pipeline-row.ts';
import { distinct, findProjectView } from '../shapes/gather-jobs.ts';
import { instant, instantOrNull, showUser } from '../shapes/show-common.ts';
import { showBasicPipeline, teardownOf } from '../shapes/show-pipeline.ts';

/** A pipeline with those below it. */
export interface PipelineWithLine {
  readonly pipeline: PipelineRecord;
  readonly line: PipelineLine;
}

/** Pipelines of one project as lines of a list: as many statements whatever their number, and two more a ref. */
export async function loadRows(
  db: Db,
  pipelines: readonly PipelineWithLine[],
  { projectId, base }: { readonly projectId: number; readonly base: string },
): Promise<readonly PipelineRow[]> {
  if (pipelines.length === 0) return [];
  const project = await findProjectView(db, projectId);
  const users = await listUserViews(db, distinct(pipelines.map(({ pipeline }) => pipeline.userId)));
  const stages = await countStages(
    db,
    pipelines.map(({ pipeline }) => pipeline.id),
  );
  const lineIds = pipelines.flatMap(({ line }) => line.ids);
  const teardowns = await listTeardowns(db, lineIds);
  const cleanups = await countCleanups(db, lineIds);
  const usual = new Map<string, number | null>();
  for (const ref of new Set(pipelines.map(({ pipeline }) => pipeline.ref))) {
    usual.set(ref, await findUsualDuration(db, projectId, ref));
  }
  return pipelines.map(({ pipeline, line }) => {
    const below = new Set(line.ids);
    return showRow(pipeline, {
      project,
      base,
      user: showUser(users.get(pipeline.userId ?? 0), base),
      stages: stages.filter(({ pipelineId }) => pipelineId === pipeline.id),
      teardowns: teardowns.filter(({ pipelineId }) => below.has(pipelineId)),
      cleanups: cleanups.filter(({ pipelineId }) => below.has(pipelineId)),
      usualMs: usual.get(pipeline.ref) ?? null,
    });
  });
}

interface Around {
  readonly project: ProjectView;
  readonly base: string;
  readonly user: PipelineRow['user'];
  readonly stages: readonly StageCount[];
  readonly teardowns: readonly TeardownView[];
  readonly cleanups: readonly { readonly outcome: string; readonly count: number }[];
  readonly usualMs: number | null;
}

function showRow(pipeline: PipelineRecord, around: Around): PipelineRow {
  const { problems, cancelRequest, version, isTag, startedAt, finishedAt } = pipeline;
  return {
    ...showBasicPipeline(pipeline, around),
    version,
    title: (pipeline.facts as StoredFacts).commit.title,
    tag: isTag,
    yaml_errors: problems.length === 0 ? null : problems.join('\n'),
    user: around.user,
    started_at: instantOrNull(startedAt),
    finished_at: instantOrNull(finishedAt),
    stages: stagesOf(around.stages),
    teardown: cancelRequest === null ? null : teardownOf(cancelRequest),
    cleaning_up: cleaningUp(around.teardowns),
    cleanups: cleanupsOf(around.cleanups),
    expected_duration: around.usualMs === null ? null : around.usualMs / 1000,
  };
}

function stagesOf(counts: readonly StageCount[]): PipelineRow['stages'] {
  const stages = new Map<string, PipelineRow['stages'][number]>();
  for (const { stage, status, isAllowedToFail, count } of counts) {
    const there = stages.get(stage) ?? { name: stage, jobs: [] };
    there.jobs.push({ status, allow_failure: isAllowedToFail, count });
    stages.set(stage, there);
  }
  return [...stages.values()];
}

function cleaningUp(teardowns: readonly TeardownView[]): PipelineRow['cleaning_up'] {
  if (teardowns.length === 0) return null;
  const deadlines = teardowns.flatMap(({ deadline }) => deadline ?? []);
  return { jobs: teardowns.length, deadline: deadlines.length === 0 ? null : instant(Math.max(...deadlines)) };
}

export function cleanupsOf(counts: Around['cleanups']): PipelineRow['cleanups'] {
  const sums = { open: 0, failed: 0, timed_out: 0, skipped: 0, lost: 0 };
  for (const { outcome, count } of counts) if (outcome in sums) sums[outcome as keyof typeof sums] += count;
  return sums;
}
