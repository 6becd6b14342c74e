import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto';
import { storeFailure } from '../store-failure.ts';

/** Seals what has to be read back. `identity` names the row and column: what was sealed for one does not open for another. */
export interface Sealer {
  /** Names the key without giving it away. */
  readonly fingerprint: string;
  seal(identity: string, text: string): string;
  /** Throws `store_damaged` when it was sealed with another key or for another row, or was changed. */
  open(identity: string, sealed: string): string;
}

const VERSION = 'v1.';
const IV_BYTES = 12;
const TAG_BYTES = 16;
export const KEY_BYTES = 32;

/** AES-256-GCM with a random nonce for each value, which is safe for 2³² values of one key. */
export function createSealer(key: Uint8Array): Sealer {
  return {
    fingerprint: createHash('sha256').update('epilogue master key\0').update(key).digest('hex').slice(0, 16),
    seal(identity, text) {
      const iv = randomBytes(IV_BYTES);
      const cipher = createCipheriv('aes-256-gcm', key, iv, { authTagLength: TAG_BYTES });
      cipher.setAAD(Buffer.from(identity));
      const body = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
      return VERSION + Buffer.concat([iv, cipher.getAuthTag(), body]).toString('base64');
    },
    open(identity, sealed) {
      try {
        return openSealed(key, identity, sealed);
      } catch (error) {
        throw storeFailure('store_damaged', `what is stored for ${identity} does not open with this key`, error);
      }
    },
  };
}

function openSealed(key: Uint8Array, identity: string, sealed: string): string {
  if (!sealed.startsWith(VERSION)) throw new Error('not a sealed value');
  const bytes = Buffer.from(sealed.slice(VERSION.length), 'base64');
  const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, IV_BYTES), { authTagLength: TAG_BYTES });
  decipher.setAAD(Buffer.from(identity));
  decipher.setAuthTag(bytes.subarray(IV_BYTES, IV_BYTES + TAG_BYTES));
  const text = Buffer.concat([decipher.update(bytes.subarray(IV_BYTES + TAG_BYTES)), decipher.final()]);
  return text.toString('utf8');
}
