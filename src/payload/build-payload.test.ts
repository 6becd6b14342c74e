// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are CI variables.
import { describe, expect, it } from 'vitest';
import { plannedJob } from '../../test/support/jobs/planned-job.ts';
import { payloadSettings, plainVariable } from '../protocol/index.ts';
import { buildPayload } from './build-payload.ts';
import type { JobFacts } from './facts.ts';

function facts(changes: Partial<JobFacts> = {}): JobFacts {
  return {
    id: 7,
    cleanupKey: 'k',
    pipelineId: 3,
    job: plannedJob('build'),
    repository: '/checkout',
    project: { id: 1, name: 'app', path: 'group/app' },
    git: { ref: 'main', refType: 'branch', sha: 'a'.repeat(40), beforeSha: '0'.repeat(40) },
    predefined: [plainVariable('CI_COMMIT_REF_SLUG', 'my-branch', { raw: true })],
    dotenv: [],
    given: [],
    dependencies: [],
    retryCount: 0,
    startedAt: Date.UTC(2026, 0, 1),
    served: null,
    ...changes,
  };
}

/** The value that counts: later ones win. */
function valueThatCounts(given: JobFacts, key: string): string | undefined {
  return buildPayload(given).variables.findLast((variable) => variable.key === key)?.value;
}

describe('a payload', () => {
  it('joins before_script and script, and keeps after_script a step of its own', () => {
    const job = plannedJob('build', { beforeScript: ['a'], script: ['b'], afterScript: ['c'] });
    expect(buildPayload(facts({ job })).steps).toMatchObject([
      { name: 'script', script: ['a', 'b'], when: 'on_success', allow_failure: false },
      { name: 'after_script', script: ['c'], when: 'always', allow_failure: true },
    ]);
  });

  it('marks the cleanup of an `interruptible: graceful` job as graceful', () => {
    const job = plannedJob('build', { interruptible: 'graceful', afterScript: ['c'] });
    expect(buildPayload(facts({ job })).steps.at(-1)).toMatchObject({ name: 'after_script', when: 'graceful' });
  });

  it('hands both hooks over, the handler as it was written', () => {
    const handler = { http_get: { port: '$PORT', path: '/bye' } };
    const job = plannedJob('build', { hooks: { preGetSourcesScript: ['echo'], preStopK8sContainerHandler: handler } });
    expect(buildPayload(facts({ job })).hooks).toEqual([
      { name: 'pre_get_sources_script', script: ['echo'] },
      { name: 'pre_stop_k8s_container_handler', script: [], handler },
    ]);
  });

  it('lets dotenv win over the file, and the command line over both', () => {
    const variable = (value: string) => [plainVariable('V', value, { raw: false })];
    const job = plannedJob('build', { variables: variable('file') });
    expect(valueThatCounts(facts({ job }), 'V')).toBe('file');
    expect(valueThatCounts(facts({ job, dotenv: variable('dotenv') }), 'V')).toBe('dotenv');
    expect(valueThatCounts(facts({ job, dotenv: variable('dotenv'), given: variable('given') }), 'V')).toBe('given');
  });

  it('expands what is nested, so that its budgets are those that the runner keeps', () => {
    const variables = [
      plainVariable('RUNNER_AFTER_SCRIPT_TIMEOUT', '$LONG', { raw: false }),
      plainVariable('LONG', '${HOURS}h', { raw: false }),
      plainVariable('HOURS', '2', { raw: false }),
    ];
    const payload = buildPayload(facts({ job: plannedJob('build', { variables }) }));
    expect(payload.variables.find(({ key }) => key === 'RUNNER_AFTER_SCRIPT_TIMEOUT')?.value).toBe('2h');
    expect(payloadSettings(payload).budgets.cleanupMs).toBe(7_200_000);
    // A coordinator may send what is not expanded.
    expect(payloadSettings({ ...payload, variables: variables.slice(0, 2) }).budgets.cleanupMs).toBe(300_000);
    const once = [variables[0], plainVariable('LONG', '3h', { raw: true })].filter((one) => one !== undefined);
    expect(payloadSettings({ ...payload, variables: once }).budgets.cleanupMs).toBe(10_800_000);
  });

  it('expands the name and the URL of the environment', () => {
    const environment = {
      name: 'review/$CI_COMMIT_REF_SLUG',
      url: 'https://$CI_ENVIRONMENT_SLUG.$CI_ENVIRONMENT_HOST/$CI_COMMIT_REF_SLUG',
      action: 'start',
      onStop: null,
      autoStopIn: null,
      deploymentTier: null,
    } as const;
    const given = facts({
      job: plannedJob('build', {
        environment,
        variables: [plainVariable('CI_ENVIRONMENT_HOST', 'h.example', { raw: false })],
      }),
    });
    expect(valueThatCounts(given, 'CI_ENVIRONMENT_NAME')).toBe('review/my-branch');
    const slug = valueThatCounts(given, 'CI_ENVIRONMENT_SLUG');
    expect(slug).toMatch(/^review-my-branch/);
    expect(valueThatCounts(given, 'CI_ENVIRONMENT_URL')).toBe(`https://${slug}.h.example/my-branch`);
    expect(valueThatCounts(given, 'CI_ENVIRONMENT_TIER')).toBe('development');
  });

  it('uploads the archive and each report on its own', () => {
    const artifacts = {
      name: null,
      paths: ['out'],
      exclude: [],
      untracked: false,
      when: 'on_success',
      expireIn: '1 week',
      access: 'all',
      exposeAs: null,
      reports: { dotenv: ['build.env'] },
    } as const;
    const payload = buildPayload(facts({ job: plannedJob('build', { artifacts }) }));
    expect(payload.artifacts).toMatchObject([
      { artifact_type: 'archive', artifact_format: 'zip', paths: ['out'], when: 'on_success' },
      { artifact_type: 'dotenv', artifact_format: 'gzip', paths: ['build.env'], when: 'always' },
    ]);
  });
});
