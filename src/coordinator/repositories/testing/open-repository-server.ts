import type { AddressInfo } from 'node:net';
import { findProject, listProjectIds } from '../../../store/index.ts';
import { ALL_SCOPES, type ProjectAccess, type Role, type Scope, type UserPrincipal } from '../../access/index.ts';
import { AttemptLimiter, type Gate } from '../../http/index.ts';
import { buildTestServer } from '../../testing/build-test-server.ts';
import { makeProject, type NewTestProject, type TestProject } from '../../testing/make-project.ts';
import { type OpenedParts, openParts } from '../../testing/open-parts.ts';
import { type GitPorts, gitRoutes, repositoryRoutes } from '../index.ts';

/** Tokens of people, by name: a role in every project, and what the token may be used for. */
const PEOPLE: Readonly<
  Record<string, { readonly id: number; readonly role: Role | null; readonly scopes?: readonly Scope[] }>
> = {
  guest: { id: 1, role: 'guest' },
  reporter: { id: 2, role: 'reporter' },
  developer: { id: 3, role: 'developer' },
  maintainer: { id: 4, role: 'maintainer' },
  stranger: { id: 5, role: null },
  reading: { id: 4, role: 'maintainer', scopes: ['read_repository'] },
  writing: { id: 4, role: 'maintainer', scopes: ['write_repository'] },
};

export interface RepositoryServer {
  readonly parts: OpenedParts;
  /** No slash at the end. */
  readonly base: string;
  /** Job tokens → project. */
  readonly jobs: Map<string, number>;
  visibility: ProjectAccess['visibility'];
  makeProject(project: NewTestProject): Promise<TestProject>;
  /** Where git finds a project of the namespace `group`. */
  remote(token: string | null, path?: string, name?: string): string;
  close(): Promise<void>;
}

/** The routes of this part over real HTTP, with people made up. */
export async function openRepositoryServer(): Promise<RepositoryServer> {
  const parts = await openParts();
  const jobs = new Map<string, number>();
  const state = { visibility: 'private' as ProjectAccess['visibility'] };
  const gate = gateOf(parts, jobs, () => state.visibility);
  const ports: GitPorts = {
    gate,
    createForPush: async ({ principal }, fullPath) => {
      const [namespace, path] = fullPath.split('/');
      if (namespace !== 'group' || principal.user.id !== 4) return null;
      return (await makeProject(parts, { files: {}, ...(path === undefined ? {} : { path }), isEmpty: true })).id;
    },
  };
  const app = await buildTestServer(parts, {
    routes: [...gitRoutes(parts, ports), ...repositoryRoutes(parts)],
    gate,
  });
  await app.listen({ port: 0, host: '127.0.0.1' });
  const { port } = app.server.address() as AddressInfo;
  return Object.assign(state, {
    parts,
    jobs,
    base: `http://127.0.0.1:${port}`,
    makeProject: (project: NewTestProject) => makeProject(parts, project),
    remote: (token: string | null, path = 'shop', name = 'anybody') =>
      `http://${token === null ? '' : `${name}:${token}@`}127.0.0.1:${port}/group/${path}.git`,
    async close() {
      await app.close();
      await parts.close();
    },
  });
}

function gateOf(
  { store, clock }: OpenedParts,
  jobs: ReadonlyMap<string, number>,
  visibility: () => ProjectAccess['visibility'],
): Gate {
  const byId = new Map(Object.values(PEOPLE).map(({ id, role }) => [id, role]));
  return {
    credentials: {
      byToken: async (token): Promise<UserPrincipal | null> => {
        const person = PEOPLE[token];
        if (person === undefined) return null;
        const user = { id: person.id, username: token, name: token, isAdministrator: false };
        const scopes = person.scopes === undefined ? ALL_SCOPES : new Set(person.scopes);
        return { kind: 'user', user, via: 'token', scopes, project: null };
      },
      byJobToken: async (token) => {
        const projectId = jobs.get(token);
        return projectId === undefined ? null : { kind: 'job', jobId: 1, projectId };
      },
      bySession: async () => null,
    },
    projects: {
      find: async (name, user) => {
        const ids = await store.read((db) => listProjectIds(db, 0, 100));
        for (const id of ids) {
          const project = await store.read((db) => findProject(db, id));
          if (project?.fullPath !== name && String(id) !== name) continue;
          return { id, visibility: visibility(), role: user === null ? null : (byId.get(user) ?? null) };
        }
        return null;
      },
    },
    wrongCredentials: new AttemptLimiter(clock, 20, 60_000),
  };
}
