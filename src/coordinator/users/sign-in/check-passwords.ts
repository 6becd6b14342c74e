import type { UserRecord } from '../../../store/index.ts';
import { AttemptLimiter, Turns, tooBusy, tooManyRequests } from '../../http/index.ts';
import type { Parts } from '../../parts.ts';
import { isPassword } from './password.ts';

/** Wrong passwords for one name, or from one address, and neither is listened to for a while. */
const MOST_WRONG = 10;
const WINDOW_MS = 10 * 60_000;
/** Of checks of passwords: each takes 32 MiB, and one of the four threads with which files are read and written too. */
const AT_ONCE = 2;
const MOST_WAITING = 20;
const BUSY_S = 2;

export interface PasswordCheck {
  readonly login: string;
  readonly password: string;
  readonly remoteAddress: string;
  /** Asked when it is this one's turn; null: there is no such user. */
  readonly find: () => Promise<UserRecord | null>;
}

/** Null: there is no such user, they are blocked, or it is another password. @throws HttpError 429, 503 */
export type CheckPassword = (check: PasswordCheck) => Promise<UserRecord | null>;

/** One of a process: what is tried out at one place counts at every other. */
export function checkPasswords({ clock }: Pick<Parts, 'clock'>): CheckPassword {
  const wrong = new AttemptLimiter(clock, MOST_WRONG, WINDOW_MS);
  const checks = new Turns({ atOnce: AT_ONCE, mostWaiting: MOST_WAITING });
  return async ({ login, password, remoteAddress, find }) => {
    const name = `user ${login.toLowerCase()}`;
    const keys = [remoteAddress, name];
    const wait = Math.max(...keys.map((key) => wrong.waitSeconds(key)));
    if (wait > 0) throw tooManyRequests(wait);
    // No fault of theirs: it does not count.
    if (checks.isFull) throw tooBusy(BUSY_S);
    // Before the look, so that many tries at once are as many.
    for (const key of keys) wrong.failed(key);
    const { user, isRight } = await checks.take(async () => {
      const found = await find();
      return { user: found, isRight: await isPassword(password, found?.passwordHash ?? null) };
    });
    if (user === null || !isRight || user.state !== 'active') return null;
    // Their own account opens to them; it is no proof that what came before from there was not somebody trying others.
    wrong.takeBack(remoteAddress);
    wrong.succeeded(name);
    return user;
  };
}
