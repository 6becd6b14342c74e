import type { JobPayload } from '../../../src/protocol/index.ts';

export interface PayloadChanges extends Partial<Omit<JobPayload, 'job_info' | 'git_info'>> {
  readonly job_info?: Partial<JobPayload['job_info']>;
  readonly git_info?: Partial<JobPayload['git_info']>;
}

/** A payload for tests: a job with nothing to do, changed by `changes`. */
export function payload({ job_info: job, git_info: git, ...changes }: PayloadChanges = {}): JobPayload {
  return {
    id: 1,
    token: '',
    allow_git_fetch: true,
    job_info: {
      id: 1,
      name: 'build',
      stage: 'test',
      pipeline_id: 1,
      project_id: 1,
      project_name: 'app',
      project_full_path: 'group/app',
      ...job,
    },
    git_info: {
      repo_url: '',
      ref: 'main',
      sha: '0'.repeat(40),
      before_sha: '0'.repeat(40),
      ref_type: 'branch',
      refspecs: [],
      depth: 0,
      ...git,
    },
    runner_info: { timeout: 3600 },
    variables: [],
    steps: [],
    hooks: [],
    image: null,
    services: [],
    artifacts: null,
    cache: [],
    dependencies: [],
    features: { trace_sections: true, failure_reasons: [], token_mask_prefixes: [] },
    ...changes,
  };
}
