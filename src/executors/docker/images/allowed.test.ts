import { expect, it } from 'vitest';
import {
  checkAllowedImage,
  checkAllowedService,
  chooseUser,
  isPrivilegedImage,
  isPrivilegedService,
} from './allowed.ts';

const allows = (name: string, ...allowedImages: string[]): boolean => {
  try {
    checkAllowedImage(name, { allowedImages, image: 'own/image:1' });
    return true;
  } catch {
    return false;
  }
};

it('allows any image where nothing is said', () => {
  expect(allows('any/thing')).toBe(true);
});

it.each([
  ['ruby:3', 'ruby:*', true],
  ['ruby', 'ruby:*', false],
  ['rubyx:3', 'ruby:*', false],
  ['docker.io/library/ruby:3', 'ruby:*', false],
  ['my.registry/app:1', 'my.registry/*', true],
  ['my.registry/group/app:1', 'my.registry/*', false],
  ['my.registry/group/app:1', 'my.registry/**', true],
  ['my.registry/group/app:1', 'my.registry/**/*', true],
  ['my.registry.evil.com/app', 'my.registry/**', false],
  ['my-registry/app', 'my.registry/**', false],
  ['node:20', '{ruby,node}:*', true],
  ['php:8.2', 'php:[78].?', true],
  ['php:9.2', 'php:[78].?', false],
  ['group/app:1', '*', false],
  ['group/app:1', '**', true],
])('%s by %s: %s', (name, glob, isAllowed) => {
  expect(allows(name, 'never/this', glob)).toBe(isAllowed);
});

it("always allows the runner's own image and services", () => {
  expect(allows('own/image:1', 'ruby:*')).toBe(true);
  const own = { name: 'docker:dind', aliases: [], entrypoint: null, command: null, environment: [] };
  const settings = { allowedServices: ['postgres:*'], services: [own] };
  expect(() => checkAllowedService('docker:dind', settings)).not.toThrow();
  expect(() => checkAllowedService('postgres:17', settings)).not.toThrow();
});

it('lists what is allowed when it refuses', () => {
  expect(() => checkAllowedImage('node:20', { allowedImages: ['ruby:*', 'php:8'], image: null })).toThrow(
    expect.objectContaining({
      code: 'executor_unavailable',
      message: expect.stringContaining(
        'The "node:20" image is not present on list of allowed images:\n- ruby:*\n- php:8\n',
      ),
    }),
  );
  expect(() => checkAllowedService('redis', { allowedServices: ['postgres:*'], services: [] })).toThrow(
    'The "redis" image is not present on list of allowed services:\n- postgres:*\n',
  );
});

it("takes the runner's user before the job's, and refuses who is not allowed", () => {
  expect(chooseUser('1000', { user: null, allowedUsers: [] })).toBe('1000');
  expect(chooseUser('1000', { user: 'root', allowedUsers: [] })).toBe('root');
  expect(chooseUser(null, { user: null, allowedUsers: ['www'] })).toBeNull();
  expect(chooseUser('', { user: null, allowedUsers: ['www'] })).toBeNull();
  expect(chooseUser('www', { user: null, allowedUsers: ['www', '1000:1000'] })).toBe('www');
  expect(() => chooseUser('root', { user: null, allowedUsers: ['www', '1000:1000'] })).toThrow(
    'user "root" is not an allowed user: www, 1000:1000',
  );
});

it('gives all rights to listed images alone', () => {
  expect(isPrivilegedImage('docker:dind', { privileged: true, allowedPrivilegedImages: [] })).toBe(true);
  expect(isPrivilegedImage('docker:dind', { privileged: true, allowedPrivilegedImages: ['docker:*'] })).toBe(true);
  expect(isPrivilegedImage('ruby', { privileged: true, allowedPrivilegedImages: ['docker:*'] })).toBe(false);
  expect(isPrivilegedImage('docker:dind', { privileged: false, allowedPrivilegedImages: ['docker:*'] })).toBe(false);
});

it("gives services the job's rights where nothing is said of theirs", () => {
  const settings = { privileged: true, allowedPrivilegedServices: ['docker:*'] };
  expect(isPrivilegedService('docker:dind', { ...settings, servicesPrivileged: null })).toBe(true);
  expect(isPrivilegedService('docker:dind', { ...settings, servicesPrivileged: false })).toBe(false);
  expect(isPrivilegedService('redis', { ...settings, servicesPrivileged: null })).toBe(false);
});
