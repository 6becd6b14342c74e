import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe } from 'vitest';

/** PEM files of a certificate and its key. */
export interface CertificateFiles {
  readonly cert: string;
  readonly key: string;
}

/** Signs certificates, as a company does for its own machines; made by `openssl`, in files of one directory. */
export class Authority {
  readonly #dir: string;
  readonly #name: string;
  /** Its own certificate. */
  readonly file: string;

  constructor(dir: string, name = 'authority') {
    [this.#dir, this.#name, this.file] = [dir, name, join(dir, `${name}.crt`)];
    const key = join(dir, `${name}.key`);
    this.#openssl('req', '-x509', ...NEW_KEY, '-keyout', key, '-out', this.file, '-subj', `/CN=${name}`, '-days', '2');
  }

  /** @param days until it is no longer valid; -1: since yesterday */
  sign(name: string, { names = 'IP:127.0.0.1,DNS:localhost', days = 2 } = {}): CertificateFiles {
    const [cert, key, request, extensions] = ['crt', 'key', 'csr', 'ext'].map((end) =>
      join(this.#dir, `${name}.${end}`),
    );
    if (cert === undefined || key === undefined || request === undefined || extensions === undefined) throw new Error();
    writeFileSync(extensions, `subjectAltName=${names}\n`);
    this.#openssl('req', ...NEW_KEY, '-keyout', key, '-out', request, '-subj', `/CN=${name}`);
    const by = ['-CA', this.file, '-CAkey', join(this.#dir, `${this.#name}.key`), '-CAcreateserial'];
    this.#openssl('x509', '-req', '-in', request, ...by, '-out', cert, '-days', String(days), '-extfile', extensions);
    return { cert, key };
  }

  #openssl(...words: readonly string[]): void {
    execFileSync('openssl', words, { stdio: 'pipe' });
  }
}

const NEW_KEY = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];

/** For a server of Node. */
export function pemOf({ cert, key }: CertificateFiles): { readonly cert: Buffer; readonly key: Buffer } {
  return { cert: readFileSync(cert), key: readFileSync(key) };
}

/** Tests that need certificates. Where nobody can make any they are skipped, by name, but for CI, which installs the program. */
export const describeWithOpenssl = describe.skipIf(
  spawnSync('openssl', ['version']).error !== undefined && process.env.CI !== 'true',
);
