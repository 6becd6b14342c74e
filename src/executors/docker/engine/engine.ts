import { IncomingMessage, Agent as PlainAgent } from 'node:http';
import { Agent as TlsAgent } from 'node:https';
import type { Duplex, Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { type Clock, Failure } from '../../../base/index.ts';
import type { EngineAddress } from './address.ts';
import { type Asking, canceled, exchange, SILENCE_MS, takeOver, unreachable } from './exchange.ts';

/** What a Docker Engine is asked. Paths are those of its API, without the version: `/containers/json`. */
export interface Engine {
  /** Its address, for messages. */
  readonly name: string;
  /**
   * One request, one answer: its JSON, null where it has none.
   * @throws EngineRefusal when the engine says no; Failure `engine_unreachable` when it does not answer, `canceled` when `signal` aborts
   */
  ask(method: 'GET' | 'POST' | 'DELETE', path: string, more?: Asking): Promise<unknown>;
  /** As `ask`; resolves when the answer begins. Whoever has the stream ends it (`destroy`); it ends with `signal`, and when nothing has come for `timeoutMs`. */
  open(method: 'GET' | 'POST', path: string, more?: Asking): Promise<Readable>;
}

/** One that streams are sent to, as well. */
export interface StreamEngine extends Engine {
  /** POST, after which the connection is the caller's in both directions. Asked once. Whoever has it destroys it; it ends with `signal`. */
  takeOver(path: string, more?: Asking): Promise<Duplex>;
  /** PUT of a tar. Asked once. */
  send(path: string, tar: Readable, more?: Asking): Promise<void>;
}

/** The engine has understood, and says no. `message` is what was asked and its own words. */
export class EngineRefusal extends Failure {
  readonly status: number;
  /** The engine's own words alone. */
  readonly words: string;

  constructor(asked: string, status: number, words: string) {
    super('engine_refused', `${asked}: ${words}`);
    this.status = status;
    this.words = words;
  }
}

/** Whether it was refused with one of these statuses. */
export function isRefusal(error: unknown, ...statuses: readonly number[]): error is EngineRefusal {
  return error instanceof EngineRefusal && statuses.includes(error.status);
}

/** What we know of its API. Older engines say what they have, newer ones refuse what is too old: so each is asked for the lower of the two. */
const NEWEST_API = 44;
/** Connections that are kept for the next request. */
const IDLE = 8;
const LONGEST_REFUSAL_BYTES = 64 * 1024;

export interface EngineOptions {
  readonly address: EngineAddress;
  readonly clock: Pick<Clock, 'sleep' | 'monotonic'>;
  /** How long an engine that does not answer (it is being restarted) is asked again, ms. Default: 10 minutes. */
  readonly patienceMs?: number;
}

const PATIENCE_MS = 10 * 60_000;
const FIRST_PAUSE_MS = 50;
const LONGEST_PAUSE_MS = 2_000;

export function createEngine({ address, clock, patienceMs = PATIENCE_MS }: EngineOptions): StreamEngine {
  const agent =
    address.tls === null
      ? new PlainAgent({ keepAlive: true, maxFreeSockets: IDLE })
      : new TlsAgent({ keepAlive: true, maxFreeSockets: IDLE, ...address.tls });

  async function open(method: string, path: string, more: Asking = {}): Promise<IncomingMessage> {
    const giveUpAt = clock.monotonic() + patienceMs;
    for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(2 * pauseMs, LONGEST_PAUSE_MS)) {
      try {
        return await openOnce(method, path, more);
      } catch (error) {
        if (!isAway(error) || clock.monotonic() >= giveUpAt || more.signal?.aborted) throw error;
        await clock.sleep(pauseMs, more.signal);
      }
    }
  }

  const knownVersion = rememberVersion(address, agent);

  async function whole(path: string, more: Asking): Promise<string> {
    return `${await knownVersion(more.timeoutMs)}${path}${queryText(more.query)}`;
  }

  async function openOnce(method: string, path: string, more: Asking): Promise<IncomingMessage> {
    const response = await exchange(address, agent, { method, path: await whole(path, more), more });
    await refuse(response, `${method} ${path}`);
    return response;
  }

  async function ask(method: string, path: string, more: Asking = {}): Promise<unknown> {
    const answer = await readText(await open(method, path, more), address, more.signal);
    try {
      return answer.trim() === '' ? null : JSON.parse(answer);
    } catch {
      throw unreachable(
        address,
        new Error(`what answers ${method} ${path} is no Docker Engine: its answer is no JSON`),
      );
    }
  }

  return {
    ...{ name: address.name, ask, open },
    async takeOver(path, more = {}) {
      const answer = await takeOver(address, agent, { method: 'POST', path: await whole(path, more), more });
      if (!(answer instanceof IncomingMessage)) return answer;
      await refuse(answer, `POST ${path}`);
      answer.destroy();
      throw unreachable(address, new Error('it does not give its connection away'));
    },
    async send(path, tar, more = {}) {
      await readText(await openOnce('PUT', path, { ...more, tar }), address, more.signal);
    },
  };
}

async function refuse(response: IncomingMessage, asked: string): Promise<void> {
  const status = response.statusCode ?? 0;
  if (status < 400) return;
  const words = await refusalWords(response);
  // Podman calls a name that is taken a fault of its own.
  const isTaken = status === 500 && /\bis already in use\b/.test(words);
  throw new EngineRefusal(asked, isTaken ? 409 : status, words);
}

/** Others may wait for it, too: no single one's signal ends it. */
function rememberVersion(
  address: EngineAddress,
  agent: PlainAgent | TlsAgent,
): (timeoutMs?: number) => Promise<string> {
  let version: Promise<string> | null = null;
  return (timeoutMs = SILENCE_MS) => {
    version ??= readVersion(address, agent, Math.min(timeoutMs || SILENCE_MS, SILENCE_MS)).catch((error: unknown) => {
      version = null;
      throw error;
    });
    return version;
  };
}

/** The first part of each path; empty: the engine's own choice. */
async function readVersion(address: EngineAddress, agent: PlainAgent | TlsAgent, timeoutMs: number): Promise<string> {
  const response = await exchange(address, agent, { method: 'GET', path: '/_ping', more: { timeoutMs } });
  response.resume();
  const [, minor] = /^1\.(\d+)$/.exec(String(response.headers['api-version'] ?? '')) ?? [];
  return minor === undefined ? '' : `/v1.${Math.min(Number(minor), NEWEST_API)}`;
}

function queryText(query: Asking['query'] = {}): string {
  const given = Object.entries(query).flatMap(([key, value]): [string, string][] =>
    value === undefined ? [] : [[key, typeof value === 'object' ? JSON.stringify(value) : String(value)]],
  );
  return given.length === 0 ? '' : `?${new URLSearchParams(given)}`;
}

async function readText(response: IncomingMessage, address: EngineAddress, signal?: AbortSignal): Promise<string> {
  try {
    return await text(response);
  } catch (error) {
    throw signal?.aborted ? canceled() : unreachable(address, error);
  }
}

async function refusalWords(response: IncomingMessage): Promise<string> {
  let said = '';
  try {
    for await (const chunk of response.setEncoding('utf8')) {
      said += chunk;
      if (said.length > LONGEST_REFUSAL_BYTES) break;
    }
    const { message } = JSON.parse(said) as { message?: unknown };
    if (typeof message === 'string') return message.trim();
  } catch {
    // It is no JSON: as it is.
  }
  return said.trim() || `status ${response.statusCode}`;
}

/** It may come back: the connection was refused or cut. What it has done meanwhile is looked at by whoever asks again. */
function isAway(error: unknown): boolean {
  return error instanceof Failure && error.code === 'engine_unreachable';
}
