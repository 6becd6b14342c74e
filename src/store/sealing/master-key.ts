import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { describeError, errorCode, makeDirectory, writeDurably } from '../../base/index.ts';
import { storeFailure } from '../store-failure.ts';
import { createSealer, KEY_BYTES, type Sealer } from './seal.ts';

/**
 * The sealer of a database, from the key file (64 hex digits, mode 0600).
 *
 * @param known the fingerprint that the database has noted; null in a new one. Only then a missing file is made: afterwards another key would open nothing.
 */
export function openMasterKey(file: string, known: string | null): Sealer {
  const key = readKey(file) ?? (known === null ? makeKey(file) : null);
  if (key === null) {
    const message = `the database's secrets are sealed with the key ${known}, and ${file} is not there; restore it from a backup`;
    throw storeFailure('store_key', message);
  }
  const sealer = createSealer(key);
  if (known === null || sealer.fingerprint === known) return sealer;
  const message = `${file} holds the key ${sealer.fingerprint}, and the database's secrets are sealed with ${known}; restore the right file`;
  throw storeFailure('store_key', message);
}

function readKey(file: string): Uint8Array | null {
  let text: string;
  try {
    text = readFileSync(file, 'utf8').trim();
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return null;
    throw storeFailure('store_key', `${file} cannot be read: ${describeError(error)}`, error);
  }
  if (!/^[0-9a-f]{64}$/.test(text)) throw storeFailure('store_key', `${file} does not hold 64 hex digits`);
  return Buffer.from(text, 'hex');
}

function makeKey(file: string): Uint8Array {
  const key = randomBytes(KEY_BYTES);
  try {
    makeDirectory(dirname(file), 0o700);
    writeDurably(file, `${key.toString('hex')}\n`, true);
  } catch (error) {
    throw storeFailure('store_key', `${file} cannot be written: ${describeError(error)}`, error);
  }
  return key;
}
