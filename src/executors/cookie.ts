import { randomBytes } from 'node:crypto';

/** Environment variable that every process of a job carries, so that those that left its session can still be found. */
export const COOKIE_VARIABLE = 'EPILOGUE_JOB_COOKIE';

/** 128 random bits: nobody's process carries it by accident. */
export function makeCookie(): string {
  return randomBytes(16).toString('hex');
}
