import { expect } from 'vitest';
import type { Heard, TraceStep } from '../../../test/support/model-traces.ts';
import type { JobEvent, JobState } from '../../lifecycle/index.ts';
import { findAttempt, findJob, type JobRecord } from '../../store/index.ts';
import { applyEvent } from '../pipelines/index.ts';
import { cacheOf } from '../pipelines/transaction/pipeline-cache.ts';
import type { RunnerAnswer, RunnerTarget } from '../runner-api/testing/serve-runners.ts';
import type { TakenJob, TestRunner } from '../runner-api/testing/test-runner.ts';
import { fromRunner } from '../work/index.ts';
import { workOffWakes } from '../work/sweeps/due-wakes.ts';
import { workOffLapsedLeases } from '../work/sweeps/lost-attempts.ts';
import type { OpenedParts } from './open-parts.ts';

const { signal } = new AbortController();

/** What it needs to have happen over HTTP to a real job what happened to the one of the model. */
export interface Stage {
  readonly parts: OpenedParts;
  readonly client: RunnerTarget;
  /** Of a project whose pipelines have one job. */
  readonly projectId: number;
  /** Of the person who cancels. */
  readonly token: string;
  /** The one that takes the job, and the one that takes its cleanups. */
  readonly runners: readonly [TestRunner, TestRunner];
}

/** A job of the model, played on a real server: people and runners are requests, and time is the test's clock. */
export class ReplayedJob {
  readonly pipelineId: number;
  readonly id: number;
  readonly #stage: Stage;
  /** Each in the hands of its runner. */
  readonly #attempts = new Map<number, { readonly runner: TestRunner; readonly taken: TakenJob }>();

  private constructor(stage: Stage, pipelineId: number, id: number) {
    this.#stage = stage;
    this.pipelineId = pipelineId;
    this.id = id;
  }

  /** The job of a new pipeline. */
  static async start(stage: Stage): Promise<ReplayedJob> {
    const made = await askAsPerson(stage, 'POST', '/pipeline?ref=main');
    expect(made).toMatchObject({ status: 201 });
    const jobs = await askAsPerson(stage, 'GET', `/pipelines/${made.json.id}/jobs`);
    return new ReplayedJob(stage, made.json.id, jobs.json[0].id);
  }

  /** Has it run again, once it has ended. @returns the job that does: the same, at its beginning, at a fraction of what a new pipeline costs */
  async again(): Promise<ReplayedJob> {
    const made = await askAsPerson(this.#stage, 'POST', `/jobs/${this.id}/retry`);
    expect(made).toMatchObject({ status: 201 });
    return new ReplayedJob(this.#stage, this.pipelineId, made.json.id);
  }

  /** @throws when the server answers otherwise than the model */
  async happen({ label, heard, job }: TraceStep): Promise<void> {
    if (label === 'the coordinator restarts') cacheOf(this.#stage.parts.store).clear();
    if (heard === null) return;
    const { event } = heard;
    switch (event.type) {
      case 'claim':
      case 'claim_cleanup':
        return await this.#take(job.attempt, event.type === 'claim' ? 0 : 1);
      case 'cancel':
      case 'force_cancel':
        return await this.cancel(event.type === 'force_cancel');
      case 'tick':
        return heard.due === 'lease' ? await this.#lapse() : await this.#passDeadline();
      case 'evicted':
      case 'drop':
        return await this.#decide(event, job);
      default:
        await this.#say(heard, event);
    }
  }

  async cancel(isForced: boolean): Promise<void> {
    const { status } = await askAsPerson(
      this.#stage,
      'POST',
      `/jobs/${this.id}/cancel${isForced ? '?force=true' : ''}`,
    );
    expect(status).toBe(201);
  }

  async state(): Promise<Omit<JobState, 'spec'>> {
    return (await this.#record()).state;
  }

  /** As REST shows it. */
  async shown(): Promise<RunnerAnswer['json']> {
    return (await askAsPerson(this.#stage, 'GET', `/jobs/${this.id}`)).json;
  }

  async #record(): Promise<JobRecord> {
    const record = await this.#stage.parts.store.read((db) => findJob(db, this.id));
    if (record === null) throw new Error(`job ${this.id} is not there`);
    return record;
  }

  async #take(attempt: number, which: 0 | 1): Promise<void> {
    const runner = this.#stage.runners[which];
    const { status, json: taken } = await runner.poll();
    expect([status, taken.id]).toEqual([201, this.id]);
    this.#attempts.set(attempt, { runner, taken });
    // It was heard of, so that losing it is a loss.
    await runner.put(taken, { state: 'running' });
  }

  /** A runner's word, and what it is answered. */
  async #say({ answer }: Heard, event: JobEvent): Promise<void> {
    const held = 'attempt' in event ? this.#attempts.get(event.attempt) : undefined;
    if (held === undefined) throw new Error(`nobody can say ${JSON.stringify(event)}`);
    const { status } = await held.runner.put(held.taken, bodyOf(event));
    expect(status === 403 || status === 409 ? 'refused' : status).toBe(answer === 'refused' ? 'refused' : 200);
  }

  /** What nobody asks for from outside. */
  async #decide(event: Extract<JobEvent, { type: 'evicted' | 'drop' }>, { attempt }: JobState): Promise<void> {
    const { parts } = this.#stage;
    if (event.type === 'drop') {
      const { number } = await this.#record();
      await applyEvent(parts, this.pipelineId, { type: 'job', job: number, event });
      return;
    }
    const record = await parts.store.read((db) => findAttempt(db, this.id, attempt));
    if (record === null) throw new Error(`attempt ${attempt} is not there`);
    await fromRunner(parts, record, [{ type: 'evicted' }]);
  }

  /** In the model a lease may run out at any moment. */
  async #lapse(): Promise<void> {
    const { parts } = this.#stage;
    await parts.store.write((tx) =>
      tx.query
        .updateTable('attempts')
        .set({ lease_until: tx.now() })
        .where('job_id', '=', this.id)
        .where('ended_at', 'is', null)
        .execute(),
    );
    await workOffLapsedLeases(parts, signal);
  }

  async #passDeadline(): Promise<void> {
    const { parts } = this.#stage;
    const { deadline } = await this.state();
    if (deadline !== null) parts.clock.pass(Math.max(0, deadline - parts.clock.now()));
    await workOffWakes(parts, signal);
  }
}

function askAsPerson({ client, projectId, token }: Stage, method: string, path: string): Promise<RunnerAnswer> {
  return client.request(method, `/api/v4/projects/${projectId}${path}`, { headers: { 'private-token': token } });
}

/** Of the `PUT` by which a runner says it. A runner that knows no phases is not understood when it names some. */
function bodyOf(event: JobEvent): Readonly<Record<string, unknown>> {
  switch (event.type) {
    case 'renew':
      return { state: 'running' };
    case 'resumed':
      return { state: 'running', resumed: true };
    case 'extended':
      return { state: 'running', phase: 'teardown', teardown: { extended_by: event.byMs / 1000 } };
    case 'script_started':
      return { state: 'running', phase: 'script' };
    case 'teardown_started':
      return { state: 'running', phase: 'teardown', teardown: { cause: event.cause } };
    case 'cleaned':
      return { state: 'running', phase: 'teardown', teardown: { cause: event.cause }, cleanup: event.cleanup };
    case 'finished': {
      const { result: state, cause, failureReason: failure_reason, cleanup } = event;
      return { state, teardown: { cause }, failure_reason, cleanup };
    }
    default:
      throw new Error(`no runner says ${event.type}`);
  }
}
