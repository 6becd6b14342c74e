import { expect } from 'vitest';
import type { Client } from './use-gitbeaker.ts';

const missing = { cause: { response: { status: 404 } } };
const EXPIRES = '2099-01-01';

export async function useMembers(gitlab: Client, path: string): Promise<void> {
  const { Users, ProjectMembers, Namespaces } = gitlab;
  const account = { email: 'b@example.org', username: 'beaker', name: 'B', password: 'rather-long-9' };
  const { id } = await Users.create({ ...account, skipConfirmation: true });
  expect((await Users.all({ username: 'beaker' })).map((user) => user.id)).toEqual([id]);
  expect((await Users.edit(id, { name: 'Beaker' })).name).toBe('Beaker');
  expect((await Users.show(id)).username).toBe('beaker');
  await Users.block(id);
  expect((await Users.show(id)).state).toBe('blocked');
  await Users.unblock(id);
  expect((await Namespaces.all({ search: 'root' })).map((each) => each.full_path)).toContain('root');
  expect((await Namespaces.show('root')).kind).toBe('user');
  expect((await ProjectMembers.add(path, 30, { userId: id })).access_level).toBe(30);
  expect((await ProjectMembers.edit(path, id, 40, { expiresAt: EXPIRES })).expires_at).toBe(EXPIRES);
  expect((await ProjectMembers.show(path, id, { includeInherited: true })).access_level).toBe(40);
  expect((await ProjectMembers.all(path, { includeInherited: true })).map((user) => user.id)).toContain(id);
  await ProjectMembers.remove(path, id);
  await expect(ProjectMembers.show(path, id)).rejects.toMatchObject(missing);
}

export async function useTokens(gitlab: Client, path: string): Promise<void> {
  const { Users, PersonalAccessTokens, ProjectAccessTokens } = gitlab;
  const { id: user } = await Users.showCurrentUser();
  const own = await PersonalAccessTokens.create(user, 'of gitbeaker', ['read_api'], { expiresAt: EXPIRES });
  expect((await PersonalAccessTokens.show({ tokenId: own.id })).name).toBe('of gitbeaker');
  expect((await PersonalAccessTokens.show()).user_id).toBe(user);
  const next = await PersonalAccessTokens.rotate(own.id, { expiresAt: EXPIRES });
  expect(next.token).not.toBe(own.token);
  expect((await PersonalAccessTokens.all({ state: 'active' })).map(({ id }) => id)).toContain(next.id);
  await PersonalAccessTokens.remove({ tokenId: next.id });
  expect((await PersonalAccessTokens.show({ tokenId: next.id })).revoked).toBe(true);
  const made = await ProjectAccessTokens.create(path, 'bot', ['api'], EXPIRES, { accessLevel: 30 });
  expect((await ProjectAccessTokens.show(path, made.id)).access_level).toBe(30);
  const other = await ProjectAccessTokens.rotate(path, made.id, { expiresAt: EXPIRES });
  expect((await ProjectAccessTokens.all(path)).filter(({ active }) => active).map(({ id }) => id)).toEqual([other.id]);
  await ProjectAccessTokens.revoke(path, other.id);
}

export async function useProtection(gitlab: Client, path: string): Promise<void> {
  const { ProtectedBranches, ProtectedTags } = gitlab;
  await ProtectedBranches.protect(path, 'stable/*', { pushAccessLevel: 40 });
  expect((await ProtectedBranches.show(path, 'stable/*')).push_access_levels).toMatchObject([{ access_level: 40 }]);
  expect((await ProtectedBranches.all(path)).map(({ name }) => name)).toEqual(['main', 'stable/*']);
  await ProtectedBranches.unprotect(path, 'stable/*');
  await ProtectedTags.protect(path, 'v*', { createAccessLevel: 40 });
  expect((await ProtectedTags.show(path, 'v*')).create_access_levels).toMatchObject([{ access_level: 40 }]);
  expect((await ProtectedTags.all(path)).map(({ name }) => name)).toEqual(['v*']);
  await ProtectedTags.unprotect(path, 'v*');
}
