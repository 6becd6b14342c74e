import { type GitClient, makeGitClient } from '../../../src/coordinator/testing/git-client.ts';
import { type Answer, Crashed, NoRoom } from './coordinator.ts';
import { demand } from './runner.ts';
import type { World } from './world.ts';

export interface Job {
  readonly id: number;
  readonly name: string;
  readonly status: string;
}

/** Plays a person, who looks what became of a request that had no answer before asking again. */
export class User {
  readonly #world: World;
  readonly #git: GitClient;
  readonly #path: string;

  private constructor(world: World, git: GitClient, path: string) {
    this.#world = world;
    this.#git = git;
    this.#path = path;
  }

  /** With a working copy below `parent`, for the project `root/NAME`. */
  static async create(
    world: World,
    { parent, name }: { readonly parent: string; readonly name: string },
  ): Promise<User> {
    return new User(world, await makeGitClient(parent), `root/${name}`);
  }

  request(method: string, path: string, json?: unknown, token = this.#world.token): Promise<Answer> {
    const headers = { 'private-token': token };
    const whole = `/api/v4/projects/${encodeURIComponent(this.#path)}${path}`;
    return this.#world.coordinator.request(method, whole, json === undefined ? { headers } : { headers, json });
  }

  async cancelJob(id: number): Promise<void> {
    await this.ask('POST', `/jobs/${id}/cancel`, [201]);
    this.#world.ledger.cancelledJobs.add(id);
  }

  async cancelPipeline(id: number, how = ''): Promise<void> {
    await this.ask('POST', `/pipelines/${id}/cancel${how}`, [200]);
    this.#world.ledger.cancelledPipelines.add(id);
  }

  /** Asks until it is answered with one of `statuses`; of a repetition those in `again` are fine too. */
  async ask(
    method: string,
    path: string,
    statuses: readonly number[],
    { again = [], json = {} }: { readonly again?: readonly number[]; readonly json?: object } = {},
  ): Promise<Answer> {
    return await this.#world.step(async (isRepeat) =>
      demand(
        await this.request(method, path, method === 'POST' ? json : undefined),
        isRepeat ? [...statuses, ...again] : statuses,
      ),
    );
  }

  /** Pushes these files to a branch; the id of the pipeline that comes of it. */
  async push(
    files: Readonly<Record<string, string>>,
    branch = 'main',
    options: readonly string[] = [],
  ): Promise<number> {
    return await this.pushAnd(files, { branch, options }, async () => undefined);
  }

  /** Pushes, and asks something of the pipeline before all that comes of it is done; again when the server dies meanwhile. */
  async pushAnd(
    files: Readonly<Record<string, string>>,
    { branch, options = [] }: { readonly branch: string; readonly options?: readonly string[] },
    ask: (pipelineId: number) => Promise<void>,
  ): Promise<number> {
    const { coordinator, ledger } = this.#world;
    const sha = await this.#git.commit(files);
    const said = options.flatMap((option) => ['-o', option]);
    const id = await this.#world.step(async () => {
      const url = `${coordinator.address.replace('://', `://root:${this.#world.token}@`)}/${this.#path}.git`;
      const { code, stderr } = await this.#git.run('push', ...said, url, `HEAD:refs/heads/${branch}`);
      if (code !== 0) {
        if (coordinator.isFull) throw new NoRoom(stderr);
        if ((await coordinator.request('GET', '/-/health')).status === 200) throw new Error(`git push: ${stderr}`);
        throw new Crashed(stderr);
      }
      const made: number = await this.#world.until(`the pipeline of ${branch}`, async () => {
        const list = await this.request('GET', `/pipelines?ref=${branch}&sha=${sha}`);
        return demand(list, [200]).json[0]?.id ?? null;
      });
      await ask(made);
      return made;
    });
    ledger.pipelines.add(id);
    return id;
  }

  async jobs(pipelineId: number): Promise<readonly Job[]> {
    return await this.#world.step(async () => {
      const jobs = demand(await this.request('GET', `/pipelines/${pipelineId}/jobs?include_retried=true`), [200]).json;
      const bridges = demand(await this.request('GET', `/pipelines/${pipelineId}/bridges`), [200]).json;
      return [...jobs, ...bridges];
    });
  }

  async jobNamed(pipelineId: number, name: string): Promise<Job> {
    const found = (await this.jobs(pipelineId)).filter((job) => job.name === name).sort((a, b) => b.id - a.id)[0];
    if (found === undefined) throw new Error(`no job ${name}`);
    return found;
  }

  /** Of what ends by itself, after a while. */
  async untilJob(pipelineId: number, name: string, status: string): Promise<void> {
    await this.#world.step(() =>
      this.#world.until(`${name} is ${status}`, async () => {
        const jobs = demand(await this.request('GET', `/pipelines/${pipelineId}/jobs`), [200]).json as readonly Job[];
        const bridges = demand(await this.request('GET', `/pipelines/${pipelineId}/bridges`), [200])
          .json as readonly Job[];
        return [...jobs, ...bridges].some((job) => job.name === name && job.status === status);
      }),
    );
  }

  async untilPipeline(pipelineId: number, status: string): Promise<void> {
    await this.#world.step(() =>
      this.#world.until(`pipeline ${pipelineId} is ${status}`, async () => {
        const pipeline = demand(await this.request('GET', `/pipelines/${pipelineId}`), [200]).json;
        return pipeline.status === status;
      }),
    );
  }

  /** The pipeline that a trigger job started. */
  async childOf(pipelineId: number, name: string): Promise<number> {
    return await this.#world.step(() =>
      this.#world.until(`the child of ${name}`, async () => {
        const bridges = demand(await this.request('GET', `/pipelines/${pipelineId}/bridges`), [200]).json;
        return bridges.find((bridge: Job) => bridge.name === name)?.downstream_pipeline?.id ?? null;
      }),
    );
  }

  /** A new job in the place of one that ended, once however often it had to be asked for. */
  async retry(pipelineId: number, name: string): Promise<void> {
    const before = await this.jobNamed(pipelineId, name);
    await this.#world.step(async (isRepeat) => {
      if (isRepeat) {
        const jobs = demand(await this.request('GET', `/pipelines/${pipelineId}/jobs`), [200]).json as readonly Job[];
        if (jobs.some((job) => job.name === name && job.id > before.id)) return;
      }
      demand(await this.request('POST', `/jobs/${before.id}/retry`, {}), [201]);
    });
  }

  /** Starts a manual or delayed job, once. */
  async play(pipelineId: number, name: string): Promise<void> {
    const { id, status } = await this.jobNamed(pipelineId, name);
    await this.#world.step(async (isRepeat) => {
      if (isRepeat && demand(await this.request('GET', `/jobs/${id}`), [200]).json.status !== status) return;
      demand(await this.request('POST', `/jobs/${id}/play`, {}), [200]);
    });
  }
}
