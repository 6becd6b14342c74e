import { type ChildProcess, spawn } from 'node:child_process';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import type { Orders, Question, Strike, Told } from '../server/orders.ts';

export interface Ending {
  readonly signal: NodeJS.Signals | null;
  /** What it reported before it killed itself; null: it did not. */
  readonly report: Strike | null;
  readonly stderr: string;
}

type Asked = Question extends infer Q ? (Q extends Question ? Omit<Q, 'id'> : never) : never;

export interface ServerProgram {
  readonly file: string;
  /** Folder for what Node makes of it. */
  readonly compiled: string;
}

/** Of a short life little is garbage that is worth collecting. */
const FLAGS = ['--min-semi-space-size=32', '--max-semi-space-size=64'];

/** One life of a server: loaded at first, begun once it has its orders. */
export class ServerProcess {
  /** Resolves when it is no more. */
  readonly ended: Promise<Ending>;
  readonly #child: ChildProcess;
  readonly #listening = Promise.withResolvers<string | null>();
  readonly #asked = new Map<number, (value: string | number | null) => void>();
  #questions = 0;

  constructor({ file, compiled }: ServerProgram, home: string, onFilled: (strike: Strike) => void) {
    const env = { PATH: process.env.PATH ?? '', HOME: home, NODE_COMPILE_CACHE: compiled };
    const child = spawn(process.execPath, [...FLAGS, file], {
      env,
      stdio: ['ignore', 'ignore', 'pipe', 'pipe', 'ipc'],
    });
    this.#child = child;
    child.on('message', (told: Told) => {
      if (told.tell === 'listening') this.#listening.resolve(told.address);
      if (told.tell === 'filled') onFilled(told.strike);
      if (told.tell === 'answer') this.#asked.get(told.id)?.(told.value);
    });
    child.on('error', () => undefined);
    this.ended = this.#untilEnded();
  }

  /** Its address; null: it died before it listened. */
  async begin(orders: Orders): Promise<string | null> {
    this.#child.send(orders, () => undefined);
    return await this.#listening.promise;
  }

  /** Null too when it dies meanwhile. */
  async ask(question: Asked): Promise<string | number | null> {
    const id = ++this.#questions;
    const { promise, resolve } = Promise.withResolvers<string | number | null>();
    this.#asked.set(id, resolve);
    this.#child.send({ ...question, id }, (error) => {
      if (error !== null) resolve(null);
    });
    const value = await promise;
    this.#asked.delete(id);
    return value;
  }

  kill(): void {
    this.#child.kill('SIGKILL');
  }

  async #untilEnded(): Promise<Ending> {
    const reports = text(this.#child.stdio[3] as Readable);
    const stderr = text(this.#child.stderr as Readable);
    const signal = await new Promise<NodeJS.Signals | null>((resolve) =>
      this.#child.once('exit', (_, by) => resolve(by)),
    );
    this.#listening.resolve(null);
    for (const answer of this.#asked.values()) answer(null);
    const [line = ''] = (await reports).split('\n');
    return { signal, report: line === '' ? null : (JSON.parse(line) as Strike), stderr: await stderr };
  }
}
