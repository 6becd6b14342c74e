import { describe, expect, it } from 'vitest';
import { AutoClock } from '../../test/support/auto-clock.ts';
import { closeShow } from './close-show.ts';
import { memoryOutput } from './testing/sample-run.ts';

function readerThat(takes: (elapsedMs: number) => number, clock: AutoClock) {
  let isGivenUp = false;
  const stdout = {
    ...memoryOutput(),
    takenBytes: () => takes(clock.monotonic()),
    giveUp: () => {
      isGivenUp = true;
    },
  };
  return { stdout, isGivenUp: () => isGivenUp };
}

describe('the end of a show', () => {
  it('gives signals their usual meaning back when nobody reads the report, and then leaves the reader behind', async () => {
    const clock = new AutoClock(0);
    const { stdout, isGivenUp } = readerThat(() => 7, clock);
    let freedAt = -1;
    const stopForwarding = (): void => {
      freedAt = clock.monotonic();
    };
    await closeShow(
      { close: () => new Promise(() => {}) },
      { clock, stdout },
      { stopForwarding, isInterrupted: false },
    );
    expect(freedAt).toBe(2_000);
    expect(isGivenUp()).toBe(true);
    expect(clock.monotonic()).toBe(62_000);
  });

  it('waits for a reader who goes on reading, however slowly', async () => {
    const clock = new AutoClock(0);
    const { stdout, isGivenUp } = readerThat((elapsed) => elapsed, clock);
    const close = () => clock.sleep(3_600_000);
    await closeShow({ close }, { clock, stdout }, { stopForwarding: () => {}, isInterrupted: false });
    expect(isGivenUp()).toBe(false);
    expect(clock.monotonic()).toBeGreaterThanOrEqual(3_600_000);
  });

  it('has less patience after a signal', async () => {
    const clock = new AutoClock(0);
    const { stdout } = readerThat(() => 0, clock);
    const show = { close: () => new Promise<void>(() => {}) };
    await closeShow(show, { clock, stdout }, { stopForwarding: () => {}, isInterrupted: true });
    expect(clock.monotonic()).toBe(7_000);
  });
});
