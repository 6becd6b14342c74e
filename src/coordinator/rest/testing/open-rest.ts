import type { Engine } from '../../../../test/support/engines.ts';
import { ALL_SCOPES, type Principal, type ProjectAccess, type Role } from '../../access/index.ts';
import { AttemptLimiter, type ProjectFinder, type Route } from '../../http/index.ts';
import type { Parts } from '../../parts.ts';
import { buildTestServer } from '../../testing/build-test-server.ts';
import { type OpenedParts, openParts } from '../../testing/open-parts.ts';

export interface OpenedRest {
  readonly parts: OpenedParts;
  /** Address of the server, with `/api/v4`. */
  readonly api: string;
  readonly routes: readonly Route[];
  /** Over a socket. `as`: a role in every project; `owner` when left out. */
  ask(method: string, path: string, options?: AskOptions): Promise<Asked>;
  /** The same, with a path from the root. */
  askPath(method: string, path: string, options?: AskOptions): Promise<Asked>;
  close(): Promise<void>;
}

export interface AskOptions {
  readonly as?: Role | 'nobody' | 'administrator';
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface Asked {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into whatever was answered
  readonly json: any;
}

/** These routes on a real store behind real HTTP. Each answer is held against what its route says that it answers. */
export async function openRest(
  makeRoutes: (parts: Parts, projects: ProjectFinder) => readonly Route[],
  engine: Engine = 'SQLite',
): Promise<OpenedRest> {
  const parts = await openParts(engine);
  const projects: ProjectFinder = { find: async (name, user) => await findProject(parts, name, user) };
  const routes = makeRoutes(parts, projects).map(documented);
  const stopping = new AbortController();
  const app = await buildTestServer(parts, {
    routes,
    gate: {
      credentials: {
        byToken: async (token) => personOf(token),
        byJobToken: async () => null,
        bySession: async () => null,
      },
      projects,
      wrongCredentials: new AttemptLimiter(parts.clock, 100, 60_000),
    },
    stopping: stopping.signal,
  });
  const address = await app.listen({ port: 0, host: '127.0.0.1' });
  await addPeople(parts);
  return {
    parts,
    api: `${address}/api/v4`,
    routes,
    ask: async (method, path, options = {}) => await ask(`${address}/api/v4${path}`, method, options),
    askPath: async (method, path, options = {}) => await ask(`${address}${path}`, method, options),
    async close() {
      stopping.abort();
      await app.close();
      await parts.close();
    },
  };
}

/** Their number is also their level of access. */
const PEOPLE: Readonly<Record<string, number>> = {
  guest: 10,
  reporter: 20,
  developer: 30,
  maintainer: 40,
  owner: 50,
  administrator: 60,
};

async function addPeople({ store, clock }: Parts): Promise<void> {
  await store.write(async ({ query }) => {
    for (const [username, id] of Object.entries(PEOPLE)) {
      const is_admin = username === 'administrator' ? 1 : 0;
      const row = { id, username, name: `${username}!`, email: `${username}@example.com`, is_admin, state: 'active' };
      await query
        .insertInto('users')
        .values({ ...row, created_at: clock.now() })
        .execute();
    }
  });
}

function personOf(token: string): Extract<Principal, { kind: 'user' }> | null {
  const id = PEOPLE[token];
  if (id === undefined) return null;
  const user = { id, username: token, name: `${token}!`, isAdministrator: token === 'administrator' };
  return { kind: 'user', user, via: 'token', scopes: ALL_SCOPES, project: null };
}

async function findProject({ store }: Parts, name: string, user: number | null): Promise<ProjectAccess | null> {
  const role = Object.entries(PEOPLE).find(([, id]) => id === user && id <= 50)?.[0] as Role | undefined;
  const row = await store.read(({ query }) =>
    query
      .selectFrom('projects')
      .select(['id', 'visibility'])
      .where(/^\d+$/.test(name) ? 'id' : 'full_path', '=', /^\d+$/.test(name) ? Number(name) : name)
      .executeTakeFirst(),
  );
  if (row === undefined) return null;
  return { id: row.id, visibility: row.visibility as ProjectAccess['visibility'], role: role ?? null };
}

async function ask(url: string, method: string, { as = 'owner', body, headers = {} }: AskOptions): Promise<Asked> {
  const answer = await fetch(url, {
    method,
    headers: {
      ...(as === 'nobody' ? {} : { 'private-token': as }),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    signal: AbortSignal.timeout(30_000),
  });
  const text = await answer.text();
  const isJson = answer.headers.get('content-type')?.startsWith('application/json') === true;
  return { status: answer.status, headers: answer.headers, text, json: isJson ? JSON.parse(text) : null };
}

/** An answer of which its route says nothing becomes an error of the server, which names it. */
function documented(route: Route): Route {
  return {
    ...route,
    handle: async (call) => {
      const answer = await route.handle(call);
      if ('status' in answer && !(answer.status in route.answers))
        throw new Error(`${route.path} does not say that it answers ${answer.status}`);
      return answer;
    },
  };
}
