import { type Static, Type } from 'typebox';
import { findAttemptByToken, findJob, findLiveToken, noteTokenUse } from '../../../store/index.ts';
import { type Answer, badParameters, created, notFound, type Route, route } from '../../http/index.ts';
import type { Parts } from '../../parts.ts';
import type { GivenVariable } from '../../pipelines/index.ts';
import { hashToken } from '../../work/index.ts';
import { personOf } from '../person.ts';
import { isEnoughFor, mayRunOn, mayUserRunOn } from '../ref-access.ts';
import { PROJECT_PARAMS } from '../schemas/common.ts';
import { GIVEN_VARIABLE, PIPELINE } from '../schemas/pipeline.ts';
import { loadPipeline } from './load-pipeline.ts';
import { startPipeline } from './start-pipeline.ts';

const INPUTS = Type.Optional(Type.Record(Type.String(), Type.Unknown()));
const TAG = 'pipelines';

export function pipelineCreation(parts: Parts): readonly Route[] {
  const trigger = '/api/v4/projects/:id/trigger/pipeline';
  return [create(parts), triggered(parts, trigger), triggered(parts, '/api/v4/projects/:id/ref/:ref/trigger/pipeline')];
}

function create(parts: Parts): Route {
  return route({
    method: 'POST',
    path: '/api/v4/projects/:id/pipeline',
    action: 'pipeline.run',
    summary: 'Make a pipeline of a branch or tag',
    tag: TAG,
    params: Type.Object(PROJECT_PARAMS),
    body: Type.Object({
      ref: Type.String(),
      variables: Type.Optional(Type.Array(GIVEN_VARIABLE)),
      inputs: INPUTS,
    }),
    answers: { 201: PIPELINE },
    handle: async ({ body, project, principal }) => {
      const id = await startPipeline(parts, {
        projectId: project.id,
        ref: body.ref,
        source: principal.kind === 'user' && principal.via === 'session' ? 'web' : 'api',
        userId: personOf(principal).id,
        variables: (body.variables ?? []).map(givenVariable),
        inputs: body.inputs ?? {},
        may: async (ref) => await parts.store.read((db) => mayRunOn(db, { principal, project }, ref)),
      });
      return created(await loadPipeline(parts, project.id, id));
    },
  });
}

export function givenVariable({ key, value, variable_type }: Static<typeof GIVEN_VARIABLE>): GivenVariable {
  return { key, value, kind: variable_type ?? 'env_var' };
}

const TRIGGER = Type.Object({
  ref: Type.Optional(Type.String()),
  token: Type.Optional(Type.String()),
  variables: Type.Optional(Type.Record(Type.String(), Type.String())),
  inputs: INPUTS,
});

/** No other credential is asked for than the token in the body or the query. */
function triggered(parts: Parts, path: string): Route {
  return route({
    method: 'POST',
    path,
    action: 'pipeline.trigger',
    summary: 'Make a pipeline by trigger token, or from a job by its token',
    tag: TAG,
    params: Type.Object({ ...PROJECT_PARAMS, ref: Type.Optional(Type.String()) }),
    query: TRIGGER,
    body: TRIGGER,
    answers: { 201: PIPELINE },
    handle: async ({ body, query, params, project, refuse }) => {
      const { variables = {}, inputs = {}, ...rest } = { ...query, ...body };
      // Only who holds a token of the project learns that there is one.
      const caller = await callerOf(parts, rest.token ?? '');
      if (caller === null) throw refuse(notFound('Project'));
      if (caller.projectId !== project.id) throw notFound('Project');
      const ref = params.ref ?? rest.ref;
      if (ref === undefined) throw badParameters('ref is missing');
      return await answerWith(parts, { ...caller, ref, variables, inputs });
    },
  });
}

interface Caller {
  readonly projectId: number;
  readonly userId: number | null;
  readonly source: 'trigger' | 'pipeline';
  /** Of a trigger. */
  readonly tokenId: number | null;
}

/** Null: the token is nobody's, or not good any more. */
async function callerOf({ store }: Parts, presented: string): Promise<Caller | null> {
  const hash = hashToken(presented);
  return await store.read(async (db) => {
    const token = await findLiveToken(db, hash);
    if (token !== null && (token.kind !== 'trigger' || token.projectId === null)) return null;
    if (token?.projectId != null) {
      return { projectId: token.projectId, userId: token.userId, source: 'trigger', tokenId: token.id };
    }
    const attempt = await findAttemptByToken(db, hash);
    if (attempt === null || attempt.endedAt !== null) return null;
    const job = await findJob(db, attempt.jobId);
    return { projectId: attempt.projectId, userId: job?.userId ?? null, source: 'pipeline', tokenId: null };
  });
}

async function answerWith(
  parts: Parts,
  order: Caller & Pick<Static<typeof TRIGGER>, 'variables' | 'inputs'> & { readonly ref: string },
): Promise<Answer> {
  const { projectId, userId, source, tokenId, ref, variables = {}, inputs = {} } = order;
  const id = await startPipeline(parts, {
    projectId,
    ref,
    source,
    userId,
    variables: Object.entries(variables).map(([key, value]) => ({ key, value, kind: 'env_var' })),
    inputs,
    // A job of a pipeline that nobody in particular started reaches what is not protected.
    may: async (ref) =>
      await parts.store.read((db) =>
        userId === null ? isEnoughFor(db, 0, projectId, ref) : mayUserRunOn(db, { userId, projectId }, ref),
      ),
  });
  if (tokenId !== null) await parts.store.write((tx) => noteTokenUse(tx, tokenId));
  return created(await loadPipeline(parts, projectId, id));
}
