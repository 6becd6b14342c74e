import { expect, it } from 'vitest';
import { ALL_SCOPES, judgeAccess, NOBODY, type Principal, ROLES, type Role, ruleOf } from '../access/index.ts';
import { liveRoutes } from '../live/index.ts';
import { makeProject } from '../testing/make-project.ts';
import { restRoutes } from './index.ts';
import { type AskOptions, openRest } from './testing/open-rest.ts';

const REFUSALS = { unknown: 401, role: 403, scope: 403, hidden: 404 } as const;
const ASKERS = [...ROLES, 'administrator', 'nobody'] as const;

function principalOf(as: NonNullable<AskOptions['as']>): Principal {
  if (as === 'nobody') return NOBODY;
  const user = { id: 1, username: as, name: as, isAdministrator: as === 'administrator' };
  return { kind: 'user', user, via: 'token', scopes: ALL_SCOPES, project: null };
}

it('lets in by the table of actions and by nothing else, on every route, every role and nobody', async () => {
  const rest = await openRest((parts, projects) => [...restRoutes(parts), ...liveRoutes(parts, projects)]);
  // Nothing is in it, so that whoever is let in is told that it is not there, or what is wrong with the request.
  const { id } = await makeProject(rest.parts, { files: { README: 'hello\n' } });
  for (const { method, path, action } of rest.routes) {
    if (ruleOf(action).least === 'credential') continue;
    const address = path.replace(':id', String(id)).replaceAll(/:\w+/g, '999');
    for (const as of ASKERS) {
      const role = (ROLES as readonly string[]).includes(as) ? (as as Role) : null;
      const project = ruleOf(action).on === 'project' ? ({ id, visibility: 'private', role } as const) : null;
      const judgement = judgeAccess(principalOf(as), action, project, method === 'GET');
      const { status, text } = await rest.askPath(method, address, { as });
      const told = `${method} ${path} as ${as}: ${status} ${text.slice(0, 200)}`;
      if (judgement !== 'allowed') expect(status, told).toBe(REFUSALS[judgement]);
      else expect(told).not.toMatch(/: (?:401|403) |Project Not Found/);
    }
  }
  await rest.close();
});
