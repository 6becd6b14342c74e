import { type Static, Type } from 'typebox';
import {
  type Db,
  findUser,
  findUserByName,
  listMembers,
  listNamespacesAbove,
  type MemberRecord,
  putMember,
  removeMember,
} from '../../../store/index.ts';
import { ACCESS_LEVELS, levelIn } from '../../access/index.ts';
import {
  badParameters,
  type Call,
  created,
  forbidden,
  HttpError,
  noContent,
  notFound,
  ok,
  PAGING,
  paged,
  pageOf,
  type Route,
  route,
} from '../../http/index.ts';
import type { Parts } from '../../parts.ts';
import { noteAudit } from '../../rest/note-audit.ts';
import { answer, ID, INSTANT, nullable, PROJECT_PARAMS, USER, words } from '../../rest/schemas/common.ts';
import { instant } from '../../rest/shapes/show-common.ts';
import { expiryOf } from '../../users/index.ts';

const MEMBER = answer({
  ...USER.properties,
  access_level: Type.Integer(),
  membership_state: Type.Literal('active'),
  created_at: INSTANT,
  expires_at: nullable(Type.String(), 'a day'),
});
const path = '/api/v4/projects/:id/members';
const MOST = 10_000;
const tag = 'Members';
const params = Type.Object(PROJECT_PARAMS);
const oneParams = Type.Object({ ...PROJECT_PARAMS, user_id: ID });
const LEVEL = Type.Integer({ enum: Object.values(ACCESS_LEVELS) });
const EXPIRY = Type.Optional(nullable(Type.String({ pattern: '^\\d{4}-\\d{2}-\\d{2}$' })));

/** Who belongs to a project: its own members, and (`all`) those of its namespace and of the groups above. */
export function memberRoutes(parts: Parts): readonly Route[] {
  return [
    ...[false, true].flatMap((withNamespace) => readRoutes(parts, withNamespace)),
    addRoute(parts),
    ...changeRoutes(parts),
  ];
}

function readRoutes({ store, base }: Parts, withNamespace: boolean): readonly Route[] {
  const from = `${path}${withNamespace ? '/all' : ''}`;
  const common = { method: 'GET', action: 'member.read', tag } as const;
  return [
    route({
      ...common,
      path: from,
      summary: withNamespace ? "List a project's members, those of its namespace too" : "List a project's own members",
      params,
      query: Type.Object({ ...PAGING, query: Type.Optional(words(255)) }),
      answers: { 200: Type.Array(MEMBER) },
      handle: async (call) => {
        const part = (call.query.query ?? '').toLowerCase();
        const all = await store.read((db) => membersOf(db, call.project.id, withNamespace));
        const found = all.filter(({ username, name }) => `${username}\n${name}`.toLowerCase().includes(part));
        const page = pageOf(call.query);
        const items = found.slice(page.offset, page.offset + page.perPage).map((member) => showMember(member, base));
        return paged({ items, total: found.length }, page, call.base, call.url);
      },
    }),
    route({
      ...common,
      path: `${from}/:user_id`,
      summary: 'One member',
      params: oneParams,
      answers: { 200: MEMBER },
      handle: async ({ project, params: { user_id: id } }) =>
        ok(showMember(await store.read((db) => requireMember(db, project.id, id, withNamespace)), base)),
    }),
  ];
}

function addRoute({ store, base }: Parts): Route {
  return route({
    method: 'POST',
    path,
    action: 'member.manage',
    tag,
    summary: 'Add a member',
    params,
    body: Type.Object({
      user_id: Type.Optional(ID),
      username: Type.Optional(words(255)),
      access_level: LEVEL,
      expires_at: EXPIRY,
    }),
    answers: { 201: MEMBER },
    handle: async (call) => {
      const { user_id: id, username, access_level: role, expires_at: day } = call.body;
      if (id === undefined && username === undefined) {
        throw badParameters('user_id, username are missing, exactly one parameter must be provided');
      }
      const member = await store.write(async (tx) => {
        const user = await (id === undefined ? findUserByName(tx, username ?? '') : findUser(tx, id));
        if (user === null) throw notFound('User');
        const there = await membersOf(tx, call.project.id, false);
        if (there.some(({ userId }) => userId === user.id)) {
          throw new HttpError(409, { message: 'Member already exists' });
        }
        refuseAbove(call, role);
        return await put(tx, call, { userId: user.id, role, expiresAt: expiryOf(day, tx.now()), deed: 'add' });
      });
      return created(showMember(member, base));
    },
  });
}

function changeRoutes({ store, base }: Parts): readonly Route[] {
  const one = { action: 'member.manage', tag, path: `${path}/:user_id`, params: oneParams } as const;
  return [
    route({
      ...one,
      method: 'PUT',
      summary: 'Change what a member may do',
      body: Type.Object({ access_level: LEVEL, expires_at: EXPIRY }),
      answers: { 200: MEMBER },
      handle: async (call) => {
        const { access_level: role, expires_at: day } = call.body;
        const member = await store.write(async (tx) => {
          const old = await requireMember(tx, call.project.id, call.params.user_id, false);
          refuseAbove(call, Math.max(old.role, role));
          const expiresAt = day === undefined ? old.expiresAt : expiryOf(day, tx.now());
          return await put(tx, call, { userId: old.userId, role, expiresAt, deed: 'update' });
        });
        return ok(showMember(member, base));
      },
    }),
    route({
      ...one,
      method: 'DELETE',
      summary: 'Remove a member',
      answers: { 204: null },
      handle: async (call) => {
        const { id: sourceId } = call.project;
        await store.write(async (tx) => {
          const { userId, role } = await requireMember(tx, sourceId, call.params.user_id, false);
          refuseAbove(call, role);
          await removeMember(tx, { source: 'project', sourceId, userId });
          await noteAudit(tx, call, { action: 'member.remove', targetKind: 'member', targetId: userId });
        });
        return noContent();
      },
    }),
  ];
}

/** Nobody gives, or takes away, more than they have. @throws HttpError 403 */
function refuseAbove({ principal, project }: Pick<Call, 'principal' | 'project'>, level: number): void {
  if (level > levelIn(principal, project)) throw forbidden();
}

type Asking = Pick<Call, 'principal' | 'project' | 'remoteAddress'>;
type Tx = Parameters<typeof putMember>[0];

async function put(
  tx: Tx,
  call: Asking,
  change: { readonly userId: number; readonly role: number; readonly expiresAt: number | null; readonly deed: string },
): Promise<MemberRecord> {
  const { deed, ...member } = change;
  await putMember(tx, { source: 'project', sourceId: call.project.id, ...member });
  const details = { access_level: member.role };
  await noteAudit(tx, call, { action: `member.${deed}`, targetKind: 'member', targetId: member.userId, details });
  return await requireMember(tx, call.project.id, member.userId, false);
}

/** Each once, with the most that they have; by user. */
async function membersOf(db: Db, projectId: number, withNamespace: boolean): Promise<readonly MemberRecord[]> {
  const listed = await listMembers(db, { projectId, withNamespace }, { limit: MOST, offset: 0 });
  const owners = withNamespace ? await namespaceOwners(db, projectId) : [];
  const most = new Map<number, MemberRecord>();
  for (const member of [...listed, ...owners]) {
    if ((most.get(member.userId)?.role ?? 0) < member.role) most.set(member.userId, member);
  }
  return [...most.values()].sort((a, b) => a.userId - b.userId);
}

async function namespaceOwners(db: Db, projectId: number): Promise<readonly MemberRecord[]> {
  const owners: MemberRecord[] = [];
  for (const { id: sourceId, ownerId } of await listNamespacesAbove(db, projectId)) {
    const user = ownerId === null ? null : await findUser(db, ownerId);
    if (user === null) continue;
    const { id: userId, username, name, state, createdAt } = user;
    const role = ACCESS_LEVELS.owner;
    owners.push({ source: 'namespace', sourceId, userId, role, expiresAt: null, username, name, state, createdAt });
  }
  return owners;
}

/** @throws HttpError 404 */
async function requireMember(db: Db, projectId: number, userId: number, withNamespace: boolean): Promise<MemberRecord> {
  const member = (await membersOf(db, projectId, withNamespace)).find((each) => each.userId === userId);
  if (member === undefined) throw notFound('Member');
  return member;
}

function showMember(member: MemberRecord, base: string): Static<typeof MEMBER> {
  return {
    id: member.userId,
    username: member.username,
    name: member.name,
    state: member.state,
    avatar_url: null,
    web_url: `${base}/${member.username}`,
    access_level: member.role,
    membership_state: 'active',
    created_at: instant(member.createdAt),
    expires_at: member.expiresAt === null ? null : instant(member.expiresAt).slice(0, 10),
  };
}
