import { createHash, randomBytes } from 'node:crypto';

/** GitLab's prefixes: scanners for secrets know them, and runners mask what begins so. */
export const TOKEN_PREFIXES = {
  personal: 'glpat-',
  project: 'glpat-',
  trigger: 'glptt-',
  job: 'glcbt-',
  runner: 'glrt-',
} as const;

/** 160 bits: nobody guesses one, so a plain hash of it may be stored. */
const TOKEN_BYTES = 20;

/** A new secret that opens something; whoever asked for it sees it now and never again. */
export function drawToken(prefix: string): string {
  return prefix + randomBytes(TOKEN_BYTES).toString('base64url');
}

/** What is stored of a token: SHA-256, hex. */
export function hashToken(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}
