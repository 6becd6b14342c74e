import { type Clock, describeError } from '../../base/index.ts';
import type { RunnerEntry } from '../config/runner-config.ts';
import type { EntryLoops, LiveEntry } from '../take/entry-loops.ts';
import { resetToken } from '../wire/registration.ts';

/** A token that was drawn for an entry. */
export interface DrawnToken {
  readonly token: string;
  /** Ms since 1970. */
  readonly tokenObtainedAt: number;
  readonly tokenExpiresAt: number | null;
}

/** Writes a token into the settings, in place of the one that `entry` has. @throws what keeps it from being written */
export type SaveToken = (entry: RunnerEntry, drawn: DrawnToken) => void;

export interface RotateOptions {
  readonly loops: Pick<EntryLoops, 'all' | 'config' | 'replaceToken'>;
  readonly clock: Clock;
  readonly save: SaveToken;
  readonly log: (level: 'info' | 'warn' | 'error', text: string) => void;
  readonly stop: AbortSignal;
}

const LOOK_EVERY_MS = 60_000;
/** Of the time that a token has. Source: GitLab's runner. */
const USED_UP = 0.75;

/**
 * Draws new tokens for entries whose own will end, in good time, until `stop` aborts. The old one is nobody's as soon as the server has answered: a new one that cannot be written down is
 * used all the same, and written as soon as that works.
 */
export async function rotateTokens({ loops, clock, save, log, stop }: RotateOptions): Promise<void> {
  /** By key: what still has to be written. */
  const unsaved = new Map<string, { readonly before: RunnerEntry; readonly drawn: DrawnToken }>();

  function write(key: string): void {
    const waiting = unsaved.get(key);
    if (waiting === undefined) return;
    try {
      save(waiting.before, waiting.drawn);
      unsaved.delete(key);
      log('info', `${waiting.before.name} has a new token, and the settings have it`);
    } catch (error) {
      log(
        'error',
        `${waiting.before.name} has a new token that cannot be written down, and is lost if this process ends: ${describeError(error)}`,
      );
    }
  }

  async function rotate({ key, current, context }: LiveEntry): Promise<void> {
    if (unsaved.has(key) || !isDue(current, clock.now())) return;
    const answer = await resetToken({ server: context.coordinator.server }, current.token);
    if (answer.kind === 'refused')
      return log('warn', `${current.name} keeps its token, which ends soon: ${answer.why}`);
    const { token, tokenExpiresAt } = answer;
    const drawn = { token, tokenExpiresAt, tokenObtainedAt: clock.now() };
    unsaved.set(key, { before: current, drawn });
    loops.replaceToken(key, drawn);
  }

  while (!stop.aborted) {
    for (const live of loops.all) {
      // Its jobs may go on here for long; its token may be another machine's by now.
      if (loops.config.entries.every(({ key }) => key !== live.key)) continue;
      await rotate(live);
      write(live.key);
    }
    await clock.sleep(LOOK_EVERY_MS, stop);
  }
}

function isDue({ tokenObtainedAt: from, tokenExpiresAt: to, settings }: RunnerEntry, now: number): boolean {
  if (from === null || to === null || settings.featureFlags.FF_DISABLE_AUTOMATIC_TOKEN_ROTATION === true) return false;
  return now >= from + USED_UP * (to - from);
}
