import type { JobPayload } from '../../../protocol/index.ts';

const SECRET = 'glcbt-secret';

/** Of a job with secrets in it, which nobody outside may see. */
export const PAYLOAD: JobPayload = {
  id: 12,
  token: SECRET,
  allow_git_fetch: true,
  job_info: {
    id: 12,
    name: 'a "b"',
    stage: 'test',
    pipeline_id: 1,
    project_id: 1,
    project_name: 'app',
    project_full_path: 'group/app',
    time_in_queue_seconds: 4,
  },
  git_info: {
    repo_url: `https://gitlab-ci-token:${SECRET}@example.com/group/app.git`,
    ref: 'main',
    sha: '0'.repeat(40),
    before_sha: '0'.repeat(40),
    ref_type: 'branch',
    refspecs: [],
    depth: 0,
  },
  runner_info: { timeout: 3600 },
  variables: [{ key: 'PASSWORD', value: SECRET, public: false, masked: true, file: false, raw: false }],
  steps: [],
  hooks: [],
  image: null,
  services: [],
  artifacts: null,
  cache: [],
  dependencies: [],
  features: { trace_sections: true, failure_reasons: [], token_mask_prefixes: [] },
};
