import type { JobPayload } from '../../protocol/index.ts';

export interface PayloadWish extends Partial<Omit<JobPayload, 'git_info'>> {
  /** Of the repository. */
  readonly url?: string;
  readonly git?: Partial<JobPayload['git_info']>;
}

/** A payload for tests: a job with nothing to do, changed as wished. */
export function payloadFor({ url = '', git = {}, ...changes }: PayloadWish): JobPayload {
  return {
    id: 1,
    token: 'job-token',
    allow_git_fetch: true,
    job_info: {
      id: 1,
      name: 'build',
      stage: 'test',
      pipeline_id: 1,
      project_id: 1,
      project_name: 'demo',
      project_full_path: 'grp/demo',
    },
    git_info: {
      repo_url: url,
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
