import { type Call, HttpError, Turns, tooBusy } from '../../http/index.ts';

/** A compilation has the process to itself while it goes on; two of them, so that one may read from git meanwhile. */
const AT_ONCE = 2;
/** Of all people together. */
const MOST_WAITING = 30;
/** Of one person: an editor waits for one at a time, and may be open in some windows. */
const MOST_OF_ONE = 8;
const BUSY_S = 2;

type Asker = Pick<Call, 'signal' | 'principal' | 'remoteAddress'>;
export type ByTurns = <T>(call: Asker, work: () => Promise<T>) => Promise<T>;

/**
 * Some checks at a time in this process, one of each person, and so many more that wait; who comes then is told that it is too busy. Whoever goes
 * meanwhile, as an editor does at the next key, gives the place away.
 */
export function byTurns({ atOnce = AT_ONCE, mostWaiting = MOST_WAITING, mostOfOne = MOST_OF_ONE } = {}): ByTurns {
  const turns = new Turns({ atOnce, mostWaiting });
  /** In their own queues too: each holds what it was sent. */
  let held = 0;
  const ofEach = new Map<string, Turns>();
  return async (call, work) => {
    const { signal } = call;
    const who = nameOf(call);
    const own = ofEach.get(who) ?? new Turns({ atOnce: 1, mostWaiting: mostOfOne });
    if (held >= atOnce + mostWaiting || own.isFull) throw tooBusy(BUSY_S);
    ofEach.set(who, own);
    held += 1;
    try {
      // One's own turn first: whoever asks for much stands in the queue of all once.
      return await own.take(() => turns.take(work, signal), signal);
    } catch (error) {
      // Nobody hears it, and nothing is wrong here.
      throw signal.aborted && error === signal.reason ? new HttpError(499, { message: '499 nobody waits' }) : error;
    } finally {
      held -= 1;
      if (own.isIdle) ofEach.delete(who);
    }
  };
}

function nameOf({ principal, remoteAddress }: Asker): string {
  if (principal.kind === 'user') return `user ${principal.user.id}`;
  return principal.kind === 'job' ? `job ${principal.jobId}` : `address ${remoteAddress}`;
}
