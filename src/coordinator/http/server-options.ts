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
  /** `HTTP_LIMITS` when left out. */
  readonly limits?: HttpLimits;
}

/** How slow whoever asks may be, in ms, and how many there may be. */
export interface HttpLimits {
  /** A connection on which nothing moves for so long is closed. */
  readonly idleMs: number;
  /** Until the headers of a request are there. */
  readonly headersMs: number;
  /** Until a body that is read whole is there. */
  readonly bodyMs: number;
  /** Until any request is there: a push or an artifact may take this long. */
  readonly requestMs: number;
  /** For how long the rest of a request is read that has been answered. */
  readonly lingerMs: number;
  /** At a time, whoever they are from. */
  readonly mostConnections: number;
}

/**
 * Longer than a runner's long poll; a body that is not a stream is small, and whoever sends it slower than this is not sending it.
 * Connections: two each of 10,000 runners of ours, and 5,000 others.
 */
export const HTTP_LIMITS: HttpLimits = {
  idleMs: 75_000,
  headersMs: 30_000,
  bodyMs: 30_000,
  requestMs: 3_600_000,
  lingerMs: 5_000,
  mostConnections: 25_000,
};
