export { DOCUMENT, isPageAddress } from './address/page-address.ts';
export { type Answer, created, type Later, noContent, ok, text } from './answer.ts';
export { buildServer } from './build-server.ts';
export { errorReply } from './error-reply.ts';
export {
  badInstant,
  badParameters,
  badRequest,
  conflict,
  forbidden,
  HttpError,
  invalid,
  notFound,
  tooBusy,
  tooManyRequests,
  unauthorized,
} from './http-error.ts';
export { Turns } from './limits/turns.ts';
export { keysetPaged, type Listed, PAGING, type Page, paged, pageOf } from './paging.ts';
export { AttemptLimiter } from './request/attempt-limiter.ts';
export { type Gate, refusalOf } from './request/authorize.ts';
export {
  type Credentials,
  credentialOf,
  type ProjectFinder,
  presentedCredential,
  type Session,
} from './request/credentials.ts';
export { endedSessionCookie, SESSION_MS, sessionCookie } from './request/session-cookie.ts';
export { DURATION_BOUNDS, type RouteFigures } from './request-figures.ts';
export { type Call, type EventOf, type EventSchemas, type Route, route, TAKEN, type Taken } from './route.ts';
export { HTTP_LIMITS, type ServerOptions } from './server-options.ts';
