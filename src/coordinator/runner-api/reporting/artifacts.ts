import { Type } from 'typebox';
import { findAttemptByToken, findJob } from '../../../store/index.ts';
import { archiveOf, receiveFile, storeArtifact, wholeArchive } from '../../artifacts/index.ts';
import { type Call, forbidden, HttpError, ok, type Route, route } from '../../http/index.ts';
import type { Parts } from '../../parts.ts';
import { findPlannedJob } from '../../pipelines/index.ts';
import { ID } from '../../rest/schemas/common.ts';
import { hashToken } from '../../work/index.ts';
import { attemptAsking, shownJobToken } from '../attempt-credential.ts';
import { LOOSE, textOf, wholeOf } from '../loose-values.ts';
import type { RunnerLimits } from '../runner-limits.ts';

const params = Type.Object({ id: ID });
const TOKEN = { token: Type.Optional(Type.String()) };

const COMMON = { action: 'runner.protocol', tag: 'Runner protocol', params } as const;

/** Artifacts as runners send and fetch them. */
export function runnerArtifactRoutes(
  parts: Parts,
  { maxArtifactBytes }: Pick<RunnerLimits, 'maxArtifactBytes'>,
): readonly Route[] {
  return [take(parts, maxArtifactBytes), authorize(parts, maxArtifactBytes), give(parts)];
}

function take(parts: Parts, maxBytes: number): Route {
  return route({
    ...COMMON,
    method: 'POST',
    path: '/api/v4/jobs/:id/artifacts',
    summary: "Add to a job's artifacts",
    query: Type.Object({
      ...TOKEN,
      artifact_type: Type.Optional(Type.String()),
      artifact_format: Type.Optional(Type.Union([Type.Literal('zip'), Type.Literal('gzip'), Type.Literal('raw')])),
      expire_in: Type.Optional(Type.String()),
    }),
    body: 'stream',
    answers: { 201: null },
    handle: async (call) => {
      const { artifact_type: type = null, artifact_format: format = null, expire_in: expireIn = null } = call.query;
      const { attempt, job } = await attemptAsking(parts, call.params.id, call, call.query.token);
      // Of the file as it was compiled, never of what the runner says.
      const planned = await findPlannedJob(parts.store, job);
      const access = planned === null ? 'none' : (planned.artifacts?.access ?? 'all');
      const words = { type, format, expireIn, maxBytes, access };
      await receiveFile(call.raw.request, (file) => storeArtifact(parts, attempt, words, file));
      return { status: 201, body: { message: '201 Created' } };
    },
  });
}

/** What asks it is GitLab's own proxy, in front of an upload; of runners none does. */
function authorize(parts: Parts, maxBytes: number): Route {
  return route({
    ...COMMON,
    method: 'POST',
    path: '/api/v4/jobs/:id/artifacts/authorize',
    summary: "Whether something so large could be added to a job's artifacts",
    query: Type.Object({ ...TOKEN, filesize: Type.Optional(Type.String()) }),
    body: LOOSE,
    answers: { 200: null },
    handle: async (call) => {
      await attemptAsking(parts, call.params.id, call, call.query.token ?? textOf(call.body.token));
      const sizeBytes = wholeOf(call.query.filesize) ?? wholeOf(call.body.filesize) ?? 0;
      if (sizeBytes > maxBytes) throw new HttpError(413, { message: '413 Request Entity Too Large' });
      return ok({ MaximumSize: maxBytes });
    },
  });
}

function give(parts: Parts): Route {
  return route({
    ...COMMON,
    method: 'GET',
    path: '/api/v4/jobs/:id/artifacts',
    summary: 'The archive of a job, by the token of one of the same project that runs',
    query: Type.Object({ ...TOKEN, direct_download: Type.Optional(Type.String()) }),
    answers: { 200: null },
    handle: async (call) => {
      await allow(parts, call, call.query.token);
      return await wholeArchive(parts, await archiveOf(parts, call.params.id), call.signal);
    },
  });
}

/** @throws HttpError 403: the token is no running job's, or of another project. 429: too many of these */
async function allow(
  { store }: Parts,
  { params, headers, refuse }: Pick<Call<{ readonly id: number }>, 'params' | 'headers' | 'refuse'>,
  given: string | undefined,
): Promise<void> {
  const token = shownJobToken(headers, given);
  const { attempt, job } = await store.read(async (db) => ({
    attempt: await findAttemptByToken(db, hashToken(token)),
    job: await findJob(db, params.id),
  }));
  if (attempt === null) throw refuse(forbidden());
  if (attempt.endedAt !== null || job?.projectId !== attempt.projectId) throw forbidden();
}
