import { findJob, findPipeline } from '../../../store/index.ts';
import type { Action, Principal } from '../../access/index.ts';
import { type HttpError, notFound, type ProjectFinder, refusalOf } from '../../http/index.ts';
import type { Telling } from '../serve-stream.ts';
import { tellJob } from '../tell-job.ts';
import { tellPipeline } from '../tell-pipeline.ts';
import type { Wanted } from './parse-watch.ts';
import type { Watched } from './serve-watches.ts';
import { tellLogLines } from './tell-log-lines.ts';
import { tellRows } from './tell-rows.ts';

/** Who wants to watch, and how it is found out what they are to a project. */
export interface Admission {
  readonly telling: Telling;
  readonly projects: ProjectFinder;
  readonly principal: Principal;
}

/** Judges one watch as the route of what it watches is judged; the answer of that route where it would refuse. */
export async function admitWatch(admission: Admission, name: string, wanted: Wanted): Promise<Watched | HttpError> {
  const { telling } = admission;
  if (wanted.kind === 'pipelines') return await admitList(admission, name, wanted);
  const { id, kind } = wanted;
  if (kind === 'pipeline') {
    const found = await telling.parts.store.read((db) => findPipeline(db, id));
    const refusal = await judge(admission, 'pipeline.read', found?.projectId ?? null);
    if (refusal !== null) return refusal;
    return { name, subjects: [{ kind, id }], tell: tellPipeline(telling, id) };
  }
  const found = await telling.parts.store.read((db) => findJob(db, id));
  const refusal = await judge(admission, 'job.read', found?.projectId ?? null);
  if (refusal !== null) return refusal;
  const ofPipeline = { kind: 'pipeline', id: found?.pipelineId ?? 0 } as const;
  if (wanted.kind !== 'log') return { name, subjects: [ofPipeline], tell: tellJob(telling, id) };
  return { name, subjects: [{ kind: 'log', id }, ofPipeline], tell: tellLogLines(telling, id, wanted.line) };
}

async function admitList(
  admission: Admission,
  name: string,
  { project, query }: Extract<Wanted, { kind: 'pipelines' }>,
): Promise<Watched | HttpError> {
  const { projects, principal, telling } = admission;
  const found = await projects.find(project, principal.kind === 'user' ? principal.user.id : null);
  const refusal = refusalOf(principal, 'pipeline.read', found, true);
  if (refusal !== null || found === null) return refusal ?? notFound('Project');
  const { id } = found;
  return { name, subjects: [{ kind: 'project', id }], tell: tellRows(telling, { projectId: id, query }) };
}

/** @param projectId null: there is no such thing, which looks as one of a project that is hidden. */
async function judge(
  { projects, principal }: Admission,
  action: Action,
  projectId: number | null,
): Promise<HttpError | null> {
  const user = principal.kind === 'user' ? principal.user.id : null;
  const project = projectId === null ? null : await projects.find(String(projectId), user);
  return refusalOf(principal, action, project, true);
}
