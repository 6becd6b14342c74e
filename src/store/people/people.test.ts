import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AutoClock } from '../../../test/support/auto-clock.ts';
import {
  countProjects,
  countUsers,
  deleteProject,
  findLiveToken,
  findProjectByPath,
  findRole,
  findSession,
  findUserByName,
  findVariables,
  insertNamespace,
  insertProject,
  insertSession,
  insertSignInLink,
  insertToken,
  insertUser,
  insertVariable,
  listMembers,
  listNamespacesOf,
  listProjects,
  listVariablesForPipelines,
  type NewProject,
  type NewToken,
  type NewUser,
  type NewVariable,
  putMember,
  removeMember,
  revokeToken,
  type Store,
  takeSignInLink,
  updateVariable,
} from '../index.ts';
import { createTestStores, describeOnEachEngine, type TestStores } from '../testing/engines.ts';

const START = 1_000_000;
let stores: TestStores;
let clock: AutoClock;
let store: Store;
let ada: number;
let group: number;
let project: number;

const USER: NewUser = {
  username: 'Ada',
  name: 'Ada L.',
  email: 'ada@example.com',
  passwordHash: null,
  isAdministrator: false,
};
const PROJECT: Omit<NewProject, 'namespaceId'> = {
  path: 'shop',
  fullPath: 'Group/shop',
  name: 'Shop',
  description: '',
  visibility: 'private',
  defaultBranch: null,
  ciConfigPath: '',
  takesSharedRunners: true,
  isArchived: false,
  settings: {},
  createdBy: null,
};

describeOnEachEngine((engine) => {
  beforeEach(async () => {
    clock = new AutoClock(START);
    stores = await createTestStores(engine, clock);
    store = await stores.open();
    await store.write(async (tx) => {
      ada = (await insertUser(tx, USER)) ?? 0;
      group = (await insertNamespace(tx, { path: 'Group', name: 'Group', kind: 'group', ownerId: null })) ?? 0;
      project = (await insertProject(tx, { ...PROJECT, namespaceId: group })) ?? 0;
    });
  });

  afterEach(() => stores.close());

  describe('users', () => {
    it('have a name of their own, whatever the case', async () => {
      expect(await store.write((tx) => insertUser(tx, { ...USER, username: 'ADA' }))).toBeNull();
      expect((await store.read((db) => findUserByName(db, 'aDa')))?.id).toBe(ada);
    });

    it('are found by a part of what they are called, in which nothing is special', async () => {
      const search = (text: string) =>
        store.read((db) => countUsers(db, { search: text, username: null, state: null }));
      expect(await search('A L')).toBe(1);
      expect(await search('%%%%%%%%%%%%%%%%%%%%%')).toBe(0);
    });

    it('are signed in by a link once, while it is good', async () => {
      await store.write((tx) => insertSignInLink(tx, { tokenHash: 'link', userId: ada, expiresAt: START + 10 }));
      await store.write((tx) => insertSignInLink(tx, { tokenHash: 'late', userId: ada, expiresAt: START }));
      const take = (hash: string) => store.write((tx) => takeSignInLink(tx, hash));
      expect([await take('link'), await take('link'), await take('late')]).toEqual([ada, null, null]);
    });

    it('have sessions that end', async () => {
      const session = { tokenHash: 'cookie', userId: ada, csrfToken: 'x', ip: '::1', userAgent: '' };
      await store.write((tx) => insertSession(tx, { ...session, expiresAt: START + 10 }));
      expect(await store.read((db) => findSession(db, 'cookie'))).toMatchObject({ userId: ada, csrfToken: 'x' });
      await clock.sleep(10);
      expect(await store.read((db) => findSession(db, 'cookie'))).toBeNull();
    });

    it('have tokens that open nothing once they are revoked or have expired', async () => {
      const token: NewToken = {
        kind: 'personal',
        tokenHash: 'one',
        userId: ada,
        projectId: null,
        name: 'mine',
        scopes: ['api'],
        role: null,
        expiresAt: null,
      };
      const id = await store.write((tx) => insertToken(tx, token));
      await store.write((tx) => insertToken(tx, { ...token, tokenHash: 'two', expiresAt: START + 10 }));
      const find = (hash: string) => store.read((db) => findLiveToken(db, hash));
      expect(await find('one')).toMatchObject({ id, scopes: ['api'] });
      expect(await find('two')).not.toBeNull();
      await store.write((tx) => revokeToken(tx, id));
      await clock.sleep(10);
      expect([await find('one'), await find('two')]).toEqual([null, null]);
    });
  });

  describe('the role in a project', () => {
    const role = () => store.read((db) => findRole(db, project, ada));

    it('is the most that membership of the project or of its namespace gives', async () => {
      expect(await role()).toBeNull();
      await store.write((tx) => putMember(tx, member('project', project, 20)));
      expect(await role()).toBe(20);
      await store.write((tx) => putMember(tx, member('namespace', group, 40)));
      expect(await role()).toBe(40);
      expect(
        await store.read((db) => listMembers(db, { projectId: project, withNamespace: true }, FIRST)),
      ).toHaveLength(2);
      await store.write((tx) => removeMember(tx, member('namespace', group, 0)));
      expect(await role()).toBe(20);
    });

    it('ends when it was to end, and with it the place in all lists', async () => {
      for (const one of [member('project', project, 30), member('namespace', group, 20)]) {
        await store.write((tx) => putMember(tx, { ...one, expiresAt: START + 10 }));
      }
      const lists = () =>
        store.read(async (db) => [
          (await listMembers(db, { projectId: project, withNamespace: true }, FIRST)).map((each) => each.role),
          (await listNamespacesOf(db, ada)).map(({ path }) => path),
        ]);
      expect([await role(), await lists()]).toEqual([30, [[20, 30], ['Group']]]);
      await clock.sleep(10);
      expect([await role(), await lists()]).toEqual([null, [[], []]]);
    });

    it('is owner in what lies in the user’s own namespace', async () => {
      const own = await store.write(async (tx) => {
        const namespaceId = await insertNamespace(tx, { path: 'ada', name: 'Ada', kind: 'user', ownerId: ada });
        return await insertProject(tx, { ...PROJECT, fullPath: 'ada/shop', namespaceId: namespaceId ?? 0 });
      });
      expect(await store.read((db) => findRole(db, own ?? 0, ada))).toBe(50);
    });
  });

  describe('projects', () => {
    it('are found by path in any case, until they are deleted and their path is free', async () => {
      expect((await store.read((db) => findProjectByPath(db, 'group/SHOP')))?.id).toBe(project);
      expect(await store.write((tx) => insertProject(tx, { ...PROJECT, namespaceId: group }))).toBeNull();
      await store.write((tx) => deleteProject(tx, project));
      expect(await store.read((db) => findProjectByPath(db, 'group/shop'))).toBeNull();
      expect(await store.write((tx) => insertProject(tx, { ...PROJECT, namespaceId: group }))).not.toBeNull();
    });

    it('are listed for those who may see them', async () => {
      const filter = { isMember: false, isOwned: false, isArchived: null, visibility: null, search: null } as const;
      const seenBy = (userId: number | null, visibilities: readonly ('internal' | 'public')[] = []) =>
        store.read((db) => countProjects(db, { ...filter, visibleTo: { visibilities, userId, projectId: null } }));
      expect(await seenBy(ada)).toBe(0);
      await store.write((tx) =>
        insertProject(tx, { ...PROJECT, fullPath: 'group/open', visibility: 'public', namespaceId: group }),
      );
      expect([await seenBy(null, ['public']), await seenBy(ada, ['public', 'internal'])]).toEqual([1, 1]);
      await store.write((tx) => putMember(tx, member('project', project, 10)));
      expect(await seenBy(ada, ['public', 'internal'])).toBe(2);
      const mine = {
        ...filter,
        isMember: true,
        search: 'SHO',
        visibleTo: { visibilities: ['public'], userId: ada, projectId: null },
      } as const;
      expect(await store.read((db) => listProjects(db, mine, FIRST))).toMatchObject([{ id: project }]);
    });
  });

  describe('variables', () => {
    const variable: NewVariable = {
      key: 'KEY',
      environmentScope: '*',
      value: 'secret',
      kind: 'file',
      isProtected: true,
      isMasked: true,
      isHidden: false,
      isRaw: false,
      description: null,
    };

    it('are sealed, one for each key and environment scope, and open again where pipelines ask', async () => {
      const owner = { scope: 'project', projectId: project } as const;
      const id = await store.write((tx) => insertVariable(tx, owner, variable));
      expect(await store.write((tx) => insertVariable(tx, owner, variable))).toBeNull();
      await store.write((tx) => insertVariable(tx, owner, { ...variable, environmentScope: 'review/*' }));
      await store.write((tx) => insertVariable(tx, { scope: 'instance' }, { ...variable, value: 'all' }));
      const renamed = { ...variable, environmentScope: 'review/*' };
      expect(await store.write((tx) => updateVariable(tx, owner, id ?? 0, renamed))).toBe(false);
      expect(await store.write((tx) => updateVariable(tx, owner, id ?? 0, { ...variable, key: 'NEW' }))).toBe(true);
      expect(await store.read((db) => findVariables(db, owner, 'NEW'))).toMatchObject([{ id, value: 'secret' }]);
      const seen = await store.read((db) => listVariablesForPipelines(db, project));
      expect(seen.map(({ key, value }) => `${key}=${value}`)).toEqual(['KEY=all', 'NEW=secret', 'KEY=secret']);
      const raw = await store.read(({ query }) => query.selectFrom('variables').select('value').execute());
      expect(JSON.stringify(raw)).not.toContain('secret');
    });
  });

  const FIRST = { limit: 100, offset: 0, after: null, order: 'asc' } as const;

  function member(source: 'project' | 'namespace', sourceId: number, role: number) {
    return { source, sourceId, userId: ada, role, expiresAt: null };
  }
});
