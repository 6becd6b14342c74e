import {
  deleteManager,
  deleteRunner,
  findRegistrationToken,
  insertRunner,
  type RunnerRecord,
  setRunnerToken,
} from '../../../store/index.ts';
import { drawToken, hashToken, TOKEN_PREFIXES } from '../../access/index.ts';
import { type Answer, badParameters, created, forbidden, noContent, ok, type Route, route } from '../../http/index.ts';
import type { Parts } from '../../parts.ts';
import { LOOSE, textOf } from '../loose-values.ts';
import type { ManagerNotes } from '../manager-notes.ts';
import { releaseHeaders } from '../release-headers.ts';
import type { IdentifyRunner } from '../runner-credential.ts';
import { readRunnerInfo } from '../runner-info.ts';
import { NEW_RUNNER, readRunnerSettings } from './runner-settings.ts';

const COMMON = { action: 'runner.protocol', tag: 'Runner protocol', body: LOOSE } as const;

/** How runners come and go by themselves. */
export function registrationRoutes(parts: Parts, identify: IdentifyRunner, managers: ManagerNotes): readonly Route[] {
  return [
    register(parts),
    verify(parts, identify, managers),
    unregister(parts, identify, managers),
    leave(parts, identify, managers),
    resetOwn(parts, identify),
  ];
}

/** The old way: with the registration token of a project or of the instance. */
function register(parts: Parts): Route {
  return route({
    ...COMMON,
    method: 'POST',
    path: '/api/v4/runners',
    summary: 'Register a runner with a registration token',
    answers: { 201: null },
    handle: async ({ body, refuse }) => {
      const given = textOf(body.token);
      if (given === undefined) throw badParameters('token is missing');
      const scope = await parts.store.read((db) => findRegistrationToken(db, hashToken(given)));
      if (scope === null) throw refuse(forbidden('invalid token supplied'));
      const { projectId } = scope;
      const settings = readRunnerSettings(body, NEW_RUNNER);
      const token = drawToken('');
      const runner = {
        ...settings,
        kind: projectId === null ? ('instance' as const) : ('project' as const),
        tokenHash: hashToken(token),
        tokenExpiresAt: null,
        createdBy: null,
      };
      const id = await parts.store.write((tx) => insertRunner(tx, runner, projectId === null ? [] : [projectId]));
      return created({ id, token, token_expires_at: null });
    },
  });
}

/** What a runner with a token that a server made does instead of registering. */
function verify(parts: Parts, identify: IdentifyRunner, managers: ManagerNotes): Route {
  return route({
    ...COMMON,
    method: 'POST',
    path: '/api/v4/runners/verify',
    summary: 'Check the token of a runner',
    answers: { 200: null },
    handle: async (call) => {
      const { body, headers, remoteAddress } = call;
      const runner = await identify(call, textOf(body.token));
      const systemId = textOf(body.system_id);
      const said = readRunnerInfo(body.info);
      const manager = systemId === undefined ? null : await managers.note(runner, systemId, said, remoteAddress);
      const token = textOf(body.token) ?? headers['runner-token'];
      const answer = ok({ id: runner.id, token, token_expires_at: expiry(runner) });
      return manager === null ? answer : { ...answer, headers: await releaseHeaders(parts, manager, said) };
    },
  });
}

function unregister(parts: Parts, identify: IdentifyRunner, managers: ManagerNotes): Route {
  return route({
    ...COMMON,
    method: 'DELETE',
    path: '/api/v4/runners',
    summary: 'Remove a runner, by its token',
    answers: { 204: null },
    handle: async (call): Promise<Answer> => {
      const { id } = await identify(call, textOf(call.body.token));
      await parts.store.write((tx) => deleteRunner(tx, id));
      managers.forget(id);
      return noContent();
    },
  });
}

/** The runner stays, for its other machines. */
function leave(parts: Parts, identify: IdentifyRunner, managers: ManagerNotes): Route {
  return route({
    ...COMMON,
    method: 'DELETE',
    path: '/api/v4/runners/managers',
    summary: 'Remove one manager of a runner',
    answers: { 204: null },
    handle: async (call): Promise<Answer> => {
      const { id } = await identify(call, textOf(call.body.token));
      const systemId = textOf(call.body.system_id) ?? '';
      await parts.store.write((tx) => deleteManager(tx, id, systemId));
      managers.forget(id);
      return noContent();
    },
  });
}

function resetOwn(parts: Parts, identify: IdentifyRunner): Route {
  return route({
    ...COMMON,
    method: 'POST',
    path: '/api/v4/runners/reset_authentication_token',
    summary: 'Draw a new token for a runner, by its old one',
    answers: { 201: null },
    handle: async (call) => created(await resetToken(parts, await identify(call, textOf(call.body.token)))),
  });
}

/** From here on the old token is nobody's. */
export async function resetToken(
  { store }: Parts,
  runner: RunnerRecord,
): Promise<{ readonly token: string; readonly token_expires_at: string | null }> {
  const token = drawToken(runner.createdBy === null ? '' : TOKEN_PREFIXES.runner);
  await store.write((tx) => setRunnerToken(tx, runner.id, hashToken(token), runner.tokenExpiresAt));
  return { token, token_expires_at: expiry(runner) };
}

function expiry({ tokenExpiresAt }: RunnerRecord): string | null {
  return tokenExpiresAt === null ? null : new Date(tokenExpiresAt).toISOString();
}
