import { describeError } from '../../../base/index.ts';
import type { JobPayload } from '../../../protocol/index.ts';
import { anything, flag, list, number, record, type Shape, text, word } from './shapes.ts';

export type PayloadReading =
  | { readonly kind: 'payload'; readonly payload: JobPayload }
  /** `job`: its number, as far as it can be made out. `unusable`: as whom to speak of it, where the words as such could be read. */
  | {
      readonly kind: 'unreadable';
      readonly why: string;
      readonly job: number | null;
      readonly unusable: UnusableJob | null;
    };

/** Enough of a job to say to its server that it failed. */
export interface UnusableJob {
  readonly id: number;
  readonly token: string;
  readonly features: JobPayload['features'];
}

const WHEN = ['on_success', 'on_failure', 'always', 'graceful'];
const VARIABLE = record({
  key: text(),
  value: text(''),
  public: flag(false),
  masked: flag(false),
  file: flag(false),
  raw: flag(false),
});
const IMAGE = {
  name: text(''),
  entrypoint: list(text(), null),
  pull_policy: list(text()),
  executor_opts: record({}),
};

/** What a server may leave out is what it would be otherwise; what it says in another type than the protocol's is fatal, as it is to GitLab's runner. */
const PAYLOAD: Shape = record({
  id: number(),
  token: text(),
  allow_git_fetch: flag(true),
  job_info: record({
    id: number(0),
    name: text(),
    stage: text('test'),
    pipeline_id: number(0),
    project_id: number(0),
    project_name: text(''),
    project_full_path: text(''),
  }),
  git_info: record({
    repo_url: text(),
    ref: text(''),
    sha: text(''),
    before_sha: text(''),
    ref_type: word(['branch', 'tag'], 'branch'),
    refspecs: list(text()),
    depth: number(0),
  }),
  runner_info: record({ timeout: number(0) }),
  variables: list(VARIABLE),
  steps: list(
    record({
      name: text(),
      script: list(text()),
      timeout: number(0),
      when: word(WHEN, 'on_success'),
      allow_failure: flag(false),
    }),
  ),
  hooks: list(record({ name: text(), script: list(text()) })),
  image: (value, path) => imageOf(record(IMAGE, null)(value, path)),
  services: list(record({ ...IMAGE, alias: text(null), command: list(text(), null), variables: list(VARIABLE) })),
  artifacts: list(
    record({
      name: text(''),
      untracked: flag(false),
      paths: list(text()),
      exclude: list(text()),
      when: word(WHEN, 'on_success'),
      expire_in: text(null),
      artifact_type: text('archive'),
      artifact_format: word(['zip', 'gzip', 'raw'], 'zip'),
    }),
    null,
  ),
  cache: list(
    record({
      key: text(''),
      untracked: flag(false),
      paths: list(text()),
      policy: text('pull-push'),
      when: word(WHEN, 'on_success'),
      fallback_keys: list(text()),
    }),
  ),
  credentials: list(record({ type: text(''), url: text(''), username: text(''), password: text('') })),
  dependencies: list(record({ id: number(), name: text(''), token: text(''), artifacts_file: anything })),
  run: text(''),
  inputs: list(anything),
  secrets: record({}),
  policy_options: record({ execution_policy_job: flag(false), policy_name: text('') }),
  features: record({
    trace_sections: flag(false),
    failure_reasons: list(text()),
    token_mask_prefixes: list(text()),
  }),
});

/** @param body the 201 body of a request for a job */
export function readPayload(body: string): PayloadReading {
  let value: unknown = null;
  try {
    value = JSON.parse(body);
    const payload = withTimeout(PAYLOAD(value ?? 'nothing', '') as JobPayload);
    return { kind: 'payload', payload };
  } catch (error) {
    const job = /"id"\s*:\s*(\d{1,15})/.exec(body)?.[1];
    const why = describeError(error).slice(0, 200);
    return { kind: 'unreadable', why, job: job === undefined ? null : Number(job), unusable: unusableIn(value) };
  }
}

function unusableIn(value: unknown): UnusableJob | null {
  if (typeof value !== 'object' || value === null) return null;
  const { id, token } = value as { readonly id?: unknown; readonly token?: unknown };
  if (typeof id !== 'number' || !Number.isSafeInteger(id) || typeof token !== 'string' || token === '') return null;
  return { id, token, features: { trace_sections: false, failure_reasons: [], token_mask_prefixes: [] } };
}

/** As GitLab's runner has it for a server that gives no limit. */
const TIMEOUT_S = 7_200;

function withTimeout(payload: JobPayload): JobPayload {
  const { timeout } = payload.runner_info;
  return timeout > 0 ? payload : { ...payload, runner_info: { ...payload.runner_info, timeout: TIMEOUT_S } };
}

/** GitLab says of a job without an image that it has one without a name. */
function imageOf(image: unknown): unknown {
  return image !== null && (image as { readonly name: string }).name === '' ? null : image;
}
