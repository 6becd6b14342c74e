import { ALL_SCOPES, type Role, type UserPrincipal } from '../../access/index.ts';
import { AttemptLimiter, type Gate, type Route } from '../../http/index.ts';
import { buildTestServer } from '../../testing/build-test-server.ts';
import type { OpenedParts } from '../../testing/open-parts.ts';

/** A server as a runner sees it. */
export interface RunnerTarget {
  /** Such as `http://127.0.0.1:4711`. */
  readonly url: string;
  request(method: string, path: string, options?: RequestOptions): Promise<RunnerAnswer>;
}

export interface RunnerServer extends RunnerTarget {
  close(): Promise<void>;
}

export interface RequestOptions {
  /** Sent as JSON. */
  readonly json?: unknown;
  readonly body?: string | Uint8Array<ArrayBuffer> | FormData;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
}

export interface RunnerAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly bytes: Buffer;
  /** Of a JSON body. */
  // biome-ignore lint/suspicious/noExplicitAny: tests look at what came.
  readonly json: any;
}

/** Listens on a port of its own. Users are by their role in every project: `PRIVATE-TOKEN: developer`. */
export async function serveRunners(
  parts: OpenedParts,
  routesFor: (gate: Gate) => readonly Route[],
): Promise<RunnerServer> {
  const stopping = new AbortController();
  const gate: Gate = {
    credentials: {
      byToken: async (token) => userOf(token as Role),
      byJobToken: async () => null,
      bySession: async () => null,
    },
    projects: {
      find: async (name, user) => ({ id: Number(name), visibility: 'private', role: ROLES[(user ?? 0) - 1] ?? null }),
    },
    wrongCredentials: new AttemptLimiter(parts.clock, 100, 60_000),
  };
  const app = await buildTestServer(parts, {
    routes: routesFor(gate),
    gate,
    stopping: stopping.signal,
  });
  const url = await app.listen({ port: 0, host: '127.0.0.1' });
  return {
    ...runnerTarget(url),
    async close() {
      stopping.abort();
      await app.close();
    },
  };
}

export function runnerTarget(url: string): RunnerTarget {
  return { url, request: (method, path, options) => request(`${url}${path}`, method, options) };
}

const ROLES: readonly Role[] = ['guest', 'reporter', 'developer', 'maintainer', 'owner'];

function userOf(role: Role): UserPrincipal | null {
  const id = ROLES.indexOf(role) + 1;
  if (id === 0) return null;
  const user = { id, username: role, name: role, isAdministrator: role === 'owner' };
  return { kind: 'user', user, via: 'token', scopes: ALL_SCOPES, project: null };
}

async function request(url: string, method: string, options: RequestOptions = {}): Promise<RunnerAnswer> {
  const { json, body, headers = {}, signal } = options;
  const sent = json === undefined ? body : JSON.stringify(json);
  const type: Record<string, string> = json === undefined ? {} : { 'content-type': 'application/json' };
  const answer = await fetch(url, {
    method,
    headers: { ...type, ...headers },
    ...(sent === undefined ? {} : { body: sent }),
    ...(signal === undefined ? {} : { signal }),
    redirect: 'manual',
  });
  const bytes = Buffer.from(await answer.arrayBuffer());
  const isJson = /^application\/json(;|$)/.test(answer.headers.get('content-type') ?? '');
  return { status: answer.status, headers: answer.headers, bytes, json: isJson ? JSON.parse(bytes.toString()) : null };
}
