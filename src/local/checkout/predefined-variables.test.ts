import { describe, expect, it } from 'vitest';
import type { CompileRef } from '../../compile/index.ts';
import type { Checkout } from '../../git/index.ts';
import { predefinedVariables } from './predefined-variables.ts';

const SHA = '1a2b3c4d5e6f708192a3b4c5d6e7f8091a2b3c4d';
const BEFORE = '0a2b3c4d5e6f708192a3b4c5d6e7f8091a2b3c4d';
const ZEROS = '0'.repeat(40);

const CHECKOUT: Checkout = {
  topLevel: '/home/ada/shop',
  ref: { kind: 'branch', name: 'Feature/One' },
  sha: SHA,
  beforeSha: BEFORE,
  commit: {
    message: 'Sell more\n\nMuch more.\n',
    title: 'Sell more',
    author: 'Ada <ada@example.org>',
    timestamp: '2026-01-02T03:04:05+00:00',
  },
  remote: { name: 'origin', url: 'git@git.example.org:acme/web/shop.git' },
  project: { path: 'acme/web/shop', name: 'shop', namespace: 'acme/web' },
  defaultBranch: 'main',
};

function variables(ref: Partial<CompileRef> = {}, checkout: Partial<Checkout> = {}) {
  return predefinedVariables({
    checkout: { ...CHECKOUT, ...checkout },
    ref: { name: 'Feature/One', kind: 'branch', source: 'push', projectPath: 'acme/web/shop', ...ref },
    configPath: '.gitlab-ci.yml',
    now: Date.UTC(2026, 0, 2, 3, 4, 5),
  });
}

describe('predefined variables', () => {
  it('tell project, commit and pipeline of a branch', () => {
    expect(variables()).toMatchObject({
      CI: 'true',
      CI_COMMIT_BRANCH: 'Feature/One',
      CI_COMMIT_REF_SLUG: 'feature-one',
      CI_COMMIT_REF_PROTECTED: 'false',
      CI_COMMIT_SHORT_SHA: '1a2b3c4d',
      CI_COMMIT_BEFORE_SHA: BEFORE,
      CI_COMMIT_MESSAGE: 'Sell more\n\nMuch more.',
      CI_COMMIT_DESCRIPTION: 'Much more.',
      CI_PROJECT_PATH_SLUG: 'acme-web-shop',
      CI_PROJECT_ROOT_NAMESPACE: 'acme',
      CI_PROJECT_URL: 'https://git.example.org/acme/web/shop',
      CI_PIPELINE_SOURCE: 'push',
      CI_PIPELINE_CREATED_AT: '2026-01-02T03:04:05.000Z',
    });
    expect(variables()).not.toHaveProperty('CI_COMMIT_TAG');
  });

  it('have a tag and no branch in a tag pipeline, and nothing before it', () => {
    const tag = variables({ kind: 'tag', name: 'v1.0' });
    expect(tag).toMatchObject({ CI_COMMIT_TAG: 'v1.0', CI_COMMIT_REF_NAME: 'v1.0', CI_COMMIT_BEFORE_SHA: ZEROS });
    expect(tag).not.toHaveProperty('CI_COMMIT_BRANCH');
  });

  it('have the merge request and no branch in a merge request pipeline', () => {
    const request = variables({ kind: 'merge_request', source: 'merge_request_event' });
    expect(request).toMatchObject({
      CI_MERGE_REQUEST_SOURCE_BRANCH_NAME: 'Feature/One',
      CI_MERGE_REQUEST_TARGET_BRANCH_NAME: 'main',
      CI_COMMIT_BEFORE_SHA: ZEROS,
    });
    expect(request).not.toHaveProperty('CI_COMMIT_BRANCH');
  });

  it.each([
    ['https://git.example.org/a/b.git', 'https://git.example.org', '443', 'git.example.org'],
    ['http://git.example.org:8080/a/b.git', 'http://git.example.org:8080', '8080', 'git.example.org:8080'],
    ['ssh://git@git.example.org:2222/a/b.git', 'https://git.example.org', '443', 'git.example.org'],
    ['/srv/git/b.git', 'https://localhost', '443', 'localhost'],
  ])('take the server from the remote %s', (url, server, port, fqdn) => {
    const found = variables({}, { remote: { name: 'origin', url } });
    expect(found).toMatchObject({ CI_SERVER_URL: server, CI_SERVER_PORT: port, CI_SERVER_FQDN: fqdn });
    expect(found.CI_API_V4_URL).toBe(`${server}/api/v4`);
  });

  it('do without a commit', () => {
    const none = variables({}, { sha: ZEROS, beforeSha: ZEROS, commit: null, remote: null });
    expect(none).toMatchObject({ CI_COMMIT_SHA: ZEROS, CI_COMMIT_MESSAGE: '', CI_SERVER_HOST: 'localhost' });
  });
});
