import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Cleanup, Phase, Status } from '../../../src/protocol/index.ts';
import { waitUntil } from '../../support/wait-until.ts';
import type { Answered, Asking } from './ask.ts';
import type { Serving } from './serving.ts';

/** Of a job as REST shows it: what tests look at. */
export interface ShownJob {
  readonly id: number;
  readonly name: string;
  readonly status: Status;
  readonly phase: Phase | null;
  readonly failure_reason?: string;
  readonly teardown: {
    readonly cause: string | null;
    readonly requested_by: string | null;
    readonly forced_by: string | null;
    readonly deadline: string | null;
  } | null;
  readonly cleanup: {
    readonly outcome: Cleanup['outcome'] | null;
    readonly skipped_by: string | null;
    readonly reason: string | null;
  } | null;
}

export interface ShownPipeline {
  readonly id: number;
  readonly iid: number;
  readonly sha: string;
  readonly ref: string;
  readonly status: Status;
  readonly source: string;
}

export interface Pushing {
  /** `main` when left out; made from where the working copy is. */
  readonly branch?: string;
  /** For `git push`, such as `-o`, `ci.skip`. */
  readonly flags?: readonly string[];
  readonly files?: Readonly<Record<string, string>>;
}

/** A project that the first push makes, and a working copy of it. */
export class ServedProject {
  readonly path: string;
  readonly dir: string;
  readonly #serving: Serving;

  /** `path`: such as `root/shop`; one that no project has yet when left out. */
  constructor(serving: Serving, path: string = serving.nextProjectPath()) {
    this.#serving = serving;
    this.path = path;
    this.dir = join(serving.root, 'work', this.path);
    mkdirSync(this.dir, { recursive: true });
    this.git('init', '--quiet', '--initial-branch=main');
  }

  git(...words: readonly string[]): string {
    const env = this.#serving.environment();
    return execFileSync('git', words, { cwd: this.dir, env, encoding: 'utf8', stdio: 'pipe' });
  }

  /** Pushes a commit with this CI file. @returns what git was told */
  push(ci: string, { branch = 'main', flags = [], files = {} }: Pushing = {}): string {
    for (const [name, text] of Object.entries({ '.gitlab-ci.yml': ci, ...files })) {
      mkdirSync(dirname(join(this.dir, name)), { recursive: true });
      writeFileSync(join(this.dir, name), text);
    }
    this.git('add', '--all');
    this.git('commit', '--quiet', '--allow-empty', '--message=Change');
    return this.pushRef(`HEAD:refs/heads/${branch}`, ...flags);
  }

  /** @throws with what git said when it was refused */
  pushRef(refspec: string, ...flags: readonly string[]): string {
    const url = `${this.#serving.base.replace('://', `://root:${this.#serving.token}@`)}/${this.path}.git`;
    const words = ['push', ...flags, url, refspec];
    const { status, stderr } = spawnSync('git', words, {
      cwd: this.dir,
      env: this.#serving.environment(),
      encoding: 'utf8',
    });
    if (status !== 0) throw new Error(`git push: ${stderr}`);
    return stderr;
  }

  /** As `push`; the pipeline that came of it. */
  async start(ci: string, pushing: Pushing = {}): Promise<ShownPipeline> {
    this.push(ci, pushing);
    return await this.newestPipeline(pushing.branch ?? 'main');
  }

  /** Of the commit that the working copy is at. */
  async newestPipeline(ref: string): Promise<ShownPipeline> {
    const sha = this.git('rev-parse', 'HEAD').trim();
    return await waitUntil(`a pipeline of ${sha} on ${ref}`, async () => {
      const found = (await this.ask(`/pipelines?sha=${sha}&ref=${ref}`)).json as readonly ShownPipeline[];
      return found[0];
    });
  }

  /** `path` is from the project. */
  async ask(path: string, method = 'GET', asking: Asking = {}): Promise<Answered> {
    return await this.#serving.ask(method, `/api/v4/projects/${encodeURIComponent(this.path)}${path}`, asking);
  }

  async id(): Promise<number> {
    return (await this.ask('')).json.id;
  }

  async pipeline({ id }: Pick<ShownPipeline, 'id'>): Promise<ShownPipeline> {
    return (await this.ask(`/pipelines/${id}`)).json;
  }

  /** Trigger jobs too, without retried ones. */
  async jobs({ id }: Pick<ShownPipeline, 'id'>): Promise<readonly ShownJob[]> {
    const both = await Promise.all([this.ask(`/pipelines/${id}/jobs`), this.ask(`/pipelines/${id}/bridges`)]);
    return both.flatMap(({ json }) => json as readonly ShownJob[]);
  }

  async job(pipeline: Pick<ShownPipeline, 'id'>, name: string): Promise<ShownJob> {
    const jobs = await this.jobs(pipeline);
    const job = jobs.find((each) => each.name === name);
    if (job === undefined) throw new Error(`no job ${name} among ${jobs.map((each) => each.name).join(', ')}`);
    return job;
  }

  async statuses(pipeline: Pick<ShownPipeline, 'id'>): Promise<Readonly<Record<string, Status>>> {
    return Object.fromEntries((await this.jobs(pipeline)).map(({ name, status }) => [name, status]));
  }

  async untilJob(pipeline: Pick<ShownPipeline, 'id'>, name: string, status: Status): Promise<ShownJob> {
    let last = '';
    return await waitUntil(`${name} is ${status}`, async () => {
      const job = await this.job(pipeline, name);
      if (isOver(job.status) && job.status !== status && job.status === last)
        throw new Error(`${name} is ${job.status}, not ${status}: ${await this.trace(job)}`);
      last = job.status;
      return job.status === status ? job : null;
    });
  }

  async untilPipeline(pipeline: Pick<ShownPipeline, 'id'>, status: Status): Promise<ShownPipeline> {
    return await waitUntil(`pipeline ${pipeline.id} is ${status}`, async () => {
      const shown = await this.pipeline(pipeline);
      return shown.status === status ? shown : null;
    });
  }

  async trace({ id }: Pick<ShownJob, 'id'>): Promise<string> {
    return (await this.ask(`/jobs/${id}/trace`)).text;
  }

  /** @throws when it is answered with another status */
  async cancelJob({ id }: Pick<ShownJob, 'id'>, query = ''): Promise<ShownJob> {
    return accepted(await this.ask(`/jobs/${id}/cancel${query}`, 'POST'), 201);
  }

  async cancelPipeline({ id }: Pick<ShownPipeline, 'id'>, query = ''): Promise<ShownPipeline> {
    return accepted(await this.ask(`/pipelines/${id}/cancel${query}`, 'POST'), 200);
  }

  async playJob({ id }: Pick<ShownJob, 'id'>, body: unknown = {}): Promise<ShownJob> {
    return accepted(await this.ask(`/jobs/${id}/play`, 'POST', { body }), 200);
  }

  async retryJob({ id }: Pick<ShownJob, 'id'>): Promise<ShownJob> {
    return accepted(await this.ask(`/jobs/${id}/retry`, 'POST'), 201);
  }
}

function isOver(status: Status): boolean {
  return status === 'success' || status === 'failed' || status === 'canceled';
}

function accepted({ status, text, json }: Answered, wanted: number) {
  if (status !== wanted) throw new Error(`answered ${status}: ${text}`);
  return json;
}
