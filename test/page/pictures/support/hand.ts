import { type Answered, type Asking, ask } from '../../../serve/support/ask.ts';
import { HeldJob, RUNNERS } from '../../../serve/support/hand-runner.ts';

/** Where it stands: the server, as the administrator sees it. */
interface Ground {
  readonly base: string;
  ask(method: string, path: string, asking?: Asking): Promise<Answered>;
}

/** A runner that does what a picture needs. */
export class Hand {
  readonly id: number;
  readonly #base: string;
  readonly #token: string;
  readonly #info = { name: 'epilogue', version: '1.0.0', executor: 'docker', features: RUNNERS.ours };

  private constructor(base: string, { id, token }: { id: number; token: string }) {
    this.#base = base;
    this.id = id;
    this.#token = token;
  }

  static async of(stage: Ground, description: string, tags: readonly string[]): Promise<Hand> {
    const body = { runner_type: 'instance_type', description, tag_list: tags, run_untagged: tags.length === 0 };
    return new Hand(stage.base, (await stage.ask('POST', '/api/v4/user/runners', { body })).json);
  }

  /** Null: there is nothing for it. */
  async poll(): Promise<HeldJob | null> {
    const body = { token: this.#token, system_id: 's_1', info: this.#info };
    const { status, json, text } = await ask(`${this.#base}/api/v4/jobs/request`, 'POST', { body });
    if (status === 204) return null;
    if (status !== 201) throw new Error(`jobs/request answered ${status}: ${text}`);
    return new HeldJob(this.#base, json, this.#info);
  }

  /** All that there is for it, each in its script. By name. */
  async takeAll(): Promise<(name: string) => HeldJob> {
    const held = new Map<string, HeldJob>();
    for (let job = await this.poll(); job !== null; job = await this.poll()) {
      held.set(job.name, job);
      await job.beginScript();
    }
    return (name) => {
      const job = held.get(name);
      if (job === undefined) throw new Error(`${name} was not handed out, but ${[...held.keys()].join(', ')}`);
      return job;
    };
  }
}
