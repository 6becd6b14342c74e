import { type TObject, Type } from 'typebox';
import { isFinished } from '../../../protocol/index.ts';
import { findLog, type JobRecord, listArtifacts, setJobErased } from '../../../store/index.ts';
import { type Answer, badRequest, type Call, created, forbidden, ok, type Route, route } from '../../http/index.ts';
import type { Parts } from '../../parts.ts';
import { cancelJob, playJob, retryJob } from '../../pipelines/index.ts';
import { ownJob, ownPipeline } from '../find-own.ts';
import { noteAudit } from '../note-audit.ts';
import { demand, personOf } from '../person.ts';
import { FORCE } from '../pipelines/change-pipelines.ts';
import { givenVariable } from '../pipelines/create-pipelines.ts';
import { mayRunOn } from '../ref-access.ts';
import { BRIDGE, JOB } from '../schemas/job.ts';
import { GIVEN_VARIABLE } from '../schemas/pipeline.ts';
import { eraseJob } from './erase-job.ts';
import { loadJob } from './load-job.ts';
import { ONE_JOB } from './read-jobs.ts';

const PATH = '/api/v4/projects/:id/jobs/:job_id';
const ANY = Type.Union([JOB, BRIDGE]);
type JobCall = Call<{ readonly job_id: number }>;

export function jobChanges(parts: Parts): readonly Route[] {
  return [cancel(parts), retry(parts), play(parts), erase(parts)];
}

function change<B extends TObject, Q extends TObject>(
  verb: string,
  summary: string,
  status: 200 | 201,
  rest: Pick<Parameters<typeof route<typeof ONE_JOB, Q, B>>[0], 'handle' | 'body' | 'query'>,
): Route {
  return route<typeof ONE_JOB, Q, B>({
    method: 'POST',
    path: `${PATH}/${verb}`,
    action: 'job.run',
    summary,
    tag: 'jobs',
    params: ONE_JOB,
    answers: { [status]: ANY },
    ...rest,
  });
}

function cancel(parts: Parts): Route {
  const force = Type.Object({ force: FORCE });
  return change('cancel', 'Cancel a job; one that runs tears down first', 201, {
    query: force,
    body: force,
    handle: async (call) => {
      const { body, query, project, principal } = call;
      const isForced = body.force ?? query.force ?? false;
      if (isForced) demand(principal, 'job.force', project);
      const { id } = await find(parts, call);
      const action = isForced ? 'job.force_cancel' : 'job.cancel';
      await cancelJob(parts, id, {
        force: isForced,
        by: personOf(principal),
        note: (tx) => noteAudit(tx, call, { action, targetKind: 'job', targetId: id }),
      });
      return created(await show(parts, call, id));
    },
  });
}

function retry(parts: Parts): Route {
  return change('retry', 'Run a job again, as a new one', 201, {
    handle: async (call) => {
      const { id } = await findToRun(parts, call);
      const answer = await retryJob(parts, id, personOf(call.principal), (tx) =>
        noteAudit(tx, call, { action: 'job.retry', targetKind: 'job', targetId: id }),
      );
      if (answer.kind !== 'retried') throw forbidden('Job is not retryable');
      return created(await show(parts, call, answer.jobId));
    },
  });
}

function play(parts: Parts): Route {
  return change('play', 'Start a manual or delayed job', 200, {
    body: Type.Object({ job_variables_attributes: Type.Optional(Type.Array(GIVEN_VARIABLE)) }),
    handle: async (call) => {
      const { id } = await findToRun(parts, call);
      const variables = (call.body.job_variables_attributes ?? []).map(givenVariable);
      const answer = await playJob(parts, id, { by: personOf(call.principal), variables });
      if (answer.kind !== 'applied') throw badRequest('Unplayable Job');
      return ok(await show(parts, call, answer.jobId));
    },
  });
}

function erase(parts: Parts): Route {
  return change('erase', "Remove a job's log and artifacts", 201, {
    handle: async (call) => {
      const job = await findToErase(parts, call);
      const hasSomething = await parts.store.read(async (db) => {
        const log = await findLog(db, job.id);
        return (log !== null && log.state !== 'erased') || (await listArtifacts(db, [job.id])).length > 0;
      });
      if (!isFinished(job.state.status) || !hasSomething) throw forbidden('Job is not erasable!');
      await eraseJob(parts, job.id, async (tx) => {
        await setJobErased(tx, job.id, personOf(call.principal).id);
        await noteAudit(tx, call, { action: 'job.erase', targetKind: 'job', targetId: job.id });
      });
      return created(await show(parts, call, job.id));
    },
  });
}

async function find({ store }: Parts, { params, project }: JobCall): Promise<JobRecord> {
  return await store.read((db) => ownJob(db, project.id, params.job_id));
}

/** As in GitLab: where one may run it, one's own, or those of everybody. @throws HttpError 403 */
async function findToErase(parts: Parts, call: JobCall): Promise<JobRecord> {
  const { principal, project } = call;
  const job = await findToRun(parts, call);
  const isOwn = principal.kind === 'user' && principal.user.id === job.userId;
  if (!isOwn) demand(principal, 'job.erase_others', project);
  return job;
}

/** @throws HttpError 403 for a ref on which the asker may run nothing. */
async function findToRun({ store }: Parts, { params, project, principal }: JobCall): Promise<JobRecord> {
  return await store.read(async (db) => {
    const job = await ownJob(db, project.id, params.job_id);
    const { ref, isTag } = await ownPipeline(db, project.id, job.pipelineId);
    if (!(await mayRunOn(db, { principal, project }, { name: ref, isTag }))) throw forbidden();
    return job;
  });
}

async function show(parts: Parts, { project }: JobCall, id: number): Promise<Answer['body']> {
  return await parts.store.read(async (db) => await loadJob(db, await ownJob(db, project.id, id), parts));
}
