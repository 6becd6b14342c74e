import { createHash } from 'node:crypto';
import type { Status } from '../../../src/protocol/index.ts';
import type { Answer } from './coordinator.ts';
import type { Alive, World } from './world.ts';

const FOREIGN = { cancel_gracefully: true, trace_reset: true, upload_multiple_artifacts: true, return_exit_code: true };
const OURS = { ...FOREIGN, phases: true, cleanup_only: true, graceful_steps: true };
/** An old one can do nothing. */
const FEATURES = { ours: OURS, foreign: FOREIGN, old: {} };

/** Plays a runner over the wire, which repeats what it had no answer to. */
export class Runner {
  readonly #world: World;
  readonly #info: object;
  /** Handed out before they were wanted: the one that was wanted had been in the hands of a server that died. */
  readonly #early = new Map<string, HeldJob>();
  #token = '';

  constructor(world: World, kind: keyof typeof FEATURES = 'ours') {
    this.#world = world;
    this.#info = { name: 'campaign', version: '1', executor: 'shell', features: FEATURES[kind] };
  }

  /** A second one may be made when the answer to the first is lost: nobody has its token. */
  async register(settings: object = {}): Promise<void> {
    const { coordinator, token } = this.#world;
    this.#token = await this.#world.step(async () => {
      const made = await coordinator.request('POST', '/api/v4/user/runners', {
        json: { runner_type: 'instance_type', run_untagged: true, ...settings },
        headers: { 'private-token': token },
      });
      return demand(made, [201]).json.token;
    });
  }

  /** A job of this name, sooner or later. */
  async take(name: string): Promise<HeldJob> {
    const world = this.#world;
    const json = { token: this.#token, info: this.#info, system_id: 's_1' };
    return await world.step(() =>
      world.until(`a job ${name}`, async () => {
        const early = this.#early.get(name);
        if (early !== undefined) {
          this.#early.delete(name);
          return early;
        }
        const answer = await world.coordinator.request('POST', '/api/v4/jobs/request', { json });
        if (demand(answer, [201, 204]).status === 204) return null;
        const { id, token, job_info: info } = answer.json;
        const held = new HeldJob(world, { id, token, info: this.#info });
        if (info.name === name) return held;
        this.#early.set(info.name, held);
        return null;
      }),
    );
  }
}

/** A job in the hands of a runner. */
export class HeldJob implements Alive {
  readonly id: number;
  readonly #world: World;
  readonly #token: string;
  readonly #info: object;
  #offset = 0;

  constructor(
    world: World,
    { id, token, info }: { readonly id: number; readonly token: string; readonly info: object },
  ) {
    this.id = id;
    this.#world = world;
    this.#token = token;
    this.#info = info;
    world.held.add(this);
  }

  async renew(): Promise<void> {
    await this.#put({ state: 'running' });
  }

  #put(body: object): Promise<Answer> {
    const json = { token: this.#token, info: this.#info, ...body };
    return this.#world.coordinator.request('PUT', `/api/v4/jobs/${this.id}`, { json });
  }

  /** What a repeated report hears may be that it is over, or was said before. */
  async say(body: object, statuses: readonly number[] = [200]): Promise<void> {
    await this.#world.step(async (isRepeat) => {
      demand(await this.#put(body), isRepeat ? [...statuses, 403, 409] : statuses);
    });
  }

  async start(): Promise<void> {
    await this.say({ state: 'running', phase: 'script' });
  }

  async startTeardown(cause: string): Promise<void> {
    await this.say({ state: 'running', phase: 'teardown', teardown: { cause } });
  }

  async tearDown(cause: string): Promise<void> {
    await this.startTeardown(cause);
    const cleanup = { outcome: 'succeeded', attempt: 1, exit_code: 0 };
    await this.say({ state: 'running', phase: 'teardown', teardown: { cause }, cleanup });
  }

  async finish(
    state: 'success' | 'failed',
    endsAs: Status,
    cause = state === 'success' ? 'succeeded' : 'failed',
  ): Promise<void> {
    const cleanup = { outcome: 'succeeded', attempt: 1, exit_code: 0 };
    const failure = state === 'failed' ? { failure_reason: 'script_failure', exit_code: 1 } : {};
    this.#world.held.delete(this);
    await this.say({ state, teardown: { cause }, cleanup, ...failure });
    this.#world.ledger.results.set(this.id, endsAs);
  }

  /** It ends, and has not cleaned up. */
  async giveUp(): Promise<void> {
    this.#world.held.delete(this);
    await this.say({ state: 'failed', failure_reason: 'runner_system_failure' });
  }

  /** It was taken for lost, and is there again. */
  async comeBack(): Promise<void> {
    await this.say({ state: 'running', phase: 'script', resumed: true });
    this.#world.held.add(this);
  }

  async askForMore(cause: string, seconds: number): Promise<void> {
    await this.say({ state: 'running', phase: 'teardown', teardown: { cause, extended_by: seconds } });
  }

  /** It is never heard of again. */
  vanish(): void {
    this.#world.held.delete(this);
  }

  async write(words: string): Promise<void> {
    const log = this.#world.ledger.logOf(this.id);
    const path = `/api/v4/jobs/${this.id}/trace`;
    const range = `${this.#offset}-${this.#offset + words.length - 1}`;
    const headers = { 'job-token': this.#token, 'content-range': range, 'content-type': 'text/plain' };
    log.underWay = words;
    await this.#world.step(async (isRepeat) => {
      const answer = await this.#world.coordinator.request('PATCH', path, { body: Buffer.from(words), headers });
      demand(answer, isRepeat ? [202, 416] : [202]);
      const there = answer.headers.get('range');
      if (there !== `0-${this.#offset + words.length}`) throw new Error(`the log of job ${this.id} has ${there}`);
      // From here on it is acknowledged, whatever comes of it.
      if (log.underWay !== '') log.acknowledged += words;
      log.underWay = '';
    });
    this.#offset += words.length;
  }

  async upload(type: string, format: string, bytes: Uint8Array<ArrayBuffer>): Promise<void> {
    const path = `/api/v4/jobs/${this.id}/artifacts?artifact_type=${type}&artifact_format=${format}&expire_in=1%20day`;
    await this.#world.step(async () => {
      const body = new FormData();
      body.append('file', new Blob([bytes]), `${type}.bin`);
      demand(
        await this.#world.coordinator.request('POST', path, { body, headers: { 'job-token': this.#token } }),
        [201],
      );
      this.#world.ledger.artifacts.set(`${this.id} ${type}`, createHash('sha256').update(bytes).digest('hex'));
    });
  }
}

export function demand(answer: Answer, statuses: readonly number[]): Answer {
  if (statuses.includes(answer.status)) return answer;
  throw new Error(`${answer.status} instead of ${statuses.join(' or ')}: ${answer.bytes.toString().slice(0, 500)}`);
}
