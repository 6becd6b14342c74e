import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { describeError, Failure } from '../../../base/index.ts';

/** Where an engine is. Nothing about it is secret but the key. */
export interface EngineAddress {
  /** As it was given, for messages. */
  readonly name: string;
  readonly socketPath: string | null;
  readonly host: string;
  readonly port: number;
  /** null: plain HTTP. */
  readonly tls: { readonly ca: Buffer; readonly cert: Buffer; readonly key: Buffer } | null;
}

export interface AddressOptions {
  /** `unix:///path`, `tcp://host:port`; null: `DOCKER_HOST`, else the usual socket. */
  readonly host: string | null;
  /** Directory of `ca.pem`, `cert.pem` and `key.pem`; null: `DOCKER_CERT_PATH`, else `~/.docker`. */
  readonly certPath: string | null;
  /** null: `DOCKER_TLS_VERIFY` is set. */
  readonly tlsVerify: boolean | null;
  readonly env: Readonly<Record<string, string | undefined>>;
}

export const USUAL_ENGINE = 'unix:///var/run/docker.sock';
const PLAIN_PORT = 2375;
const TLS_PORT = 2376;

/** @throws Failure `engine_address_unusable` for an address of another kind, or certificates that cannot be read. */
export function engineAddress({ host, certPath, tlsVerify, env }: AddressOptions): EngineAddress {
  const name = host ?? (env.DOCKER_HOST || USUAL_ENGINE);
  const url = URL.parse(name);
  if (url?.protocol === 'unix:') return { name, socketPath: url.pathname, host: 'docker', port: 0, tls: null };
  if (url === null || !/^(tcp|https?):$/.test(url.protocol) || url.hostname === '') {
    throw new Failure(
      'engine_address_unusable',
      `the address of the Docker Engine is ${JSON.stringify(name)}: unix:///path or tcp://host:port`,
    );
  }
  const isTls = url.protocol === 'https:' || (tlsVerify ?? (env.DOCKER_TLS_VERIFY ?? '') !== '');
  const certs = certPath ?? (env.DOCKER_CERT_PATH || join(env.HOME ?? homedir(), '.docker'));
  const port = url.port === '' ? (isTls ? TLS_PORT : PLAIN_PORT) : Number(url.port);
  return { name, socketPath: null, host: url.hostname, port, tls: isTls ? readCertificates(certs) : null };
}

/** Whether it is an address of another machine, as far as an address says it: one behind a port of this machine looks like this machine. */
export function isElsewhere({ socketPath, host }: EngineAddress): boolean {
  return socketPath === null && !/^(localhost|127\.\d+\.\d+\.\d+|\[?::1\]?)$/.test(host);
}

function readCertificates(directory: string): EngineAddress['tls'] {
  try {
    const [ca, cert, key] = ['ca.pem', 'cert.pem', 'key.pem'].map((file) => readFileSync(join(directory, file)));
    return ca && cert && key ? { ca, cert, key } : null;
  } catch (error) {
    throw new Failure(
      'engine_address_unusable',
      `the certificates for the Docker Engine cannot be read: ${describeError(error)}`,
      { cause: error },
    );
  }
}
