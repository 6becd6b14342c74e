import { createHash, randomBytes } from 'node:crypto';

/** GitLab's prefix: scanners for secrets know it. */
const PREFIX = 'glcbt-';
const TOKEN_BYTES = 20;

/** The job token of one attempt. */
export function drawAttemptToken(): string {
  return PREFIX + randomBytes(TOKEN_BYTES).toString('base64url');
}

/** What is stored of a token. */
export function hashToken(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}
