import { blobFailure } from './blob-failure.ts';

/** `artifacts/2a/1066/archive.zip`: kind, last byte of the id, id, name. Made by the program; no text of a user is ever part of one. */
const KEY = /^(?:artifacts|logs)\/[0-9a-f]{2}\/[1-9][0-9]{0,15}\/[a-z0-9](?:[a-z0-9._-]{0,62}[a-z0-9])?$/;
const PREFIX = /^(?:(?:artifacts|logs)\/(?:[0-9a-f]{2}\/(?:[1-9][0-9]{0,15}\/)?)?)?$/;

/** What lies beside a blob: its checksum. No key ends like this. */
export const SIDECAR = '.sha256';

/** The key of what belongs to `id`; `name` is one of few that the caller's code spells out. @throws Failure `bad_key` */
export function makeKey(kind: 'artifacts' | 'logs', id: number, name: string): string {
  return checkKey(`${kind}/${(id % 256).toString(16).padStart(2, '0')}/${id}/${name}`);
}

export function checkKey(key: string): string {
  if (isKey(key)) return key;
  throw blobFailure('bad_key', `no key of a blob: ${JSON.stringify(key)}`);
}

export function isKey(key: string): boolean {
  return KEY.test(key) && !key.includes('..') && !key.endsWith(SIDECAR);
}

/** Nothing, or whole folders: `artifacts/`, `artifacts/2a/`, `artifacts/2a/1066/`. */
export function checkPrefix(prefix: string): string {
  if (PREFIX.test(prefix)) return prefix;
  throw blobFailure('bad_key', `no prefix of keys: ${JSON.stringify(prefix)}`);
}
