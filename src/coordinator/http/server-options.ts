import type { FastifyBaseLogger } from 'fastify';
import type { Clock } from '../../base/index.ts';
import type { Gate } from './request/authorize.ts';
import type { Route } from './route.ts';

export interface ServerOptions {
  readonly routes: readonly Route[];
  readonly gate: Gate;
  /** Address of this server as its users see it, without a slash at its end. */
  readonly base: string;
  readonly version: string;
  /** For how long closing waits. */
  readonly clock: Clock;
  readonly log: FastifyBaseLogger;
  /** Believe `X-Forwarded-For` of these proxies; false: of none. */
  readonly trustProxy: string | false;
  /** Aborts every call that still waits; for shutdown. */
  readonly stopping: AbortSignal;
}
