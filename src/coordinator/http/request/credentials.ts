import type { IncomingHttpHeaders } from 'node:http';
import type { JobPrincipal, ProjectAccess, UserPrincipal } from '../../access/index.ts';

export interface Session {
  readonly principal: UserPrincipal;
  readonly csrfToken: string;
  /** It lasts longer from here on: so has its cookie to. */
  readonly isRenewed: boolean;
}

/** Who a credential belongs to. Null, of every one: to nobody, or not any more. */
export interface Credentials {
  byToken(token: string): Promise<UserPrincipal | null>;
  byJobToken(token: string): Promise<JobPrincipal | null>;
  bySession(cookie: string): Promise<Session | null>;
}

export interface ProjectFinder {
  /** @param name a number or a full path. @param user null: nobody. Null: there is no such project. */
  find(name: string, user: number | null): Promise<ProjectAccess | null>;
}

export type Presented =
  | { readonly kind: 'token'; readonly token: string }
  | { readonly kind: 'job'; readonly token: string }
  | { readonly kind: 'session'; readonly cookie: string }
  | { readonly kind: 'none' };

export const SESSION_COOKIE = 'epilogue_session';

/** The credential of a request. One in a header goes before one in the query, and a browser's cookie comes last. */
export function presentedCredential(headers: IncomingHttpHeaders, query: URLSearchParams): Presented {
  const token =
    single(headers['private-token']) ??
    bearer(headers.authorization) ??
    query.get('private_token') ??
    query.get('access_token');
  if (token !== null && token !== undefined) return { kind: 'token', token };
  const job = single(headers['job-token']) ?? query.get('job_token');
  if (job !== null && job !== undefined) return { kind: 'job', token: job };
  const cookie = sessionCookie(headers.cookie);
  return cookie === null ? { kind: 'none' } : { kind: 'session', cookie };
}

/** That of a call. */
export function credentialOf({
  headers,
  url,
}: {
  readonly headers: IncomingHttpHeaders;
  readonly url: string;
}): Presented {
  return presentedCredential(headers, queryOf(url));
}

/** Of an address, whole or from its path on: what follows the first `?`. */
export function queryOf(url: string): URLSearchParams {
  const at = url.indexOf('?');
  return new URLSearchParams(at < 0 ? '' : url.slice(at));
}

function single(value: string | readonly string[] | undefined): string | undefined {
  return typeof value === 'string' ? value : value?.[0];
}

function bearer(value: string | undefined): string | undefined {
  return value === undefined ? undefined : /^bearer +(\S+)$/i.exec(value)?.[1];
}

function sessionCookie(header: string | undefined): string | null {
  for (const part of header?.split(';') ?? []) {
    const at = part.indexOf('=');
    if (part.slice(0, at).trim() === SESSION_COOKIE) return part.slice(at + 1).trim();
  }
  return null;
}
