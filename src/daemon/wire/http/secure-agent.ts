import { readFileSync, statSync } from 'node:fs';
import { Agent, type AgentOptions } from 'node:https';
import { createSecureContext, getCACertificates, type SecureContext } from 'node:tls';
import { describeError, Failure } from '../../../base/index.ts';

/** PEM files; absolute. */
export interface TlsFiles {
  readonly caFile: string | null;
  readonly certFile: string | null;
  readonly keyFile: string | null;
}

/**
 * The agent for https, with the certificates that lie in these files now: whoever renews one need not start the runner again. What is signed by whom
 * the machine trusts is believed beside what the file names, as GitLab's runner has it: archives may lie at somebody else.
 * @throws Failure `tls_files_unusable`
 */
export function openSecureAgents(tls: TlsFiles | null, options: AgentOptions): () => Agent {
  const paths = tls === null ? [] : [tls.caFile, tls.certFile, tls.keyFile];
  let current: { readonly agent: Agent; readonly stamp: string } | null = null;
  return () => {
    const stamp = paths.map(stampOf).join();
    // One before it keeps its connections until nobody has used them for a while.
    if (current?.stamp !== stamp) current = { agent: new Agent({ ...options, secureContext: contextOf(tls) }), stamp };
    return current.agent;
  };
}

function stampOf(path: string | null): string {
  const stat = path === null ? undefined : statSync(path, { throwIfNoEntry: false });
  return stat === undefined ? '' : `${stat.ino}:${stat.size}:${stat.mtimeMs}`;
}

/** Once for all connections: the machine's authorities are some hundred. */
function contextOf(tls: TlsFiles | null): SecureContext {
  const [ca, cert, key] = [
    tls?.caFile ? authoritiesIn(tls.caFile) : [],
    read('tls-cert-file', tls?.certFile ?? null),
    read('tls-key-file', tls?.keyFile ?? null),
  ];
  const trusted = [...getCACertificates('default'), ...getCACertificates('system')];
  try {
    const own = { ...(cert === null ? {} : { cert }), ...(key === null ? {} : { key }) };
    return createSecureContext({ minVersion: 'TLSv1.2', ca: [...new Set([...trusted, ...ca])], ...own });
  } catch (cause) {
    const files = [tls?.caFile, tls?.certFile, tls?.keyFile].filter((path) => typeof path === 'string');
    throw new Failure('tls_files_unusable', `${files.join(', ')} cannot be used: ${describeError(cause)}`, { cause });
  }
}

const CERTIFICATE = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

function authoritiesIn(path: string): readonly string[] {
  const found = read('tls-ca-file', path)?.match(CERTIFICATE) ?? [];
  if (found.length === 0) {
    throw new Failure(
      'tls_files_unusable',
      `tls-ca-file ${path} holds no certificate in PEM (-----BEGIN CERTIFICATE-----)`,
    );
  }
  return found;
}

function read(key: string, path: string | null): string | null {
  try {
    return path === null ? null : readFileSync(path, 'utf8');
  } catch (cause) {
    throw new Failure('tls_files_unusable', `${key} cannot be read: ${describeError(cause)}`, { cause });
  }
}
