import type { PipelineRequest } from '../../../../src/coordinator/pipelines/index.ts';
import { commitFiles } from '../../../../src/coordinator/testing/commit-files.ts';
import type { TestProject } from '../../../../src/coordinator/testing/make-project.ts';
import type { OpenedParts } from '../../../../src/coordinator/testing/open-parts.ts';
import { jobsOf, startPipeline } from '../../../../src/coordinator/testing/start-pipeline.ts';
import { workOffWakes } from '../../../../src/coordinator/work/sweeps/due-wakes.ts';
import { workOffLapsedLeases } from '../../../../src/coordinator/work/sweeps/lost-attempts.ts';
import type { Asking } from '../../../serve/support/ask.ts';

const { signal } = new AbortController();

/** Of one commit: how it reads in a list. */
export interface StagedPush extends Partial<PipelineRequest> {
  readonly ci: string;
  /** Of the commit. */
  readonly message?: string;
  /** Beside the CI file. */
  readonly more?: Readonly<Record<string, string>>;
}

/** Where it stands: the server, as the administrator sees it, and its time. */
interface Ground {
  readonly parts: OpenedParts;
  ask(method: string, path: string, asking?: Asking): Promise<unknown>;
  settle(): Promise<void>;
  pass(seconds: number): Promise<void>;
}

/** A project on the stage, and what people and time do there. */
export class StagedProject {
  readonly id: number;
  readonly path: string;
  readonly #stage: Ground;
  readonly #made: TestProject;
  readonly #userId: number | null;

  constructor(stage: Ground, made: TestProject, path: string, userId: number | null) {
    this.#stage = stage;
    this.#made = made;
    this.#userId = userId;
    this.id = made.id;
    this.path = path;
  }

  /** As if `ana` had pushed. @returns the pipeline's number */
  async push({ ci, message = 'Change', ref = 'main', more = {}, ...rest }: StagedPush): Promise<number> {
    const commit = { files: { '.gitlab-ci.yml': ci, ...more }, message, ref: `refs/heads/${ref}` };
    const sha = commitFiles(this.#stage.parts, this.id, commit);
    const request = { sha, ref, userId: this.#userId, ...rest };
    const pipeline = await startPipeline(this.#stage.parts, { ...this.#made, sha }, request);
    await this.#stage.settle();
    return pipeline;
  }

  /** Of a job's newest. */
  async jobId(pipeline: number, name: string): Promise<number> {
    const jobs = await jobsOf(this.#stage.parts, pipeline);
    const found = jobs.findLast((job) => job.name === name);
    if (found === undefined) throw new Error(`no ${name} among ${jobs.map((job) => job.name).join(', ')}`);
    return found.id;
  }

  /** As the administrator; `path` is from the project. */
  async ask(method: string, path: string, body?: unknown): Promise<void> {
    await this.#stage.ask(method, `/api/v4/projects/${this.id}${path}`, body === undefined ? {} : { body });
    await this.#stage.settle();
  }

  async cancelJob(id: number, query = ''): Promise<void> {
    await this.ask('POST', `/jobs/${id}/cancel${query}`);
  }

  async cancelPipeline(id: number, query = ''): Promise<void> {
    await this.ask('POST', `/pipelines/${id}/cancel${query}`);
  }

  /** Its runner is heard of no more. */
  async lose(jobId: number): Promise<void> {
    await this.#stage.parts.store.write((tx) =>
      tx.query
        .updateTable('attempts')
        .set({ lease_until: tx.now() })
        .where('job_id', '=', jobId)
        .where('ended_at', 'is', null)
        .execute(),
    );
    await workOffLapsedLeases(this.#stage.parts, signal);
    await this.#stage.settle();
  }

  /** Lets time pass, and every deadline that comes in it do what it does. */
  async passDeadlines(seconds: number): Promise<void> {
    await this.#stage.pass(seconds);
    await workOffWakes(this.#stage.parts, signal);
    await this.#stage.settle();
  }
}
