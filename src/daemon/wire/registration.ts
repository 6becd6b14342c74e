import { ask, type Request } from './http/ask.ts';
import { readText } from './http/read-text.ts';
import type { Server } from './http/server.ts';
import type { RunnerInfo } from './runner-info.ts';

/** With what a runner speaks of itself. */
export interface RegistrationMeans {
  readonly server: Server;
  /** `s_` or `r_` and twelve letters or digits: tells this process's runner from others under the same token. */
  readonly systemId: string;
  readonly info: RunnerInfo;
}

export type Verification =
  | {
      readonly kind: 'known';
      /** 0: the server did not say. */
      readonly id: number;
      /** UTC ms; null: never. */
      readonly tokenExpiresAt: number | null;
      readonly hasAdditions: boolean;
      /** `Epilogue-Release`: the quarantine that somebody has lifted. */
      readonly release: string | null;
    }
  /** The token is nobody's. */
  | { readonly kind: 'unknown'; readonly hasAdditions: boolean }
  /** No answer, or none that says anything. */
  | { readonly kind: 'unclear'; readonly why: string };

export interface NewRunner {
  /** Of the registration. */
  readonly token: string;
  readonly description?: string;
  readonly maintenanceNote?: string;
  readonly tags?: readonly string[];
  readonly runUntagged: boolean;
  readonly locked: boolean;
  readonly accessLevel?: 'not_protected' | 'ref_protected';
  readonly maximumTimeoutS?: number;
  readonly paused: boolean;
}

export type Registered =
  | { readonly kind: 'registered'; readonly id: number; readonly token: string; readonly tokenExpiresAt: number | null }
  | { readonly kind: 'refused'; readonly why: string };

export type Unregistered = { readonly kind: 'done' | 'unknown' } | { readonly kind: 'unclear'; readonly why: string };

const CALL_MS = 60_000;
const LONGEST_BYTES = 1024 * 1024;

/** `POST /runners/verify`: whether the server knows the token. It also tells the server what this runner can do, more surely than any other call. Never throws. */
export async function verifyRunner(
  { server, systemId, info }: RegistrationMeans,
  token: string,
  options: { readonly signal?: AbortSignal; readonly tries?: number } = {},
): Promise<Verification> {
  const json = { info, token, system_id: systemId };
  const answer = await tell(server, { ...options, ...call('POST', 'runners/verify', { json, token }) });
  if (typeof answer === 'string') return { kind: 'unclear', why: answer };
  const { status, headers, body } = answer;
  const hasAdditions = headers.has('epilogue-version');
  if (status === 403) return { kind: 'unknown', hasAdditions };
  if (status !== 200) return { kind: 'unclear', why: wordsOf(answer) };
  const release = headers.get('epilogue-release');
  return {
    kind: 'known',
    id: numberIn(body.id),
    tokenExpiresAt: instantIn(body.token_expires_at),
    hasAdditions,
    release,
  };
}

/** `POST /runners`, with a registration token of old; a `glrt-` one is verified instead. Never throws. */
export async function registerRunner({ server, info }: RegistrationMeans, runner: NewRunner): Promise<Registered> {
  const { token, tags = [], maximumTimeoutS = 0 } = runner;
  const json = {
    ...said('description', runner.description),
    ...said('maintenance_note', runner.maintenanceNote),
    ...said('tag_list', tags.join(',')),
    run_untagged: runner.runUntagged,
    locked: runner.locked,
    ...said('access_level', runner.accessLevel),
    ...(maximumTimeoutS > 0 ? { maximum_timeout: maximumTimeoutS } : {}),
    paused: runner.paused,
    info,
    token,
  };
  return registered(await tell(server, call('POST', 'runners', { json, token })));
}

/** Takes this process's runner out; one that was registered of old, the runner itself. Never throws. */
export async function unregisterRunner({ server, systemId }: RegistrationMeans, token: string): Promise<Unregistered> {
  const isManager = token.startsWith('glrt-');
  const json = { token, ...(isManager ? { system_id: systemId } : {}) };
  const answer = await tell(
    server,
    call('DELETE', isManager ? 'runners/managers' : 'runners', { json, token, isRead: false }),
  );
  if (typeof answer === 'string') return { kind: 'unclear', why: answer };
  if (answer.status === 204) return { kind: 'done' };
  return answer.status === 403 ? { kind: 'unknown' } : { kind: 'unclear', why: wordsOf(answer) };
}

/** Draws a new token with the present one, which is of no use from then on. Never throws. `id` is 0. */
export async function resetToken({ server }: Pick<RegistrationMeans, 'server'>, token: string): Promise<Registered> {
  return registered(await tell(server, call('POST', 'runners/reset_authentication_token', { json: { token } })));
}

/** The same with a person's access token. */
export async function resetTokenAs(
  { server }: Pick<RegistrationMeans, 'server'>,
  { id, personalToken }: { readonly id: number; readonly personalToken: string },
): Promise<Registered> {
  const request = call('POST', `runners/${id}/reset_authentication_token`, { json: null });
  return registered(
    await tell(server, { ...request, headers: { ...request.headers, 'Private-Token': personalToken } }),
  );
}

interface Call {
  readonly json: unknown;
  /** Said in a header, too. */
  readonly token?: string;
  /** Whether the answer says anything. */
  readonly isRead?: boolean;
}

function call(method: 'POST' | 'DELETE', path: string, { json, token, isRead = true }: Call): Request {
  const headers = {
    ...(isRead ? { Accept: 'application/json' } : {}),
    ...(token === undefined ? {} : { 'Runner-Token': token }),
  };
  return { method, path: `/api/v4/${path}`, headers, json, timeoutMs: CALL_MS };
}

interface Told {
  readonly status: number;
  readonly headers: Headers;
  /** Empty unless it is a JSON object. */
  readonly body: Readonly<Record<string, unknown>>;
}

/** @returns why there was no answer */
async function tell(server: Server, request: Request): Promise<Told | string> {
  try {
    const answer = await ask(server, request);
    const text = await readText(answer, LONGEST_BYTES);
    return { status: answer.status, headers: answer.headers, body: objectIn(text) };
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function registered(answer: Told | string): Registered {
  if (typeof answer === 'string') return { kind: 'refused', why: answer };
  const { id, token, token_expires_at: expires } = answer.body;
  if (answer.status !== 201 || typeof token !== 'string') return { kind: 'refused', why: wordsOf(answer) };
  return { kind: 'registered', id: numberIn(id), token, tokenExpiresAt: instantIn(expires) };
}

function wordsOf({ status, body: { message, error } }: Told): string {
  const words = [message, error].find((one) => typeof one === 'string' || (typeof one === 'object' && one !== null));
  const said = typeof words === 'object' ? JSON.stringify(words) : words;
  return said === undefined
    ? `the server answers ${status}`
    : `the server answers ${status}: ${String(said).slice(0, 500)}`;
}

function objectIn(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {};
  } catch {
    return {};
  }
}

function said(key: string, value: string | undefined): Readonly<Record<string, string>> {
  return value === undefined || value === '' ? {} : { [key]: value };
}

function numberIn(value: unknown): number {
  return typeof value === 'number' ? value : 0;
}

function instantIn(value: unknown): number | null {
  const instant = typeof value === 'string' ? Date.parse(value) : Number.NaN;
  return Number.isNaN(instant) ? null : instant;
}
