import { randomBytes } from 'node:crypto';

const TOKEN_BYTES = 20;
/** `glrt-` tells a runner that its token was made by a server and outlives its managers; one without was registered by the runner itself. */
export type TokenPrefix = 'glrt-' | 'GR1348941' | '';

export function drawToken(prefix: TokenPrefix): string {
  return prefix + randomBytes(TOKEN_BYTES).toString('base64url');
}
