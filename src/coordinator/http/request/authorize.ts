import { timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { type Action, judgeAccess, NOBODY, type Principal, type ProjectAccess, ruleOf } from '../../access/index.ts';
import { forbidden, HttpError, notFound, tooManyRequests, unauthorized } from '../http-error.ts';
import type { AttemptLimiter } from './attempt-limiter.ts';
import {
  type Credentials,
  type Presented,
  type ProjectFinder,
  presentedCredential,
  type Session,
} from './credentials.ts';

export interface Gate {
  readonly credentials: Credentials;
  readonly projects: ProjectFinder;
  /** Of addresses that present credentials which are nobody's, at any route. */
  readonly wrongCredentials: AttemptLimiter;
}

export interface Asked {
  readonly action: Action;
  readonly method: string;
  /** The project that the path names; undefined: none. */
  readonly projectName: string | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly query: URLSearchParams;
  readonly remoteAddress: string;
  /** Told whose session the cookie is of, where that is the credential; null: of none that there is. Before anything is refused. */
  readonly onSession: (session: Session | null, cookie: string) => void;
}

export interface Entry {
  readonly principal: Principal;
  readonly project: ProjectAccess | null;
}

/** Lets a request in, or says why not. @throws HttpError 401, 403, 404, 429 */
export async function authorize(gate: Gate, asked: Asked): Promise<Entry> {
  const rule = ruleOf(asked.action);
  const isRead = asked.method === 'GET' || asked.method === 'HEAD';
  // The route looks at a credential of its own kind.
  const principal = rule.least === 'credential' ? NOBODY : await identify(gate, asked, isRead);
  const project = rule.on === 'project' ? await findProject(gate, asked, principal) : null;
  const refusal = refusalOf(principal, asked.action, project, isRead);
  if (refusal !== null) throw refusal;
  return { principal, project };
}

/** Why somebody may not do it; null: they may. */
export function refusalOf(
  principal: Principal,
  action: Action,
  project: ProjectAccess | null,
  isRead: boolean,
): HttpError | null {
  switch (judgeAccess(principal, action, project, isRead)) {
    case 'allowed':
      return null;
    case 'unknown':
      return unauthorized();
    case 'hidden':
      return notFound('Project');
    case 'scope':
      return insufficientScope(['api', ...ruleOf(action).scopes]);
    case 'role':
      return forbidden();
  }
}

async function identify(gate: Gate, asked: Asked, isRead: boolean): Promise<Principal> {
  const presented = presentedCredential(asked.headers, asked.query);
  if (presented.kind === 'none') return NOBODY;
  const principal = await principalOf(gate.credentials, presented, asked, isRead);
  if (principal !== null) return principal;
  // A browser whose session is over is somebody who has not signed in yet.
  if (presented.kind === 'session') return NOBODY;
  throw refuseCredential(gate, asked.remoteAddress, unauthorized());
}

/**
 * What to throw at who has shown a credential that is nobody's: `refusal`, and after too many of these from one address that they are to wait. Asked only
 * once it is known to be wrong: thousands of runners may share an address with one that was removed, and none of them is refused for it. Nothing is lost
 * by that, as no token can be guessed, and to look one up costs less than to hear the request.
 */
export function refuseCredential(
  { wrongCredentials }: Pick<Gate, 'wrongCredentials'>,
  address: string,
  refusal: HttpError,
): HttpError {
  const wait = wrongCredentials.waitSeconds(address);
  if (wait > 0) return tooManyRequests(wait);
  wrongCredentials.failed(address);
  return refusal;
}

async function principalOf(
  credentials: Credentials,
  presented: Exclude<Presented, { kind: 'none' }>,
  { headers, onSession }: Asked,
  isRead: boolean,
): Promise<Principal | null> {
  if (presented.kind === 'token') return await credentials.byToken(presented.token);
  if (presented.kind === 'job') return await credentials.byJobToken(presented.token);
  const session = await credentials.bySession(presented.cookie);
  onSession(session, presented.cookie);
  if (session === null) return null;
  // Another site can make a browser send its cookie, not this header.
  if (!isRead && !isSame(headers['x-csrf-token'], session.csrfToken)) throw wrongCsrfToken();
  return session.principal;
}

/** With a code: a page that was open while somebody signed in anew has an old one, and can ask for another. */
function wrongCsrfToken(): HttpError {
  return new HttpError(403, { message: '403 Forbidden - CSRF token is missing or wrong', code: 'csrf' });
}

/** In a time that says nothing of how much of it was right. */
function isSame(given: string | readonly string[] | undefined, expected: string): boolean {
  const [one, other] = [Buffer.from(String(given)), Buffer.from(expected)];
  return one.length === other.length && timingSafeEqual(one, other);
}

async function findProject(gate: Gate, { projectName }: Asked, principal: Principal): Promise<ProjectAccess | null> {
  if (projectName === undefined) return null;
  return await gate.projects.find(projectName, principal.kind === 'user' ? principal.user.id : null);
}

function insufficientScope(scopes: readonly string[]): HttpError {
  return new HttpError(403, {
    error: 'insufficient_scope',
    error_description: 'The request requires higher privileges than provided by the access token.',
    scope: scopes.join(' '),
  });
}
