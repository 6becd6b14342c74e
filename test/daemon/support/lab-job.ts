import { waitUntil } from '../../support/wait-until.ts';

// biome-ignore lint/suspicious/noExplicitAny: what the server answers
type Api = (method: string, path: string) => Promise<any>;

/** The one job of a pipeline, as REST has it. */
export class LabJob {
  readonly #api: Api;
  /** In the API. */
  readonly path: string;

  constructor(api: Api, path: string) {
    this.#api = api;
    this.path = path;
  }

  // biome-ignore lint/suspicious/noExplicitAny: what the server answers
  read(): Promise<any> {
    return this.#api('GET', this.path);
  }

  /** Without sections' marks and colours. */
  async log(): Promise<string> {
    const text: string = await this.#api('GET', `${this.path}/trace`);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: what a terminal obeys
    return text.replace(/section_\w+:\d+:\w+\r\u001b\[0K/g, '').replace(/\u001b\[[\d;]*[mK]/g, '');
  }

  /** Waits for its end. */
  // biome-ignore lint/suspicious/noExplicitAny: what the server answers
  async ended(): Promise<any> {
    return await waitUntil(`the job ${this.path} ends`, async () => {
      const job = await this.read();
      return ['success', 'failed', 'canceled'].includes(job.status) ? job : null;
    });
  }
}
