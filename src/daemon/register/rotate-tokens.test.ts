import { expect, it } from 'vitest';
import { AutoClock } from '../../../test/support/auto-clock.ts';
import { DEFAULT_RUNNER_CONFIG, DEFAULT_RUNNER_ENTRY, type RunnerEntry } from '../config/runner-config.ts';
import type { LiveEntry } from '../take/entry-loops.ts';
import { rotateTokens } from './rotate-tokens.ts';

const HOUR_MS = 3_600_000;

function entry(key: string, ends: number): RunnerEntry {
  const times = { tokenObtainedAt: 0, tokenExpiresAt: ends };
  return { ...DEFAULT_RUNNER_ENTRY, ...times, key, name: key, url: () => 'http://ci.example.com', token: `old ${key}` };
}

it('draws a token when three quarters of its time are over, and none for an entry that is in no settings any more', async () => {
  const clock = new AutoClock(0);
  const stop = new AbortController();
  const drawn: string[] = [];
  const exchange = async () => {
    const body = { token: `new ${drawn.length}`, token_expires_at: null };
    return new Response(JSON.stringify(body), { status: 201 });
  };
  const server = { url: () => 'http://ci.example.com', transport: { exchange }, clock, userAgent: '' };
  const [early, late, gone] = [entry('early', 2 * HOUR_MS), entry('late', 4 * HOUR_MS), entry('gone', HOUR_MS)];
  const live = [early, late, gone].map(
    (current) => ({ key: current.key, current, context: { coordinator: { server } } }) as unknown as LiveEntry,
  );
  const rotating = rotateTokens({
    loops: {
      all: live,
      config: { ...DEFAULT_RUNNER_CONFIG, entries: [early, late] },
      replaceToken(key, given) {
        const found = live.findIndex((each) => each.key === key);
        live[found] = { ...live[found], current: { ...entry(key, 0), ...given } } as LiveEntry;
      },
    },
    clock,
    save: ({ key }, { tokenObtainedAt }) => void drawn.push(`${key} at ${tokenObtainedAt / 60_000}`),
    log: () => {},
    stop: stop.signal,
  });
  await clock.sleep(4 * HOUR_MS);
  stop.abort();
  await rotating;
  expect(drawn).toEqual(['early at 90', 'late at 180']);
});
