import { afterEach, beforeEach, expect, it } from 'vitest';
import {
  endAttempt,
  findToken,
  insertAttempt,
  insertSession,
  insertToken,
  insertUser,
  type NewToken,
  putMember,
  revokeToken,
  updateUser,
} from '../../../store/index.ts';
import { ALL_SCOPES, hashToken } from '../../access/index.ts';
import type { Gate } from '../../http/index.ts';
import { makeProject } from '../../testing/make-project.ts';
import { type OpenedParts, openParts } from '../../testing/open-parts.ts';
import { makeGate } from './make-gate.ts';

let parts: OpenedParts;
let gate: Gate;
let ana: number;

beforeEach(async () => {
  parts = await openParts();
  gate = makeGate(parts);
  const user = { username: 'ana', name: 'Ana', email: 'ana@ci.example', passwordHash: null, isAdministrator: false };
  ana = (await parts.store.write((tx) => insertUser(tx, user))) ?? 0;
});

afterEach(() => parts.close());

const addToken = (token: Partial<NewToken> = {}): Promise<number> =>
  parts.store.write((tx) =>
    insertToken(tx, {
      kind: 'personal',
      tokenHash: hashToken('secret'),
      userId: ana,
      projectId: null,
      name: 'laptop',
      scopes: ['read_api', 'of another day'],
      role: null,
      expiresAt: null,
      ...token,
    }),
  );

it('knows a personal token, with the scopes that it has, and nothing of one that is wrong', async () => {
  await addToken();
  expect(await gate.credentials.byToken('secret')).toEqual({
    kind: 'user',
    user: { id: ana, username: 'ana', name: 'Ana', isAdministrator: false },
    via: 'token',
    scopes: new Set(['read_api']),
    project: null,
  });
  expect(await gate.credentials.byToken('secreT')).toBeNull();
  expect(await gate.credentials.byJobToken('secret')).toBeNull();
});

it('holds a token of a project to that project and its role', async () => {
  await addToken({ kind: 'project', projectId: 7, role: 30, scopes: ['api'] });
  expect(await gate.credentials.byToken('secret')).toMatchObject({ project: { id: 7, most: 'developer' } });
});

it('lets no trigger token in, nor one that is revoked or expired, nor a blocked user', async () => {
  const id = await addToken({ kind: 'trigger', projectId: 7 });
  expect(await gate.credentials.byToken('secret')).toBeNull();
  await parts.store.write((tx) => revokeToken(tx, id));
  const revoked = await addToken({ tokenHash: hashToken('revoked') });
  await parts.store.write((tx) => revokeToken(tx, revoked));
  expect(await gate.credentials.byToken('revoked')).toBeNull();
  await addToken({ tokenHash: hashToken('brief'), expiresAt: parts.clock.now() + 1_000 });
  expect(await gate.credentials.byToken('brief')).not.toBeNull();
  parts.clock.pass(1_000);
  expect(await gate.credentials.byToken('brief')).toBeNull();
  await addToken({ tokenHash: hashToken('good') });
  await parts.store.write((tx) => updateUser(tx, ana, { state: 'blocked' }));
  expect(await gate.credentials.byToken('good')).toBeNull();
});

it('notes when a token was used, once a minute', async () => {
  const id = await addToken();
  const lastUsed = async () => (await parts.store.read((db) => findToken(db, 'personal', id)))?.lastUsedAt;
  const first = parts.clock.now();
  await gate.credentials.byToken('secret');
  parts.clock.pass(59_000);
  await gate.credentials.byToken('secret');
  expect(await lastUsed()).toBe(first);
  parts.clock.pass(1_000);
  await gate.credentials.byToken('secret');
  expect(await lastUsed()).toBe(first + 60_000);
});

it('knows the token of a job until its attempt has ended, and only then', async () => {
  const features = { cancelGracefully: true, phases: true, cleanupOnly: true };
  const attempt = { jobId: 3, pipelineId: 2, projectId: 7, attempt: 1, kind: 'job', runnerId: 1, features } as const;
  await parts.store.write((tx) =>
    insertAttempt(tx, { ...attempt, managerId: null, tokenHash: hashToken('job'), leaseUntil: 0 }),
  );
  expect(await gate.credentials.byJobToken('job')).toEqual({ kind: 'job', jobId: 3, projectId: 7 });
  expect(await gate.credentials.byToken('job')).toBeNull();
  await parts.store.write((tx) => endAttempt(tx, 3, 1));
  expect(await gate.credentials.byJobToken('job')).toBeNull();
});

it('keeps a browser signed in for two weeks after it came last', async () => {
  const day = 24 * 3_600_000;
  const session = { tokenHash: hashToken('cookie'), userId: ana, csrfToken: 'csrf', ip: '', userAgent: '' };
  await parts.store.write((tx) => insertSession(tx, { ...session, expiresAt: tx.now() + 14 * day }));
  parts.clock.pass(13 * day);
  const found = await gate.credentials.bySession('cookie');
  expect(found).toMatchObject({ csrfToken: 'csrf', principal: { via: 'session', scopes: ALL_SCOPES } });
  parts.clock.pass(13 * day);
  expect(await gate.credentials.bySession('cookie')).not.toBeNull();
  parts.clock.pass(15 * day);
  expect(await gate.credentials.bySession('cookie')).toBeNull();
});

it('finds a project by number and by path, and says what somebody is to it', async () => {
  const { id } = await makeProject(parts, { files: {} });
  expect(await gate.projects.find(String(id), null)).toEqual({ id, visibility: 'private', role: null });
  const member = { source: 'project', sourceId: id, userId: ana, role: 40, expiresAt: null } as const;
  await parts.store.write((tx) => putMember(tx, member));
  expect(await gate.projects.find('GROUP/shop', ana)).toEqual({ id, visibility: 'private', role: 'maintainer' });
  for (const name of ['0', '99', 'group', 'group/shop/', '1e3', '9'.repeat(40), '', "x' or 1=1 --", '\0']) {
    expect(await gate.projects.find(name, ana)).toBeNull();
  }
});

it('lets somebody in whose use cannot be noted', async () => {
  await addToken();
  const write = async (): Promise<never> => {
    throw new Error('the disk is full');
  };
  const full = makeGate({ ...parts, store: { ...parts.store, write, read: (look) => parts.store.read(look) } });
  expect(await full.credentials.byToken('secret')).not.toBeNull();
  expect(parts.complaints).toEqual([expect.stringContaining('the disk is full')]);
});
