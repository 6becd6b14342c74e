import type { FastifyInstance } from 'fastify';
import { afterAll, beforeAll, expect, it } from 'vitest';
import {
  ACCESS_LEVELS,
  judgeAccess,
  NOBODY,
  type Principal,
  type ProjectAccess,
  type Role,
  ruleOf,
} from '../access/index.ts';
import { AttemptLimiter, type Route } from '../http/index.ts';
import { buildTestServer } from '../testing/build-test-server.ts';
import { makeGate } from '../users/index.ts';
import { type Asker, openAskers } from './testing/open-askers.ts';
import { openTarget, type Target } from './testing/open-target.ts';
import { isForJobs, PERMISSIONS } from './testing/permissions.ts';

/** What a handler answers here: the walk is about who gets as far as that. */
const ENTERED = 299;
const REFUSALS = { unknown: 401, role: 403, scope: 403, hidden: 404, allowed: ENTERED } as const;
const VISIBILITIES = ['private', 'internal', 'public'] as const;
type Visibility = (typeof VISIBILITIES)[number];

let target: Target;
let doors: FastifyInstance;
let askers: readonly Asker[];

beforeAll(async () => {
  target = await openTarget();
  askers = await openAskers(target);
  doors = await openDoors(target);
}, 60_000);
afterAll(async () => {
  await doors.close();
  await target.close();
});

/** The server with its real gate, behind whose routes there is nothing. */
async function openDoors({ parts, routes }: Target): Promise<FastifyInstance> {
  return await buildTestServer(parts, {
    routes: routes.map(({ query: _query, body, ...route }) => ({
      ...route,
      ...(body === 'stream' ? { body } : {}),
      handle: () => ({ status: ENTERED }),
    })),
    gate: { ...makeGate(parts), wrongCredentials: new AttemptLimiter(parts.clock, 1_000_000, 60_000) },
    clock: parts.clock,
  });
}

const nameOf = ({ method, path }: Pick<Route, 'method' | 'path'>): string => `${method} ${path}`;
const judgedRoutes = (): readonly Route[] =>
  target.routes.filter(({ action }) => ruleOf(action).least !== 'credential');

it('knows of each route who may ask it, and of no other', () => {
  expect(target.routes.map(nameOf).filter((name) => !PERMISSIONS.has(name))).toEqual([]);
  const there = new Set(target.routes.map(nameOf));
  expect([...PERMISSIONS.keys()].filter((name) => !there.has(name))).toEqual([]);
  const own = target.routes.filter(({ action }) => ruleOf(action).least === 'credential').map(nameOf);
  expect(own.sort()).toEqual(
    [...PERMISSIONS]
      .filter(([, least]) => least === 'own credential')
      .map(([name]) => name)
      .sort(),
  );
});

/** Of an instance's routes once, and by `HEAD` once too. */
function asked(visibility: Visibility): readonly (readonly [Route, string])[] {
  const isFirst = visibility === 'private';
  return judgedRoutes()
    .filter(({ action }) => isFirst || ruleOf(action).on === 'project')
    .flatMap((route) =>
      [route.method, ...(isFirst && route.method === 'GET' ? ['HEAD'] : [])].map((method) => [route, method] as const),
    );
}

/** Whom a credential makes somebody depends on no project, and not on the method. */
function askersOf(method: string, visibility: Visibility): readonly Asker[] {
  return method === 'HEAD' || visibility !== 'private' ? askers.filter(({ is }) => is !== 'wrong') : askers;
}

it.each(VISIBILITIES)(
  "of a %s project lets everybody in by the table of actions and by GitLab's, with every credential, and nobody else",
  async (visibility) => {
    await show(visibility);
    const wrong: string[] = [];
    for (const [route, method] of asked(visibility)) {
      const url = route.path.replace(':id', String(target.project.id)).replaceAll(/:\w+|\*/g, '1');
      for (const asker of askersOf(method, visibility)) {
        const { name, role, headers } = asker;
        const { statusCode: came } = await doors.inject({ method: method as 'GET', url, headers });
        const due = expected(route, asker, visibility);
        if (came !== due) wrong.push(`${method} ${route.path} by ${name}: ${came}, and the table says ${due}`);
        const mayEnter = role === null || method === 'HEAD' ? came === ENTERED : may(nameOf(route), role, visibility);
        if (mayEnter !== (came === ENTERED))
          wrong.push(`${nameOf(route)} by ${name}: ${came}, and GitLab says ${mayEnter}`);
      }
    }
    expect(wrong).toEqual([]);
  },
  60_000,
);

async function show(visibility: Visibility): Promise<void> {
  const { id } = target.project;
  await target.parts.store.write(({ query }) =>
    query.updateTable('projects').set({ visibility }).where('id', '=', id).execute(),
  );
}

/** By the table, for the person whom the credential makes them. */
function expected({ action, method }: Route, { is, role }: Asker, visibility: Visibility): number {
  if (is === 'wrong') return 401;
  const isRead = method === 'GET';
  if (is === 'unproven' && !isRead) return 403;
  const principal: Principal =
    is === 'unproven' ? (askers.find(({ name }) => name === 'developer')?.is as Principal) : is;
  const { id } = target.project;
  const access: ProjectAccess = { id, visibility, role: is === 'unproven' ? 'developer' : memberOf(principal, role) };
  const judgement = judgeAccess(principal, action, ruleOf(action).on === 'project' ? access : null, isRead);
  return REFUSALS[judgement];
}

function memberOf(principal: Principal, role: Asker['role']): Role | null {
  if (role !== null) return role in ACCESS_LEVELS ? (role as Role) : null;
  // Tokens with fewer scopes are the owner's.
  return principal.kind === 'user' && principal.user.username === 'owner' ? 'owner' : null;
}

/** By the list that was written by hand, and by nothing of ours. */
function may(route: string, role: NonNullable<Asker['role']>, visibility: Visibility): boolean {
  const least = PERMISSIONS.get(route);
  if (least === undefined || least === 'own credential') throw new Error(`${route} is not in the list`);
  if (role === 'job') return isForJobs(route);
  if (least === 'anyone' || role === 'administrator') return true;
  if (least === 'administrator') return false;
  if (least === 'signed_in') return role !== 'nobody';
  const isVisible = visibility === 'public' || (visibility === 'internal' && role !== 'nobody');
  if (isVisible && (least === 'guest' || least === 'reporter')) return true;
  const own = role in ACCESS_LEVELS ? ACCESS_LEVELS[role as Role] : 0;
  return own >= ACCESS_LEVELS[least];
}

it('is asked by nobody at all and by every kind of person and credential', () => {
  expect(askers.map(({ is }) => (typeof is === 'string' ? is : is.kind))).toEqual(
    expect.arrayContaining(['nobody', 'user', 'job', 'wrong', 'unproven']),
  );
  expect(new Set(askers.map(({ name }) => name)).size).toBe(askers.length);
  expect(askers.some(({ is }) => is === NOBODY)).toBe(true);
});
