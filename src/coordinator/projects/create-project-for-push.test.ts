import { sql } from 'kysely';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { describeOnEachEngine } from '../../../test/support/engines.ts';
import { waitUntil } from '../../../test/support/wait-until.ts';
import { type Db, findNamespaceByPath, insertNamespace, putMember } from '../../store/index.ts';
import { ALL_SCOPES, accessLevel, type Role } from '../access/index.ts';
import { type ServedAll, serveAll, type Who } from '../testing/serve-all.ts';
import { createProjectForPush } from './create-project-for-push.ts';

describeOnEachEngine((engine) => {
  let all: ServedAll;

  beforeEach(async () => {
    all = await serveAll({ engine });
  });
  afterEach(() => all.close());

  const push = (as: Who, path: string) => {
    const user = { id: all.userIds.get(as) ?? 0, username: as, name: as, isAdministrator: as === 'administrator' };
    const principal = { kind: 'user', user, via: 'token', scopes: ALL_SCOPES, project: null } as const;
    return createProjectForPush(all.parts, { principal, remoteAddress: '192.0.2.7' }, path);
  };
  const idOf = async (path: string) => (await all.parts.store.read((db) => findNamespaceByPath(db, path)))?.id ?? 0;

  async function join(group: string, who: Who, role: Role): Promise<void> {
    const [sourceId, userId] = [await idOf(group), all.userIds.get(who) ?? 0];
    await all.parts.store.write((tx) =>
      putMember(tx, { source: 'namespace', sourceId, userId, role: accessLevel(role), expiresAt: null }),
    );
  }

  it('makes the groups that are missing for an administrator, who owns the first of them', async () => {
    const id = await push('administrator', 'acme/web/front/shop');
    const shown = await all.ask('GET', '/api/v4/projects/acme%2Fweb%2Ffront%2Fshop', { as: 'administrator' });
    expect(shown.json).toMatchObject({
      id,
      path_with_namespace: 'acme/web/front/shop',
      http_url_to_repo: 'http://ci.example/acme/web/front/shop.git',
      namespace: { kind: 'group', path: 'front', full_path: 'acme/web/front' },
    });
    expect(await push('administrator', 'acme/web/other')).toBeGreaterThan(id ?? 0);
    expect(await push('administrator', 'ACME/Web/Other')).not.toBeNull();
    const listed = await all.ask('GET', `/api/v4/projects/${id}/audit_events`, { as: 'administrator' });
    expect(listed.json).toMatchObject([
      { event_name: 'project.create', details: { author_name: 'administrator', ip_address: '192.0.2.7' } },
    ]);
  });

  it('lets members of a group see and push to all below it, and its maintainers make groups there', async () => {
    await push('administrator', 'acme/web/shop');
    const at = '/api/v4/projects/acme%2Fweb%2Fshop';
    expect((await all.ask('GET', at, { as: 'stranger' })).status).toBe(404);
    await join('acme', 'stranger', 'developer');
    expect((await all.ask('GET', at, { as: 'stranger' })).json.permissions.project_access.access_level).toBe(30);
    const seen = await all.ask('GET', '/api/v4/projects?membership=true', { as: 'stranger' });
    expect(seen.json.map((one: { path_with_namespace: string }) => one.path_with_namespace)).toEqual(['acme/web/shop']);
    expect(await push('stranger', 'acme/web/second')).not.toBeNull();
    expect(await push('stranger', 'acme/new/third')).toBeNull();
    await join('acme', 'stranger', 'maintainer');
    expect(await push('stranger', 'acme/new/third')).not.toBeNull();
  });

  it('names the members and owners of all groups above among the members of a project', async () => {
    const id = await push('administrator', 'acme/web/shop');
    await join('acme', 'stranger', 'maintainer');
    await join('acme/web', 'developer', 'developer');
    const listed = async (path: string) => {
      const { status, json } = await all.ask('GET', `/api/v4/projects/${id}/members${path}`, { as: 'stranger' });
      const levels = [json]
        .flat()
        .map((one: { username: string; access_level: number }) => [one.username, one.access_level]);
      return status === 200 ? Object.fromEntries(levels) : status;
    };
    expect(await listed('/all')).toEqual({ administrator: 50, stranger: 40, developer: 30 });
    expect(await listed(`/all/${all.userIds.get('stranger')}`)).toEqual({ stranger: 40 });
    expect(await listed('')).not.toHaveProperty('stranger');
  });

  it('tells a group from another one whose path only begins like it', async () => {
    await push('administrator', 'ac_e/shop');
    await push('administrator', 'acme/web/shop');
    await push('administrator', 'ac_e2/web/shop');
    await join('ac_e', 'stranger', 'developer');
    const seen = await all.ask('GET', '/api/v4/projects?membership=true', { as: 'stranger' });
    expect(seen.json.map((one: { path_with_namespace: string }) => one.path_with_namespace)).toEqual(['ac_e/shop']);
  });

  it.each([
    ['stranger', 'nobody/has/this', 'a group above that is not there'],
    ['stranger', 'stranger/sub/shop', 'a namespace below their own'],
    ['stranger', 'guest/shop', "somebody else's namespace"],
    ['administrator', 'stranger/sub/shop', "a namespace below somebody's own"],
    ['administrator', 'group/shop/sub', 'a group in the place of a project'],
    ['administrator', 'acme/-x/shop', 'a path that cannot be'],
    ['administrator', 'API/v4/shop', "a name that is the server's own"],
    ['administrator', 'acme//shop', 'an empty part'],
    ['administrator', `${'a/'.repeat(21)}shop`, 'more groups than there may be'],
  ] as const)('makes nothing for %s at %s: %s', async (who, path, _why) => {
    expect(await push(who, path)).toBeNull();
  });

  it('answers git at a path of any depth', async () => {
    const basic = Buffer.from(`x:${all.tokens.get('administrator')}`).toString('base64');
    const ask = async (path: string, as = basic) =>
      await all.ask('GET', `/${path}.git/info/refs?service=git-receive-pack`, {
        as: 'nobody',
        headers: { authorization: `Basic ${as}` },
      });
    const deepest = `${'a/'.repeat(20)}shop`;
    for (const path of ['group/shop', 'acme/web/shop', deepest]) {
      const { status, text } = await ask(path);
      expect([path, status, text.includes('# service=git-receive-pack')]).toEqual([path, 200, true]);
    }
    expect((await ask(`b/${deepest}`)).status).toBe(404);
    const stranger = Buffer.from(`x:${all.tokens.get('stranger')}`).toString('base64');
    expect((await ask('acme/web/shop', stranger)).status).toBe(404);
  });

  it('makes no project in the place of a group', async () => {
    await push('administrator', 'acme/web/shop');
    expect(await push('administrator', 'acme/web')).toBeNull();
  });

  it('makes either a project or a group of one path, when both are wanted at once', async () => {
    const { store } = all.parts;
    const web = { path: 'group/web', name: 'web', kind: 'group', ownerId: null } as const;
    const { promise: isMade, resolve: tellMade } = Promise.withResolvers<void>();
    const { promise: goesOn, resolve: goOn } = Promise.withResolvers<void>();
    const group = store.write(async (tx) => {
      const id = await insertNamespace(tx, web);
      tellMade();
      await goesOn;
      return id;
    });
    await isMade;
    const project = push('administrator', 'group/WEB');
    if (engine === 'PostgreSQL') await waitUntil('somebody waits', () => all.parts.store.read(isAnyoneWaiting));
    goOn();
    expect([await group, await project]).toEqual([expect.any(Number), null]);
  });
});

/** For a lock of the kind that programs name themselves. */
async function isAnyoneWaiting({ query }: Db): Promise<boolean> {
  const { rows } = await sql`select 1 from pg_locks where locktype = 'advisory' and not granted
    and database = (select oid from pg_database where datname = current_database())`.execute(query);
  return rows.length > 0;
}
