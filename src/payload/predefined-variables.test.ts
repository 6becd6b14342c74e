import { describe, expect, it } from 'vitest';
import type { PipelineFacts } from './facts.ts';
import { predefinedVariables } from './predefined-variables.ts';

const SHA = '1a2b3c4d5e6f708192a3b4c5d6e7f8091a2b3c4d';
const BEFORE = '0a2b3c4d5e6f708192a3b4c5d6e7f8091a2b3c4d';
const ZEROS = '0'.repeat(40);

const FACTS: PipelineFacts = {
  server: { protocol: 'https', host: 'git.example.org', port: '443', version: '1.2.3-rc.4' },
  project: {
    id: 1,
    path: 'acme/web/shop',
    name: 'shop',
    title: 'The Shop',
    description: 'Sells.',
    visibility: 'internal',
    namespace: 'acme/web',
    namespaceId: 7,
    defaultBranch: 'main',
  },
  commit: {
    sha: SHA,
    beforeSha: BEFORE,
    message: 'Sell more\n\nMuch more.\n',
    title: 'Sell more',
    author: 'Ada <ada@example.org>',
    timestamp: '2026-01-02T03:04:05+00:00',
  },
  ref: { name: 'Feature/One', kind: 'branch', isProtected: false, tagMessage: '' },
  mergeRequest: null,
  upstream: null,
  name: null,
  source: 'push',
  configPath: '.gitlab-ci.yml',
  createdAt: Date.UTC(2026, 0, 2, 3, 4, 5),
};

const variables = (changes: Partial<PipelineFacts> = {}) => predefinedVariables({ ...FACTS, ...changes });

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
      CI_PIPELINE_CREATED_AT: '2026-01-02T03:04:05Z',
    });
    expect(variables()).not.toHaveProperty('CI_COMMIT_TAG');
  });

  it('have a tag and no branch in a tag pipeline, and nothing before it', () => {
    const tag = variables({ ref: { kind: 'tag', name: 'v1.0', isProtected: false, tagMessage: 'First' } });
    expect(tag).toMatchObject({
      CI_COMMIT_TAG: 'v1.0',
      CI_COMMIT_REF_NAME: 'v1.0',
      CI_COMMIT_TAG_MESSAGE: 'First',
      CI_COMMIT_BEFORE_SHA: ZEROS,
    });
    expect(tag).not.toHaveProperty('CI_COMMIT_BRANCH');
  });

  it('have the merge request and no branch in a merge request pipeline', () => {
    const request = variables({
      source: 'merge_request_event',
      mergeRequest: { id: 1, iid: 1, title: 'Sell more', targetBranch: 'main', diffBaseSha: null },
    });
    expect(request).toMatchObject({
      CI_MERGE_REQUEST_SOURCE_BRANCH_NAME: 'Feature/One',
      CI_MERGE_REQUEST_TARGET_BRANCH_NAME: 'main',
      CI_COMMIT_BEFORE_SHA: ZEROS,
    });
    expect(request).not.toHaveProperty('CI_COMMIT_BRANCH');
  });

  it.each([
    ['https', 'git.example.org', '443', 'https://git.example.org'],
    ['http', 'git.example.org', '8080', 'http://git.example.org:8080'],
  ] as const)('take the server from %s, %s and %s', (protocol, host, port, url) => {
    const found = variables({ server: { protocol, host, port, version: null } });
    expect(found).toMatchObject({ CI_SERVER_URL: url, CI_SERVER_PORT: port, CI_SERVER_FQDN: url.split('/')[2] });
    expect(found.CI_API_V4_URL).toBe(`${url}/api/v4`);
  });
});
