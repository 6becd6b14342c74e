import { type Shutdown, signalsTo } from '../daemon/index.ts';
import type { Host } from './host.ts';

interface Wishes {
  /** At SIGTERM scripts are left running, for the next process. */
  readonly detach: () => boolean;
  /** It only finishes what is left, and hands over to a runner that says SIGUSR2. Any other passes that over. */
  readonly isFinishing: boolean;
  /** SIGHUP; so a terminal that closes ends no runner. */
  readonly reload: () => void;
}

/** Hands on to a runner what it is told by signals. @returns how to stop. */
export function listenToSignals(
  host: Pick<Host, 'clock' | 'onSignal' | 'onStopSignal'>,
  shutdown: Shutdown,
  { detach, isFinishing, reload }: Wishes,
): () => void {
  const hear = signalsTo(shutdown, host.clock, detach);
  const stops = [
    host.onStopSignal((signal) => (signal === 'SIGHUP' ? reload() : hear(signal))),
    host.onSignal('SIGQUIT', () => hear('SIGQUIT')),
    host.onSignal('SIGUSR2', () => isFinishing && shutdown.handOver()),
  ];
  return () => {
    for (const stop of stops) stop();
  };
}
