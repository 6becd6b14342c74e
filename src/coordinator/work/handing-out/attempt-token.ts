import { drawToken, TOKEN_PREFIXES } from '../../access/index.ts';

export { hashToken } from '../../access/index.ts';

/** The job token of one attempt. */
export function drawAttemptToken(): string {
  return drawToken(TOKEN_PREFIXES.job);
}
