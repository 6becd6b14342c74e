import { Type } from 'typebox';
import { insertRunner, setRegistrationToken } from '../../store/index.ts';
import { drawToken, hashToken, type Principal, TOKEN_PREFIXES } from '../access/index.ts';
import { badParameters, type Call, created, forbidden, type ProjectFinder, type Route, route } from '../http/index.ts';
import type { Parts } from '../parts.ts';
import { type Doer, noteAudit } from '../rest/note-audit.ts';
import { NEXT_TOKEN, RUNNER_TOKEN } from '../rest/schemas/runner.ts';
import { LOOSE, type Loose, wholeOf } from '../runner-api/loose-values.ts';
import { NEW_RUNNER, readRunnerSettings } from '../runner-api/registration/runner-settings.ts';
import { isAdministrator, mayIn } from './runner-access.ts';

const TAG = 'runners';
/** Registration tokens begin so since GitLab 14. */
const REGISTRATION = 'GR1348941';

/** How runners come into being. */
export function makeRoutes(parts: Parts, finder: ProjectFinder): readonly Route[] {
  return [create(parts, finder), resetOfInstance(parts), resetOfProject(parts)];
}

/** The runner and its token, which whoever starts it is handed. */
function create(parts: Parts, finder: ProjectFinder): Route {
  return route({
    method: 'POST',
    path: '/api/v4/user/runners',
    action: 'instance_runner.manage',
    summary: 'Make a runner',
    tag: TAG,
    body: LOOSE,
    answers: { 201: RUNNER_TOKEN },
    handle: async (call) => {
      const { body, principal } = call;
      const projectId = await scopeOf(finder, principal, body);
      const settings = readRunnerSettings(body, NEW_RUNNER);
      const token = drawToken(TOKEN_PREFIXES.runner);
      const runner = {
        ...settings,
        kind: projectId === null ? ('instance' as const) : ('project' as const),
        tokenHash: hashToken(token),
        tokenExpiresAt: null,
        createdBy: principal.kind === 'user' ? principal.user.id : null,
      };
      const id = await parts.store.write(async (tx) => {
        const made = await insertRunner(tx, runner, projectId === null ? [] : [projectId]);
        const doer = { ...call, project: projectId === null ? null : { id: projectId } };
        await noteAudit(tx, doer, { action: 'runner.create', targetKind: 'runner', targetId: made });
        return made;
      });
      return created({ id, token, token_expires_at: null });
    },
  });
}

/** The project that the runner is for; null: the instance. */
async function scopeOf(finder: ProjectFinder, principal: Principal, body: Loose): Promise<number | null> {
  if (body.runner_type === 'instance_type') {
    if (isAdministrator(principal)) return null;
    throw forbidden();
  }
  if (body.runner_type !== 'project_type')
    throw badParameters('runner_type does not have a valid value (allowed: instance_type, project_type)');
  const project = wholeOf(body.project_id);
  if (project === undefined) throw badParameters('project_id is missing');
  if (await mayIn(finder, principal, { project, action: 'runner.manage' })) return project;
  throw forbidden();
}

function resetOfInstance(parts: Parts): Route {
  return route({
    method: 'POST',
    path: '/api/v4/runners/reset_registration_token',
    action: 'instance_runner.manage',
    summary: 'Draw a new registration token for the instance',
    tag: TAG,
    body: LOOSE,
    answers: { 201: NEXT_TOKEN },
    handle: async (call) => {
      if (!isAdministrator(call.principal)) throw forbidden();
      return created(await reset(parts, { ...call, project: null }));
    },
  });
}

function resetOfProject(parts: Parts): Route {
  return route({
    method: 'POST',
    path: '/api/v4/projects/:id/runners/reset_registration_token',
    action: 'runner.manage',
    summary: 'Draw a new registration token for a project',
    tag: TAG,
    params: Type.Object({ id: Type.String() }),
    body: LOOSE,
    answers: { 201: NEXT_TOKEN },
    handle: async (call) => created(await reset(parts, call)),
  });
}

/** The one before is nobody's from here on; runners that have registered with it stay. */
async function reset(
  { store }: Parts,
  call: Doer & Pick<Call, 'principal'>,
): Promise<{ readonly token: string; readonly token_expires_at: null }> {
  const token = drawToken(REGISTRATION);
  const projectId = call.project?.id ?? null;
  await store.write(async (tx) => {
    await setRegistrationToken(tx, projectId, hashToken(token));
    await noteAudit(tx, call, {
      action: 'runner.reset_registration_token',
      targetKind: 'runner',
      targetId: projectId ?? 'instance',
    });
  });
  return { token, token_expires_at: null };
}
