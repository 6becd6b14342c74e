import type { JobPayload } from '../../../src/protocol/index.ts';
import { waitUntil } from '../../support/wait-until.ts';
import { type Answered, ask } from './ask.ts';
import type { ServedProject } from './served-project.ts';
import type { Serving } from './serving.ts';

const BASIC = { trace_reset: true, upload_multiple_artifacts: true, artifacts_exclude: true, return_exit_code: true };
const GITLAB = { ...BASIC, cancel_gracefully: true };

/** What a runner says that it can do. */
export const RUNNERS = {
  ours: { ...GITLAB, graceful_steps: true, phases: true, cleanup_only: true },
  gitlab: GITLAB,
  /** GitLab's before it could cancel gracefully. */
  old: BASIC,
} as const;

/** A runner that a test plays call by call, for one project. It holds no request: it asks again and again. */
export class HandRunner {
  readonly #serving: Serving;
  readonly #token: string;
  readonly #info: object;

  private constructor(serving: Serving, token: string, kind: keyof typeof RUNNERS) {
    this.#serving = serving;
    this.#token = token;
    this.#info = { name: 'hand', version: '19.4.0', executor: 'shell', features: RUNNERS[kind] };
  }

  /** The project has to be there: push first. With tags, it takes nothing that has none. */
  static async of(
    serving: Serving,
    project: ServedProject,
    kind: keyof typeof RUNNERS = 'ours',
    tags: readonly string[] = [],
  ): Promise<HandRunner> {
    const takes = { run_untagged: tags.length === 0, tag_list: tags };
    const body = { runner_type: 'project_type', project_id: await project.id(), ...takes };
    const { status, json, text } = await serving.ask('POST', '/api/v4/user/runners', { body });
    if (status !== 201) throw new Error(`no runner: ${text}`);
    return new HandRunner(serving, json.token, kind);
  }

  /** One call; null: there is nothing for it. */
  async poll(): Promise<HeldJob | null> {
    const body = { token: this.#token, system_id: 's_1', info: this.#info };
    const { status, json, text } = await ask(`${this.#serving.base}/api/v4/jobs/request`, 'POST', { body });
    if (status === 204) return null;
    if (status !== 201) throw new Error(`jobs/request answered ${status}: ${text}`);
    return new HeldJob(this.#serving.base, json, this.#info);
  }

  /** Waits for one. */
  async take(): Promise<HeldJob> {
    return await waitUntil('a job is handed out', () => this.poll());
  }
}

/** Takes the jobs that have these names as tags, and begins their scripts. By name. */
export async function beginJobs(
  serving: Serving,
  project: ServedProject,
  ...names: readonly string[]
): Promise<(name: string) => HeldJob> {
  const held = new Map<string, HeldJob>();
  if (names.length > 0) {
    const runner = await HandRunner.of(serving, project, 'ours', names);
    while (held.size < names.length) {
      const job = await runner.take();
      held.set(job.name, job);
      await job.beginScript();
    }
  }
  return (name) => {
    const job = held.get(name);
    if (job === undefined) throw new Error(`${name} was not taken`);
    return job;
  };
}

/** A job in the hands of a runner. */
export class HeldJob {
  readonly payload: JobPayload;
  readonly #url: string;
  readonly #info: object;
  #sent = 0;

  constructor(base: string, payload: JobPayload, info: object) {
    this.payload = payload;
    this.#url = `${base}/api/v4/jobs/${payload.id}`;
    this.#info = info;
  }

  get id(): number {
    return this.payload.id;
  }

  get name(): string {
    return this.payload.job_info.name;
  }

  /** What it is given as a variable. */
  variable(key: string): string | undefined {
    return this.payload.variables.find((each) => each.key === key)?.value;
  }

  async put(body: object): Promise<Answered> {
    return await ask(this.#url, 'PUT', { body: { token: this.payload.token, info: this.#info, ...body } });
  }

  /** @returns the status that the server has for it */
  async report(body: object): Promise<string> {
    const answer = await this.put(body);
    if (answer.status !== 200) throw new Error(`PUT answered ${answer.status}: ${answer.text}`);
    return answer.headers.get('job-status') ?? '';
  }

  /** The next bytes of its log. */
  async trace(words: string): Promise<Answered> {
    const to = this.#sent + Buffer.byteLength(words);
    const answer = await ask(`${this.#url}/trace`, 'PATCH', {
      body: words,
      headers: {
        'job-token': this.payload.token,
        'content-type': 'text/plain',
        'content-range': `${this.#sent}-${to - 1}`,
      },
    });
    if (answer.status === 202) this.#sent = to;
    return answer;
  }

  beginScript(): Promise<string> {
    return this.report({ state: 'running', phase: 'script' });
  }

  beginTeardown(cause: string): Promise<string> {
    return this.report({ state: 'running', phase: 'teardown', teardown: { cause } });
  }

  /** The last word; cleanup went as `outcome` says. */
  finish(state: 'success' | 'failed', cause: string, outcome = 'succeeded'): Promise<string> {
    const cleanup = { outcome, exit_code: outcome === 'failed' ? 1 : 0, duration: 0.5 };
    return this.report({ state, teardown: { cause }, cleanup, ...(state === 'failed' ? { exit_code: 1 } : {}) });
  }
}
