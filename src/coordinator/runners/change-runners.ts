import { Type } from 'typebox';
import { deleteRunner, giveRunner, releaseManagers, takeRunner, updateRunner } from '../../store/index.ts';
import {
  type Call,
  created,
  forbidden,
  noContent,
  notFound,
  ok,
  type ProjectFinder,
  type Route,
  route,
} from '../http/index.ts';
import type { Parts } from '../parts.ts';
import { noteAudit } from '../rest/note-audit.ts';
import { ID } from '../rest/schemas/common.ts';
import { NEXT_TOKEN, RUNNER_DETAILS } from '../rest/schemas/runner.ts';
import { LOOSE, wholeOf } from '../runner-api/loose-values.ts';
import { resetToken } from '../runner-api/registration/registration-routes.ts';
import { readRunnerSettings } from '../runner-api/registration/runner-settings.ts';
import { type RunnerOf, runnerFor } from './runner-access.ts';
import { showRunnerDetails } from './show-runner-details.ts';

const COMMON = { action: 'instance_runner.manage', tag: 'runners' } as const;
const ONE = Type.Object({ id: ID });

export function changeRoutes(parts: Parts, finder: ProjectFinder): readonly Route[] {
  const managed = ({ params: { id }, principal }: Pick<Call<{ readonly id: number }>, 'params' | 'principal'>) =>
    runnerFor(parts, finder, { principal, id, action: 'runner.manage' });
  return [
    change(parts, managed),
    remove(parts, managed),
    reset(parts, managed),
    release(parts, managed),
    give(parts, finder),
    take(parts),
  ];
}

type Managed = (call: Pick<Call<{ readonly id: number }>, 'params' | 'principal'>) => Promise<RunnerOf>;

function change(parts: Parts, managed: Managed): Route {
  return route({
    ...COMMON,
    method: 'PUT',
    path: '/api/v4/runners/:id',
    summary: 'Change a runner',
    params: ONE,
    body: LOOSE,
    answers: { 200: RUNNER_DETAILS },
    handle: async (call) => {
      const { runner, projects } = await managed(call);
      const settings = readRunnerSettings(call.body, runner);
      await parts.store.write(async (tx) => {
        await updateRunner(tx, runner.id, settings);
        await noteAudit(
          tx,
          { ...call, project: null },
          { action: 'runner.update', targetKind: 'runner', targetId: runner.id },
        );
      });
      return ok(await showRunnerDetails(parts, { runner: { ...runner, ...settings }, projects }));
    },
  });
}

function remove(parts: Parts, managed: Managed): Route {
  return route({
    ...COMMON,
    method: 'DELETE',
    path: '/api/v4/runners/:id',
    summary: 'Remove a runner',
    params: ONE,
    body: LOOSE,
    answers: { 204: null },
    handle: async (call) => {
      const { runner } = await managed(call);
      await parts.store.write(async (tx) => {
        await deleteRunner(tx, runner.id);
        await noteAudit(
          tx,
          { ...call, project: null },
          { action: 'runner.delete', targetKind: 'runner', targetId: runner.id },
        );
      });
      return noContent();
    },
  });
}

function reset(parts: Parts, managed: Managed): Route {
  return route({
    ...COMMON,
    method: 'POST',
    path: '/api/v4/runners/:id/reset_authentication_token',
    summary: 'Draw a new token for a runner',
    params: ONE,
    body: LOOSE,
    answers: { 201: NEXT_TOKEN },
    handle: async (call) => created(await resetToken(parts, (await managed(call)).runner)),
  });
}

function release(parts: Parts, managed: Managed): Route {
  return route({
    ...COMMON,
    method: 'POST',
    path: '/api/v4/runners/:id/release',
    summary: 'End the quarantine of a runner: its machines are told with their next request, and take jobs again',
    params: ONE,
    body: LOOSE,
    answers: { 201: RUNNER_DETAILS },
    handle: async (call) => {
      const found = await managed(call);
      const { id } = found.runner;
      await parts.store.write(async (tx) => {
        const released = await releaseManagers(tx, id);
        if (released.length === 0) return;
        const deed = { action: 'runner.release', targetKind: 'runner', targetId: id } as const;
        await noteAudit(tx, { ...call, project: null }, { ...deed, details: { managers: released } });
      });
      return created(await showRunnerDetails(parts, found));
    },
  });
}

function give(parts: Parts, finder: ProjectFinder): Route {
  return route({
    method: 'POST',
    path: '/api/v4/projects/:id/runners',
    action: 'runner.manage',
    tag: COMMON.tag,
    summary: 'Give a runner of another project to this one',
    params: Type.Object({ id: Type.String() }),
    body: LOOSE,
    answers: { 201: RUNNER_DETAILS },
    handle: async ({ body, principal, project }) => {
      const id = wholeOf(body.runner_id) ?? 0;
      const { runner, projects } = await runnerFor(parts, finder, { principal, id, action: 'runner.manage' });
      if (runner.kind === 'instance') throw forbidden('Runner is an instance runner');
      if (runner.isLocked) throw forbidden('Runner is locked');
      await parts.store.write((tx) => giveRunner(tx, id, project.id));
      return created(await showRunnerDetails(parts, { runner, projects: [...new Set([...projects, project.id])] }));
    },
  });
}

function take(parts: Parts): Route {
  return route({
    method: 'DELETE',
    path: '/api/v4/projects/:id/runners/:runner_id',
    action: 'runner.manage',
    tag: COMMON.tag,
    summary: 'Take a runner away from a project',
    params: Type.Object({ id: Type.String(), runner_id: ID }),
    body: LOOSE,
    answers: { 204: null },
    handle: async ({ params, project }) => {
      const isTaken = await parts.store.write((tx) => takeRunner(tx, params.runner_id, project.id));
      if (!isTaken) throw notFound('Runner');
      return noContent();
    },
  });
}
