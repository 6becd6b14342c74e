import { findJob, type PipelineJob } from '../../../lifecycle/index.ts';
import type { Plan, PlannedJob, Variable } from '../../../protocol/index.ts';
import {
  type ArtifactRecord,
  countOnInstanceRunners,
  type Db,
  findJob as findJobRecord,
  findJobVariables,
  findNamespaceByPath,
  findPipeline,
  findPipelineVariables,
  findProjectForPipelines,
  findUserForPipelines,
  hasExpired,
  type JobReport,
  listArtifacts,
  listJobReports,
  listVariablesForPipelines,
  type PipelineRecord,
  type ProjectForPipelines,
  type StoredVariable,
  type UserForPipelines,
} from '../../../store/index.ts';
import { loadPipeline, loadPlan } from '../../pipelines/transaction/load-pipeline.ts';
import type { LoadedPipeline, PipelineCache } from '../../pipelines/transaction/pipeline-cache.ts';

/** Everything that a payload is made of, as it was at one moment. */
export interface Gathered {
  readonly database: string;
  readonly pipeline: PipelineRecord;
  readonly project: ProjectForPipelines;
  readonly jobId: number;
  readonly planned: PlannedJob;
  /** What the CI file gives every job that does not turn it away. */
  readonly variablesOfAll: readonly Variable[];
  readonly job: PipelineJob;
  readonly user: UserForPipelines | null;
  readonly configured: readonly StoredVariable[];
  readonly given: readonly Variable[];
  readonly dependencies: readonly Dependency[];
  readonly rootNamespaceId: number;
  readonly runningOnInstanceRunners: number;
}

export interface Dependency {
  readonly id: number;
  readonly name: string;
  /** What it made was erased, or its archive has expired. */
  readonly isGone: boolean;
  readonly archive: ArtifactRecord | null;
  readonly dotenv: JobReport | null;
}

/** Null: the job, its pipeline or its project is gone. */
export async function gather(db: Db, jobId: number, cache: PipelineCache): Promise<Gathered | null> {
  const record = await findJobRecord(db, jobId);
  const pipeline = record === null ? null : await findPipeline(db, record.pipelineId);
  const project = pipeline === null ? null : await findProjectForPipelines(db, pipeline.projectId);
  if (record === null || pipeline === null || project === null) return null;
  const plan = await loadPlan(db, pipeline.planHash, cache);
  const loaded = await loadPipeline(db, pipeline, cache);
  const planned = plan.jobs[record.position];
  const job = findJob(loaded.state, record.number);
  if (planned === undefined || job === undefined) return null;
  const given = (await findPipelineVariables(db, pipeline.id)) as readonly Variable[] | null;
  const own = (await findJobVariables(db, jobId)) as readonly Variable[] | null;
  return {
    database: db.identity,
    pipeline,
    project,
    jobId,
    planned,
    variablesOfAll: plan.variables,
    job,
    user: record.userId === null ? null : await findUserForPipelines(db, record.userId),
    configured: await listVariablesForPipelines(db, project.id),
    given: [...(given ?? []), ...(own ?? [])],
    dependencies: await dependenciesOf(db, planned, plan, loaded),
    rootNamespaceId: await rootOf(db, project),
    runningOnInstanceRunners: await countOnInstanceRunners(db, project.id, MOST_COUNTED),
  };
}

/** Runners are told of so many and no more. */
const MOST_COUNTED = 5;

/** Most projects lie in a namespace that is in no other. */
async function rootOf(db: Db, { namespaceId, fullPath }: ProjectForPipelines): Promise<number> {
  const parts = fullPath.split('/');
  if (parts.length <= 2) return namespaceId;
  return (await findNamespaceByPath(db, parts[0] ?? ''))?.id ?? namespaceId;
}

async function dependenciesOf(
  db: Db,
  { dependencies }: PlannedJob,
  plan: Plan,
  loaded: LoadedPipeline,
): Promise<readonly Dependency[]> {
  if (dependencies.length === 0) return [];
  const positions = positionsOf(plan);
  const jobs = dependencies.flatMap((name) => {
    const position = positions.get(name);
    const id = position === undefined ? undefined : loaded.jobIds[currentNumber(loaded, position)];
    return id === undefined ? [] : [{ id, name }];
  });
  const ids = jobs.map(({ id }) => id);
  const archives = (await listArtifacts(db, ids)).filter(({ type }) => type === 'archive');
  const reports = await listJobReports(db, ids, 'dotenv');
  const found: Dependency[] = [];
  for (const { id, name } of jobs) {
    const record = await findJobRecord(db, id);
    const archive = archives.find(({ jobId }) => jobId === id) ?? null;
    const isExpired = archive === null ? record?.archiveExpiredAt != null : await hasExpired(db, archive);
    found.push({
      id,
      name,
      isGone: record?.erasedAt != null || isExpired,
      archive,
      dotenv: reports.find(({ jobId }) => jobId === id) ?? null,
    });
  }
  return found;
}

const positions = new WeakMap<Plan, ReadonlyMap<string, number>>();

function positionsOf(plan: Plan): ReadonlyMap<string, number> {
  const known = positions.get(plan);
  if (known !== undefined) return known;
  const fresh = new Map(plan.jobs.map(({ name }, position) => [name, position]));
  positions.set(plan, fresh);
  return fresh;
}

/** The first job of a position has its number; every retry names the next. */
function currentNumber({ state }: LoadedPipeline, position: number): number {
  let number = position;
  for (let next = findJob(state, number)?.retriedAs; next != null; next = findJob(state, number)?.retriedAs) {
    number = next;
  }
  return number;
}
