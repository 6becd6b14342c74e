import type { Routes } from '../../generated/routes.ts';
import { lettingGo } from '../state/stream.ts';
import { addressOf } from './address-of.ts';
import { csrfToken, noteAnswer, renewToken } from './identity.ts';
import { type Problem, problemOf, UNREACHED } from './problem.ts';

export type RouteKey = keyof Routes;
export type AnswerOf<K extends RouteKey> = Routes[K]['answer'];

/** What a route takes (`params`, `query`, `body`; those that may be empty may be left out), and a signal that ends the wait. */
export type Given<K extends RouteKey> = Loosened<Omit<Routes[K], 'answer'>> & { readonly signal?: AbortSignal };

type Empty = Readonly<Record<never, never>>;
type Loosened<T> = { readonly [N in keyof T as Empty extends T[N] ? never : N]: T[N] } & {
  readonly [N in keyof T as Empty extends T[N] ? N : never]?: T[N];
};

export type Result<T> =
  | { readonly ok: true; readonly value: T; readonly headers: Headers }
  | { readonly ok: false; readonly problem: Problem };

/** Longer than this no answer is waited for; what was asked may have been done all the same. */
const DEADLINE_MS = 10_000;

/**
 * Asks one route of the coordinator, typed by its own table: `call('GET /api/v4/projects/:id', { params: { id: 'ana/shop' } })`. Never
 * throws: what goes wrong is a `Problem`. A write whose CSRF token is an old one is repeated once, if the user is the same.
 */
export async function call<K extends RouteKey>(key: K, given: Given<K>): Promise<Result<AnswerOf<K>>> {
  const deadline = AbortSignal.timeout(DEADLINE_MS);
  const asked = { ...(given as Loose), signal: AbortSignal.any([deadline, ...(given.signal ? [given.signal] : [])]) };
  const first = await send(key, asked);
  if (first.ok || first.problem.code !== 'csrf' || !(await renewToken())) return first as Result<AnswerOf<K>>;
  return (await send(key, asked)) as Result<AnswerOf<K>>;
}

interface Loose {
  readonly params?: Readonly<Record<string, unknown>>;
  readonly query?: Readonly<Record<string, unknown>>;
  readonly body?: unknown;
}

async function send(key: string, given: Loose & { readonly signal: AbortSignal }): Promise<Result<unknown>> {
  const [method = 'GET', path = '/'] = key.split(' ');
  const { params = {}, query = {}, body, signal } = given;
  try {
    const response = await lettingGo(
      fetch(addressOf(path, params, query), {
        method,
        headers: headersOf(method, body),
        body: body === undefined ? null : JSON.stringify(body),
        signal,
      }),
    );
    noteAnswer(response.headers);
    const value = await bodyOf(response);
    if (response.ok) return { ok: true, value, headers: response.headers };
    return { ok: false, problem: problemOf(response.status, value) };
  } catch {
    return { ok: false, problem: UNREACHED };
  }
}

function headersOf(method: string, body: unknown): Record<string, string> {
  const token = method === 'GET' ? null : csrfToken();
  return {
    accept: 'application/json',
    ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    ...(token === null ? {} : { 'x-csrf-token': token }),
  };
}

async function bodyOf(response: Response): Promise<unknown> {
  const text = await response.text();
  if (text === '') return null;
  return response.headers.get('content-type')?.includes('json') === true ? JSON.parse(text) : text;
}
