import { expect, it } from 'vitest';
import type { CompileRef } from '../../compile/index.ts';
import type { Checkout } from '../../git/index.ts';
import { pipelineFacts } from './pipeline-facts.ts';

const ZEROS = '0'.repeat(40);
const CHECKOUT: Checkout = {
  topLevel: '/home/ada/shop',
  ref: { kind: 'branch', name: 'one' },
  sha: '1a2b3c4d5e6f708192a3b4c5d6e7f8091a2b3c4d',
  beforeSha: ZEROS,
  commit: null,
  remote: null,
  project: { path: 'acme/web/shop', name: 'shop', namespace: 'acme/web' },
  defaultBranch: 'main',
};

function facts(ref: Partial<CompileRef> = {}, checkout: Partial<Checkout> = {}) {
  const whole: CompileRef = { name: 'one', kind: 'branch', source: 'push', projectPath: 'acme/web/shop', ...ref };
  return pipelineFacts({ ...CHECKOUT, ...checkout }, whole, { configPath: '.gitlab-ci.yml', now: 0 });
}

it.each([
  ['https://git.example.org/a/b.git', { protocol: 'https', host: 'git.example.org', port: '443', version: null }],
  ['http://git.example.org:8080/a/b.git', { protocol: 'http', host: 'git.example.org', port: '8080', version: null }],
  [
    'ssh://git@git.example.org:2222/a/b.git',
    { protocol: 'https', host: 'git.example.org', port: '443', version: null },
  ],
  ['git@git.example.org:acme/web/shop.git', { protocol: 'https', host: 'git.example.org', port: '443', version: null }],
  ['/srv/git/b.git', { protocol: 'https', host: 'localhost', port: '443', version: null }],
])('the server of the remote %s', (url, server) => {
  expect(facts({}, { remote: { name: 'origin', url } }).server).toEqual(server);
});

it('a checkout without a commit or a remote has empty words', () => {
  const none = facts({}, { sha: ZEROS });
  expect(none.server.host).toBe('localhost');
  expect(none.commit).toMatchObject({ sha: ZEROS, message: '', author: '' });
});

it('the default branch is protected, a tag of its name is not', () => {
  expect(facts({ name: 'main' }).ref.isProtected).toBe(true);
  expect(facts({ name: 'main', kind: 'tag' }).ref).toMatchObject({ name: 'main', kind: 'tag', isProtected: false });
  expect(facts().ref.isProtected).toBe(false);
});

it('a merge request goes into the default branch, from the branch that is checked out', () => {
  const request = facts({ kind: 'merge_request', source: 'merge_request_event' }, { beforeSha: 'a'.repeat(40) });
  expect(request.ref).toMatchObject({ name: 'one', kind: 'branch' });
  expect(request.mergeRequest).toMatchObject({ iid: 1, targetBranch: 'main', diffBaseSha: 'a'.repeat(40) });
});
