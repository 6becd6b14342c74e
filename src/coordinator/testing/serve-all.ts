import type { FastifyBaseLogger, FastifyInstance } from 'fastify';
import type { Engine } from '../../../test/support/engines.ts';
import { putMember, type Tx } from '../../store/index.ts';
import { accessLevel, ROLES, type Role } from '../access/index.ts';
import { AttemptLimiter, type Route } from '../http/index.ts';
import { allRoutes } from '../routes.ts';
import { createToken, createUser, makeGate } from '../users/index.ts';
import { buildTestServer } from './build-test-server.ts';
import { makeProject, type TestProject } from './make-project.ts';
import { type OpenedParts, openParts } from './open-parts.ts';

/** A member of the test's project by role, somebody who is none, the administrator, and who shows nothing. */
export type Who = Role | 'stranger' | 'administrator' | 'nobody';
export const EVERYBODY: readonly Who[] = ['nobody', 'stranger', ...ROLES, 'administrator'];

export interface ServedAll {
  readonly parts: OpenedParts;
  readonly routes: readonly Route[];
  /** Not listening. */
  readonly app: FastifyInstance;
  readonly project: TestProject;
  /** Each one's number. */
  readonly userIds: ReadonlyMap<Who, number>;
  /** Each one's token, with scope `api`. */
  readonly tokens: ReadonlyMap<Who, string>;
  /** `path` is from the root. `as`: the owner when left out. */
  ask(method: string, path: string, options?: AskAllOptions): Promise<AnsweredAll>;
  /** Another process on the same database, data and people, as far as both are concerned: the address that it listens on. Closed with the first. */
  openReplica(): Promise<string>;
  close(): Promise<void>;
}

export interface ServeAllOptions {
  readonly engine?: Engine;
  /** Of the HTTP side; silent when left out. */
  readonly log?: FastifyBaseLogger;
}

export interface AskAllOptions {
  readonly as?: Who;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface AnsweredAll {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly text: string;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into whatever was answered
  readonly json: any;
}

/** Every route with the real gate, on one private project that has a member of each role. */
export async function serveAll({ engine = 'SQLite', log }: ServeAllOptions = {}): Promise<ServedAll> {
  const parts = await openParts(engine);
  const stopping = new AbortController();
  const { app, routes } = await openApp(parts, log, stopping.signal);
  const replicas: FastifyInstance[] = [];
  const project = await makeProject(parts, { files: { '.gitlab-ci.yml': 'test:\n  script: echo\n' } });
  const people = await addPeople(parts, project.id);
  return {
    parts,
    routes,
    app,
    project,
    ...people,
    async ask(method, path, { as = 'owner', body, headers = {} } = {}) {
      const token = people.tokens.get(as);
      const shown = token === undefined ? {} : { 'private-token': token };
      const json = body === undefined ? {} : { 'content-type': 'application/json' };
      const answer = await app.inject({
        method: method as 'GET',
        url: path,
        headers: { ...shown, ...json, ...headers },
        ...(body === undefined ? {} : { payload: JSON.stringify(body) }),
      });
      const isJson = String(answer.headers['content-type']).startsWith('application/json');
      const parsed: unknown = isJson && answer.payload !== '' ? JSON.parse(answer.payload) : null;
      return { status: answer.statusCode, headers: answer.headers, text: answer.payload, json: parsed };
    },
    async openReplica() {
      const other = await openApp({ ...parts, store: (await parts.openReplica()).store }, log, stopping.signal);
      replicas.push(other.app);
      return await other.app.listen({ port: 0, host: '127.0.0.1' });
    },
    async close() {
      stopping.abort();
      await Promise.all([app, ...replicas].map((each) => each.close()));
      await parts.close();
    },
  };
}

async function openApp(
  parts: OpenedParts,
  log: FastifyBaseLogger | undefined,
  stopping: AbortSignal,
): Promise<Pick<ServedAll, 'app' | 'routes'>> {
  // Whoever walks all routes shows many credentials that a route does not take.
  const gate = { ...makeGate(parts), wrongCredentials: new AttemptLimiter(parts.clock, 100_000, 60_000) };
  const routes = allRoutes(parts, gate);
  const app = await buildTestServer(parts, { routes, gate, stopping, ...(log === undefined ? {} : { log }) });
  return { app, routes };
}

async function addPeople(parts: OpenedParts, projectId: number): Promise<Pick<ServedAll, 'userIds' | 'tokens'>> {
  const userIds = new Map<Who, number>();
  const tokens = new Map<Who, string>();
  for (const who of EVERYBODY.filter((each) => each !== 'nobody')) {
    const isAdministrator = who === 'administrator';
    const user = { username: who, name: who, email: `${who}@ci.example`, password: null, isAdministrator };
    const userId = await createUser(parts, user);
    userIds.set(who, userId);
    tokens.set(who, await createToken(parts, { username: who, name: 'test', scopes: ['api'], expiresAt: null }));
    const role = ROLES.find((each) => each === who);
    if (role !== undefined) await parts.store.write((tx) => join(tx, projectId, userId, role));
  }
  return { userIds, tokens };
}

async function join(tx: Tx, projectId: number, userId: number, role: Role): Promise<void> {
  await putMember(tx, { source: 'project', sourceId: projectId, userId, role: accessLevel(role), expiresAt: null });
}
