import { type Clock, realClock } from '../../../base/index.ts';
import { goArchitecture, goPlatform } from './go-names.ts';
import type { TlsFiles } from './secure-agent.ts';
import { openTransport, type Transport } from './transport.ts';

/** A server, and how it is spoken to. */
export interface Server {
  /** Without a slash at its end. Asked for at each request: the server may move. */
  readonly url: () => string;
  readonly transport: Transport;
  readonly clock: Clock;
  readonly userAgent: string;
}

export interface ServerOptions {
  readonly url: () => string;
  /** The runner's. */
  readonly version: string;
  readonly tls?: TlsFiles;
  /** Default: 15 min. */
  readonly connectionMaxAgeMs?: number;
  readonly clock?: Clock;
}

const CONNECTION_MAX_AGE_MS = 15 * 60_000;

export function openServer({ url, version, tls, connectionMaxAgeMs, clock = realClock }: ServerOptions): Server {
  const maxAgeMs = connectionMaxAgeMs ?? CONNECTION_MAX_AGE_MS;
  return {
    url,
    clock,
    transport: openTransport({ tls: tls ?? null, connectionMaxAgeMs: maxAgeMs }),
    userAgent: `epilogue-runner ${version} (${goPlatform()}/${goArchitecture()})`,
  };
}
