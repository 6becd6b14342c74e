import { randomBytes } from 'node:crypto';

const PLAIN = /^[\w.-]{1,64}$/;

/** The asker's own id of the request, if it is one that can stand in a log and in a header; else a new one. */
export function requestId(given: string | readonly string[] | undefined): string {
  return typeof given === 'string' && PLAIN.test(given) ? given : randomBytes(16).toString('hex');
}
