import { crc32, gzipSync } from 'node:zlib';
import { makeZip } from '../../../../test/support/zips.ts';
import { cancelJob } from '../../pipelines/index.ts';
import type { OpenedParts } from '../../testing/open-parts.ts';
import type { Turn } from './read-conversations.ts';
import type { RequestOptions, RunnerAnswer, RunnerServer } from './serve-runners.ts';
import { FOREIGN, type TakenJob } from './test-runner.ts';

/** GitLab's runner sets these, of what counts here. */
const INFO = {
  name: 'gitlab-runner',
  version: '19.4.0',
  revision: 'fc1f1862',
  platform: 'linux',
  architecture: 'amd64',
  executor: 'shell',
  shell: 'bash',
  features: { ...FOREIGN, trace_checksum: true, trace_size: true, two_phase_job_commit: true },
  config: { gpus: '' },
};
const AGENT = 'gitlab-runner 19.4.0 (19-4-stable; go1.26.8; linux/amd64)';
const PATHS = {
  verify: ['POST', 'runners/verify'],
  reset: ['POST', 'runners/reset_authentication_token'],
  leave: ['DELETE', 'runners/managers'],
  unregister: ['DELETE', 'runners'],
} as const;

export interface ReplayOptions {
  readonly parts: OpenedParts;
  readonly server: RunnerServer;
  /** Such as GitLab's runner begins with; it changes when it is reset. */
  readonly token: string;
  readonly registrationToken: string;
  /** Makes a job for the next request, when one is due. */
  readonly makeJob: () => Promise<void>;
  /** Of a job that is over and has made nothing. */
  readonly bareJob: number;
}

/** Says the lines of a conversation one after the other, each with what was answered before. */
export class Replay {
  readonly #options: ReplayOptions;
  readonly #jobs = new Map<string, TakenJob>();
  readonly #spoiled = new Set<string>();
  #token: string;
  #registered: string | null = null;
  #latest: TakenJob | null = null;

  constructor(options: ReplayOptions) {
    this.#options = options;
    this.#token = options.token;
  }

  /** Null: the line is no request. @param byPython of the runner whose ranges end behind the last byte */
  async say({ job, words, due }: Turn, byPython: boolean): Promise<RunnerAnswer | null> {
    const [verb = '', ...rest] = words;
    if (verb === 'cancel' || verb === 'force') {
      await cancelJob(this.#options.parts, this.#job(job).id, {
        force: verb === 'force',
        by: { id: null, name: 'ann' },
      });
      return null;
    }
    if (verb === 'spoil') {
      this.#spoiled.add(job ?? '');
      return null;
    }
    if (verb === 'request') return await this.#requestJob(job, due);
    if (verb === 'register') return await this.#register();
    if (verb === 'PATCH') return await this.#trace(job ?? '', rest[0] ?? '', byPython);
    if (verb === 'PUT') return await this.#update(job ?? '', rest);
    if (verb === 'POST') return await this.#upload(this.#job(job), rest[0] ?? '', due === '413');
    if (verb === 'GET') return await this.#download(rest[0] ?? '');
    return await this.#tell(verb as keyof typeof PATHS);
  }

  #job(name: string | null): TakenJob {
    const job = this.#jobs.get(name ?? '');
    if (job === undefined) throw new Error(`no job ${name} was handed out`);
    return job;
  }

  async #ask(method: string, path: string, { headers, ...options }: RequestOptions): Promise<RunnerAnswer> {
    const common = {
      'user-agent': AGENT,
      accept: 'application/json',
      'x-request-id': 'b9bafaa75d1c4949be3edb10638d7e0e',
    };
    return await this.#options.server.request(method, `/api/v4/${path}`, {
      headers: { ...common, ...headers },
      ...options,
    });
  }

  async #requestJob(name: string | null, due: string | null): Promise<RunnerAnswer> {
    if (name !== null) await this.#options.makeJob();
    const token = due === '403' ? 'glrt-nobody' : this.#token;
    const json = { info: INFO, token, system_id: 's_1746f8786189', last_update: 'lu-0' };
    const answer = await this.#ask('POST', 'jobs/request', { json, headers: { 'runner-token': token } });
    if (name !== null && answer.status === 201) {
      this.#latest = answer.json;
      this.#jobs.set(name, answer.json);
    }
    return answer;
  }

  /** As a form, which gitlab-python-runner sends; GitLab's own sends the same as JSON. */
  async #register(): Promise<RunnerAnswer> {
    const body = `token=${this.#options.registrationToken}&description=a+runner&run_untagged=False&tag_list=py`;
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    const answer = await this.#ask('POST', 'runners', { body, headers });
    this.#registered ??= answer.json.token;
    return answer;
  }

  async #tell(verb: keyof typeof PATHS): Promise<RunnerAnswer> {
    const [method, path] = PATHS[verb];
    const token = verb === 'unregister' ? (this.#registered ?? '') : this.#token;
    const json = { info: INFO, token, system_id: 's_1746f8786189' };
    const answer = await this.#ask(method, path, { json, headers: { 'runner-token': token } });
    if (verb === 'reset') this.#token = answer.json.token;
    return answer;
  }

  async #trace(name: string, range: string, byPython: boolean): Promise<RunnerAnswer> {
    const { id, token } = this.#job(name);
    const [start = 0, last = 0] = range.split('-').map(Number);
    const bytes = logOf(byPython ? last : last + 1).subarray(start);
    if (this.#spoiled.delete(name)) bytes[0] = 0x21;
    const headers = { 'job-token': token, 'content-type': 'text/plain', 'content-range': range };
    return await this.#ask('PATCH', `jobs/${id}/trace?debug_trace=false`, { body: bytes, headers });
  }

  async #update(name: string, [state, ...rest]: readonly string[]): Promise<RunnerAnswer> {
    const { id, token } = this.#job(name);
    const reason = rest.find((word) => /^[a-z_]+$/.test(word));
    const numbers = rest.filter((word) => /^\d+$/.test(word)).map(Number);
    // The length of the log comes last, and an exit code before it.
    const bytesize = numbers.at(-1);
    const exitCode = numbers.length > 1 ? numbers[0] : undefined;
    const checksum = bytesize === undefined ? undefined : checksumOf(logOf(bytesize));
    const output = { checksum, bytesize };
    const json = { info: INFO, token, state, failure_reason: reason, exit_code: exitCode, checksum, output };
    return await this.#ask('PUT', `jobs/${id}`, { json, headers: { 'job-token': token } });
  }

  async #upload({ id, token }: TakenJob, query: string, isLarge: boolean): Promise<RunnerAnswer> {
    const isDotenv = query.includes('dotenv');
    const small = query.includes('gzip')
      ? gzipSync(isDotenv ? 'A=1\n' : '<xml/>')
      : await makeZip([{ path: 'a', content: 'x' }]);
    const form = new FormData();
    form.append('file', new Blob([isLarge ? Buffer.alloc(20_000) : Buffer.from(small)]), 'artifacts.zip');
    return await this.#ask('POST', `jobs/${id}/artifacts${query}`, { body: form, headers: { 'job-token': token } });
  }

  /** By the token of the job that was handed out last, as a runner finds it in `dependencies`. */
  async #download(name: string): Promise<RunnerAnswer> {
    const id = this.#jobs.get(name)?.id ?? this.#options.bareJob;
    const headers = { 'job-token': this.#latest?.token ?? '' };
    return await this.#ask('GET', `jobs/${id}/artifacts?direct_download=true`, { headers });
  }
}

/** What every job prints. */
function logOf(sizeBytes: number): Buffer<ArrayBuffer> {
  const line = 'a line of a log\n';
  return Buffer.from(line.repeat(Math.ceil(sizeBytes / line.length)).slice(0, sizeBytes));
}

function checksumOf(bytes: Uint8Array): string {
  return `crc32:${crc32(bytes).toString(16).padStart(8, '0')}`;
}
