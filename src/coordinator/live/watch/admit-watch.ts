import { findJob, findPipeline } from '../../../store/index.ts';
import type { Action, Principal } from '../../access/index.ts';
import { type HttpError, notFound, type ProjectFinder, refusalOf } from '../../http/index.ts';
import type { Telling } from '../serve-stream.ts';
import { tellJob } from '../tell-job.ts';
import { tellPipeline } from '../tell-pipeline.ts';
import { ANY } from '../watch-hints.ts';
import type { Wanted } from './parse-watch.ts';
import type { Watched } from './serve-watches.ts';
import { tellLogLines } from './tell-log-lines.ts';
import { tellObligations } from './tell-obligations.ts';
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
  if (wanted.kind === 'obligations' && wanted.project === null) {
    const refusal = refusalOf(admission.principal, 'obligation.read_all', null, true);
    const subjects = [{ kind: 'project', id: ANY }] as const;
    return refusal ?? { name, subjects, projectId: null, tell: tellObligations(telling, null) };
  }
  if (wanted.kind === 'pipelines' || wanted.kind === 'obligations')
    return await admitOfProject(admission, name, wanted);
  const { id, kind } = wanted;
  if (kind === 'pipeline') {
    const found = await telling.parts.store.read((db) => findPipeline(db, id));
    const projectId = found?.projectId ?? null;
    const refusal = await judge(admission, 'pipeline.read', projectId);
    if (refusal !== null) return refusal;
    return { name, subjects: [{ kind, id }], projectId, tell: tellPipeline(telling, id) };
  }
  const found = await telling.parts.store.read((db) => findJob(db, id));
  const projectId = found?.projectId ?? null;
  const refusal = await judge(admission, 'job.read', projectId);
  if (refusal !== null) return refusal;
  const ofPipeline = { kind: 'pipeline', id: found?.pipelineId ?? 0 } as const;
  if (wanted.kind !== 'log') return { name, subjects: [ofPipeline], projectId, tell: tellJob(telling, id) };
  return { name, subjects: [{ kind: 'log', id }, ofPipeline], projectId, tell: tellLogLines(telling, id, wanted.line) };
}

async function admitOfProject(
  { projects, principal, telling }: Admission,
  name: string,
  wanted: Extract<Wanted, { kind: 'pipelines' | 'obligations' }>,
): Promise<Watched | HttpError> {
  const isList = wanted.kind === 'pipelines';
  const found = await projects.find(wanted.project ?? '', principal.kind === 'user' ? principal.user.id : null);
  const refusal = refusalOf(principal, isList ? 'pipeline.read' : 'obligation.read', found, true);
  if (refusal !== null || found === null) return refusal ?? notFound('Project');
  const { id } = found;
  const tell = isList ? tellRows(telling, { projectId: id, query: wanted.query }) : tellObligations(telling, id);
  return { name, subjects: [{ kind: 'project', id }], projectId: id, tell };
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
