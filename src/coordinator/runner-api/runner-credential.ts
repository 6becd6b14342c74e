import { findRunnerByToken, type RunnerRecord } from '../../store/index.ts';
import { AttemptLimiter, badParameters, type Call, forbidden, tooManyRequests } from '../http/index.ts';
import type { Parts } from '../parts.ts';
import { hashToken } from '../work/index.ts';

/** From one address, of tokens that are nobody's. A machine with some runners that were removed stays below. */
const MOST_WRONG = 60;
const WINDOW_MS = 60_000;

/** Looks up the runner that a request is from. */
export type IdentifyRunner = (
  call: Pick<Call, 'headers' | 'remoteAddress'>,
  token: string | undefined,
) => Promise<RunnerRecord>;

/** @returns a function that throws `HttpError` 400 for no token, 403 for one that is no runner's or has expired, and 429 for too many of these. */
export function makeIdentifyRunner(parts: Parts): IdentifyRunner {
  const wrong = new AttemptLimiter(parts.clock, MOST_WRONG, WINDOW_MS);
  return async ({ headers, remoteAddress }, given) => {
    const wait = wrong.waitSeconds(remoteAddress);
    if (wait > 0) throw tooManyRequests(wait);
    const header = headers['runner-token'];
    const token = given ?? (typeof header === 'string' ? header : '');
    if (token === '') throw badParameters('token is missing');
    const found = await parts.store.read(async (db) => ({
      runner: await findRunnerByToken(db, hashToken(token)),
      now: db.now(),
    }));
    const { runner, now } = found;
    if (runner !== null && (runner.tokenExpiresAt === null || runner.tokenExpiresAt > now)) return runner;
    wrong.failed(remoteAddress);
    throw forbidden();
  };
}
