import { spawnSync } from 'node:child_process';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { describeOnEachEngine } from '../../../../test/support/engines.ts';
import { findProjectForPipelines } from '../../../store/index.ts';
import type { PipelineRequest } from '../../pipelines/index.ts';
import { commitFiles } from '../../testing/commit-files.ts';
import { makeProject, type TestProject } from '../../testing/make-project.ts';
import { type OpenedParts, openParts } from '../../testing/open-parts.ts';
import { settleOutbox } from '../../testing/settle.ts';
import { startPipeline } from '../../testing/start-pipeline.ts';
import { takeJob } from '../../testing/take-job.ts';
import { createUser } from '../../users/index.ts';

const FILE = `
workflow: {name: 'All of $CI_COMMIT_REF_NAME'}
work:
  script: x
  environment: {name: review/one, url: 'https://one.example'}
  rules: [{if: '$CI_PIPELINE_SOURCE != "parent_pipeline" && $GITLAB_USER_LOGIN == "ada" && $DOWN == null'}]
down:
  rules: [{if: '$DOWN'}]
  trigger: {include: child.yml}
`;
/** Its job is there for the push that changed the file alone. */
const CHILD = `
work: {script: x, rules: [{changes: [only-this]}]}
`;
const ZEROS = '0'.repeat(40);
const KINDS = ['push', 'api', 'trigger', 'tag', 'child'] as const;
type Kind = (typeof KINDS)[number];

/** What every pipeline of the project tells its jobs. */
const ALWAYS = {
  CI: 'true',
  GITLAB_CI: 'true',
  GITLAB_FEATURES: '',
  CI_API_V4_URL: 'http://ci.example/api/v4',
  CI_API_GRAPHQL_URL: 'http://ci.example/api/graphql',
  CI_DEFAULT_BRANCH: 'main',
  CI_TEMPLATE_REGISTRY_HOST: 'registry.gitlab.com',
  CI_COMMIT_AUTHOR: 'Ada <ada@example.com>',
  CI_COMMIT_MESSAGE: 'Second\n\nIn detail.',
  CI_COMMIT_TITLE: 'Second',
  CI_COMMIT_DESCRIPTION: 'In detail.',
  CI_COMMIT_TIMESTAMP: '2026-01-02T03:04:06+00:00',
  CI_PROJECT_NAME: 'shop',
  CI_PROJECT_TITLE: 'The Shop',
  CI_PROJECT_DESCRIPTION: 'It sells.',
  CI_PROJECT_PATH: 'group/shop',
  CI_PROJECT_PATH_SLUG: 'group-shop',
  CI_PROJECT_NAMESPACE: 'group',
  CI_PROJECT_ROOT_NAMESPACE: 'group',
  CI_PROJECT_URL: 'http://ci.example/group/shop',
  CI_PROJECT_VISIBILITY: 'internal',
  CI_PROJECT_REPOSITORY_LANGUAGES: '',
  CI_PROJECT_CLASSIFICATION_LABEL: '',
  CI_SERVER_URL: 'http://ci.example',
  CI_SERVER_HOST: 'ci.example',
  CI_SERVER_PORT: '80',
  CI_SERVER_PROTOCOL: 'http',
  CI_SERVER_FQDN: 'ci.example',
  CI_SERVER_NAME: 'Epilogue',
  CI_SERVER_VERSION: '0.0.0-test',
  CI_SERVER_VERSION_MAJOR: '0',
  CI_SERVER_VERSION_MINOR: '0',
  CI_SERVER_VERSION_PATCH: '0',
  CI_SERVER_REVISION: 'epilogue',
  CI_JOB_NAME: 'work',
  CI_JOB_NAME_SLUG: 'work',
  CI_JOB_GROUP_NAME: 'work',
  CI_JOB_STAGE: 'test',
  CI_JOB_RETRY_COUNT: '0',
  CI_JOB_STARTED_AT: '2026-01-02T03:04:05Z',
  CI_NODE_TOTAL: '1',
  CI_RUNNER_ID: '1',
  CI_RUNNER_DESCRIPTION: 'ours',
  CI_RUNNER_TAGS: '["docker"]',
  CI_PIPELINE_CREATED_AT: '2026-01-02T03:04:05Z',
  GITLAB_USER_LOGIN: 'ada',
  GITLAB_USER_NAME: 'Ada L.',
  GITLAB_USER_EMAIL: 'ada@example.com',
};
/** There too, with a value that only the database or the runner's turn knows. */
const DRAWN = [
  ...[
    'CI_COMMIT_SHA',
    'CI_COMMIT_SHORT_SHA',
    'CI_PROJECT_ID',
    'CI_PROJECT_NAMESPACE_ID',
    'CI_PIPELINE_ID',
    'CI_PIPELINE_IID',
  ],
  ...['CI_PIPELINE_URL', 'CI_JOB_ID', 'CI_JOB_URL', 'CI_JOB_TOKEN', 'CI_REPOSITORY_URL', 'GITLAB_USER_ID'],
];
const OF_MAIN = {
  CI_COMMIT_BRANCH: 'main',
  CI_COMMIT_REF_NAME: 'main',
  CI_COMMIT_REF_SLUG: 'main',
  CI_COMMIT_REF_PROTECTED: 'false',
  CI_COMMIT_BEFORE_SHA: ZEROS,
  CI_CONFIG_PATH: '.gitlab-ci.yml',
  CI_PIPELINE_NAME: 'All of main',
};
const ENVIRONMENT = {
  CI_ENVIRONMENT_NAME: 'review/one',
  CI_ENVIRONMENT_SLUG: expect.stringMatching(/^review-one-/),
  CI_ENVIRONMENT_URL: 'https://one.example',
  CI_ENVIRONMENT_ACTION: 'start',
  CI_ENVIRONMENT_TIER: 'development',
};

/** What the kind of pipeline adds. Nothing else of `CI_*` is sent. */
const OWN: Readonly<Record<Kind, Readonly<Record<string, unknown>>>> = {
  push: {
    ...OF_MAIN,
    ...ENVIRONMENT,
    CI_PIPELINE_SOURCE: 'push',
    CI_COMMIT_BEFORE_SHA: expect.stringMatching(/[1-9a-f]/),
  },
  api: { ...OF_MAIN, ...ENVIRONMENT, CI_PIPELINE_SOURCE: 'api' },
  trigger: { ...OF_MAIN, ...ENVIRONMENT, CI_PIPELINE_SOURCE: 'trigger', CI_PIPELINE_TRIGGERED: 'true' },
  tag: {
    ...ENVIRONMENT,
    CI_COMMIT_TAG: 'v1.0',
    CI_COMMIT_TAG_MESSAGE: 'The first',
    CI_COMMIT_REF_NAME: 'v1.0',
    CI_COMMIT_REF_SLUG: 'v1-0',
    CI_COMMIT_REF_PROTECTED: 'false',
    CI_COMMIT_BEFORE_SHA: ZEROS,
    CI_CONFIG_PATH: '.gitlab-ci.yml',
    CI_PIPELINE_NAME: 'All of v1.0',
    CI_PIPELINE_SOURCE: 'push',
  },
  child: {
    CI_COMMIT_BRANCH: 'main',
    CI_COMMIT_REF_NAME: 'main',
    CI_COMMIT_REF_SLUG: 'main',
    CI_COMMIT_REF_PROTECTED: 'false',
    // As of the push that made its parent.
    CI_COMMIT_BEFORE_SHA: expect.stringMatching(/[1-9a-f]/),
    CI_CONFIG_PATH: 'child.yml',
    CI_PIPELINE_SOURCE: 'parent_pipeline',
    CI_UPSTREAM_PROJECT_ID: expect.stringMatching(/^\d+$/),
    CI_UPSTREAM_PIPELINE_ID: expect.stringMatching(/^\d+$/),
    CI_UPSTREAM_JOB_ID: expect.stringMatching(/^\d+$/),
  },
};

describeOnEachEngine((engine) => {
  let parts: OpenedParts;
  let project: TestProject;
  let requests: Readonly<Record<Kind, Partial<PipelineRequest>>>;

  beforeEach(async () => {
    parts = await openParts(engine);
    project = await makeProject(parts, { files: { '.gitlab-ci.yml': FILE, 'child.yml': CHILD } });
    await parts.store.write(({ query }) =>
      query
        .updateTable('projects')
        .set({ name: 'The Shop', description: 'It sells.', visibility: 'internal' })
        .where('id', '=', project.id)
        .execute(),
    );
    const userId = await createUser(parts, {
      username: 'ada',
      name: 'Ada L.',
      email: 'ada@example.com',
      password: null,
      isAdministrator: false,
    });
    const sha = commitFiles(parts, project.id, { files: { 'only-this': 'x' }, message: 'Second\n\nIn detail.\n' });
    tag(sha);
    const push = { source: 'push', sha, beforeSha: project.sha, userId };
    requests = {
      push,
      api: { ...push, source: 'api', beforeSha: null },
      trigger: { ...push, source: 'trigger', beforeSha: null },
      tag: { ...push, ref: 'v1.0', refType: 'tag', beforeSha: null },
      child: { ...push, variables: [{ key: 'DOWN', value: '1', kind: 'env_var' }] },
    };
  });
  afterEach(async () => {
    expect(parts.complaints).toEqual([]);
    await parts.close();
  });

  function tag(sha: string): void {
    const { gitDir } = parts.repositories.at(project.id);
    const who = ['-c', 'user.name=Ada', '-c', 'user.email=ada@example.com'];
    const { status } = spawnSync('git', [...who, `--git-dir=${gitDir}`, 'tag', '-m', 'The first', 'v1.0', sha]);
    expect(status).toBe(0);
  }

  it.each(KINDS)('tells the job of a pipeline of the kind %s what GitLab tells it', async (kind) => {
    await startPipeline(parts, project, requests[kind]);
    await settleOutbox(parts);
    const { payload } = await takeJob(parts);
    const { namespaceId } = (await parts.store.read((db) => findProjectForPipelines(db, project.id))) ?? {};
    expect(payload.job_info).toMatchObject({
      namespace_id: namespaceId,
      root_namespace_id: namespaceId,
      project_jobs_running_on_instance_runners_count: '0',
    });
    const told = payload.variables.filter(({ key }) => /^(CI|GITLAB)(_|$)/.test(key));
    const found = Object.fromEntries(told.map(({ key, value }) => [key, value]));
    const drawn = Object.fromEntries(DRAWN.map((key) => [key, expect.stringMatching(/./)]));
    expect(found).toEqual({ ...ALWAYS, ...drawn, ...OWN[kind] });
    const hidden = told.filter((variable) => variable.masked || !variable.public).map(({ key }) => key);
    expect(hidden.toSorted()).toEqual(['CI_JOB_TOKEN', 'CI_REPOSITORY_URL']);
  });
});
