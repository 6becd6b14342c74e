import { findJob, findPipeline } from '../../../store/index.ts';
import type { Action, Principal } from '../../access/index.ts';
import { type HttpError, type ProjectFinder, refusalOf } from '../../http/index.ts';
import type { Telling } from '../serve-stream.ts';
import { tellJob } from '../tell-job.ts';
import { tellPipeline } from '../tell-pipeline.ts';
import type { Wanted } from './parse-watch.ts';
import type { Watched } from './serve-watches.ts';

/** Who wants to watch, and how it is found out what they are to a project. */
export interface Admission {
  readonly telling: Telling;
  readonly projects: ProjectFinder;
  readonly principal: Principal;
}

/** Judges one watch as the route of what it watches is judged; the answer of that route where it would refuse. */
export async function admitWatch(admission: Admission, name: string, wanted: Wanted): Promise<Watched | HttpError> {
  const { telling } = admission;
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
  return { name, subjects: [{ kind: 'pipeline', id: found?.pipelineId ?? 0 }], tell: tellJob(telling, id) };
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
