import type { Control } from '../runner/index.ts';
import type { Host, StopSignal } from './host.ts';

/** Programs that start us (npm, make) pass a Ctrl-C on that the terminal has sent us already; a person is slower. */
const SAME_KEYSTROKE_MS = 40;

/**
 * Hands stop signals to a run: the first asks for a graceful end, a SIGINT after it forces it. Returns how to stop.
 * Nothing else forces: SIGTERM and SIGHUP come from programs, which repeat them and go from one to the next by themselves.
 */
export function forwardSignals(host: Pick<Host, 'clock' | 'onStopSignal'>, control: Control): () => void {
  let firstAt: number | null = null;
  return host.onStopSignal((signal: StopSignal) => {
    const now = host.clock.monotonic();
    if (firstAt === null) {
      firstAt = now;
      control.interrupt({ cause: 'runner_shutdown', isCancel: true, by: signal });
    } else if (signal === 'SIGINT' && now - firstAt >= SAME_KEYSTROKE_MS) {
      control.force({ by: signal, why: 'force cancel' });
    }
  });
}
