import {
  type ArtifactRecord,
  type Db,
  type JobRecord,
  listArtifacts,
  listManagersById,
  listPipelinesById,
  listProjectViews,
  listRunnersAtWork,
  listRunnersById,
  listUserViews,
  listWaitingForGraceful,
  type ManagerRecord,
  type PipelineRecord,
  type ProjectView,
  type RunnerAtWork,
  type RunnerRecord,
  type UserView,
} from '../../../store/index.ts';
import { notFound } from '../../http/index.ts';
import { ONLINE_MS } from '../../runners/runner-at-work.ts';

/** What answers about jobs of one project name beside the jobs, by id. */
export interface JobSurroundings {
  readonly project: ProjectView;
  readonly base: string;
  readonly now: number;
  readonly pipelines: ReadonlyMap<number, PipelineRecord>;
  readonly users: ReadonlyMap<number, UserView>;
  readonly artifacts: ReadonlyMap<number, readonly ArtifactRecord[]>;
  readonly runners: ReadonlyMap<number, RunnerRecord>;
  readonly managers: ReadonlyMap<number, ManagerRecord>;
  /** Runners that are online for the project; not read when no job waits for one. */
  readonly online: readonly RunnerAtWork[];
  /** Of the jobs that wait those that want a runner which cancels gracefully. */
  readonly graceful: ReadonlySet<number>;
}

/** Read in as many statements as there are tables, however many jobs. */
export async function gatherJobs(
  db: Db,
  jobs: readonly JobRecord[],
  { projectId, base }: { readonly projectId: number; readonly base: string },
): Promise<JobSurroundings> {
  const artifacts = await listArtifacts(
    db,
    jobs.filter(({ kind }) => kind === 'script').map(({ id }) => id),
  );
  const now = db.now();
  return {
    project: await findProjectView(db, projectId),
    base,
    now,
    pipelines: await listPipelinesById(db, distinct(jobs.map(({ pipelineId }) => pipelineId))),
    users: await listUserViews(db, distinct(jobs.map(({ userId }) => userId))),
    artifacts: Map.groupBy(artifacts, ({ jobId }) => jobId),
    runners: await listRunnersById(db, distinct(jobs.map(({ runnerId }) => runnerId))),
    ...(await gatherWaiting(db, jobs, projectId)),
    managers: await listManagersById(db, distinct(jobs.map(({ managerId }) => managerId))),
  };
}

/** What is known of who may take those that wait. */
export async function gatherWaiting(
  db: Db,
  jobs: readonly JobRecord[],
  projectId: number,
): Promise<Pick<JobSurroundings, 'online' | 'graceful'>> {
  const waiting = jobs.filter(({ kind, state }) => kind === 'script' && state.status === 'pending');
  if (waiting.length === 0) return { online: [], graceful: new Set() };
  return {
    online: await listRunnersAtWork(db, projectId, db.now() - ONLINE_MS),
    graceful: await listWaitingForGraceful(
      db,
      waiting.map(({ id }) => id),
    ),
  };
}

export async function findProjectView(db: Db, id: number): Promise<ProjectView> {
  const project = (await listProjectViews(db, [id])).get(id);
  if (project === undefined) throw notFound('Project');
  return project;
}

export function distinct(ids: readonly (number | null)[]): readonly number[] {
  return [...new Set(ids.filter((id) => id !== null))];
}
