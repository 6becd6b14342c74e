import { describe, expect, it } from 'vitest';
import { Control } from '../runner/index.ts';
import { forwardSignals } from './forward-signals.ts';
import type { StopSignal } from './host.ts';

/** Signals at given moments, in ms. */
function send(...signals: readonly (readonly [at: number, signal: StopSignal])[]): {
  readonly signal: string | null;
  readonly forcedBy: string | null;
} {
  const control = new Control();
  let now = 0;
  let listener: (signal: StopSignal) => void = () => {};
  const clock = { now: () => now, monotonic: () => now, sinceBoot: () => now, sleep: () => Promise.resolve() };
  const onStopSignal = (wanted: typeof listener) => {
    listener = wanted;
    return () => {};
  };
  forwardSignals({ clock, onStopSignal }, control);
  for (const [at, signal] of signals) {
    now = at;
    listener(signal);
  }
  return { signal: control.interruption?.by ?? null, forcedBy: control.forced?.by ?? null };
}

describe('signals to a run', () => {
  it.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)('ask for a graceful end once (%s)', (signal) => {
    expect(send([0, signal])).toMatchObject({ signal, forcedBy: null });
  });

  it('force the end when a person presses again', () => {
    expect(send([0, 'SIGINT'], [150, 'SIGINT'])).toMatchObject({ signal: 'SIGINT', forcedBy: 'SIGINT' });
  });

  it('are one when npm passes on the Ctrl-C that the terminal has sent already', () => {
    expect(send([0, 'SIGINT'], [3, 'SIGINT'])).toMatchObject({ signal: 'SIGINT', forcedBy: null });
  });

  it('never force because a terminal was closed, which sends SIGHUP twice', () => {
    expect(send([0, 'SIGHUP'], [300, 'SIGHUP'])).toMatchObject({ signal: 'SIGHUP', forcedBy: null });
    expect(send([0, 'SIGINT'], [300, 'SIGHUP'], [600, 'SIGHUP'])).toMatchObject({ forcedBy: null });
  });

  it('never force because a program sends SIGTERM again, or after a Ctrl-C', () => {
    expect(send([0, 'SIGTERM'], [200, 'SIGTERM'], [300, 'SIGTERM'])).toEqual({ signal: 'SIGTERM', forcedBy: null });
    expect(send([0, 'SIGINT'], [7_500, 'SIGTERM'])).toEqual({ signal: 'SIGINT', forcedBy: null });
  });

  it('force when a person presses Ctrl-C while the run ends for another reason', () => {
    expect(send([0, 'SIGTERM'], [300, 'SIGINT'])).toEqual({ signal: 'SIGTERM', forcedBy: 'SIGINT' });
  });
});
