import { type Clock, describeError, onAbort } from '../../base/index.ts';
import type { JobPayload } from '../../protocol/index.ts';
import type { Control } from '../../runner/index.ts';
import { obey } from '../obey.ts';
import type { Coordinator } from '../wire/coordinator.ts';
import { UNSAID } from '../wire/stop-order.ts';

export interface AcceptanceOptions {
  readonly coordinator: Pick<Coordinator, 'updateJob' | 'hasAdditions'>;
  readonly clock: Clock;
  readonly payload: JobPayload;
  readonly control: Control;
  /** An earlier process has done it. */
  readonly isAcknowledged: boolean;
  /** The server has said yes: from now on the job is nobody else's. */
  readonly onAcknowledged: () => void;
  readonly warn: (text: string) => void;
}

/** A plain server's word that a job is this runner's: until then it hears nothing else of it, and nothing of it runs. */
export interface Acceptance {
  /** Asks for it. The job is written down by now. */
  begin(): void;
  /** Resolves when it is known, or `signal` aborts. */
  wait(signal: AbortSignal): Promise<'accepted' | 'refused'>;
  /** Done once it is known that the job is ours: at once where it is, never where it is not. */
  whenAccepted(action: () => void): void;
  /** The job is not ours: nobody hears anything of it. */
  readonly isRefused: boolean;
}

/** GitLab gives a job to somebody else that nobody has accepted for two minutes. */
const PATIENCE_MS = 90_000;
/** It knows the question, and this is the answer. */
const NO: readonly number[] = [400, 409];
const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 5_000;

/** Our coordinator is asked later, before the first user command, and knows then whose the job is. */
export function createAcceptance(options: AcceptanceOptions): Acceptance {
  const isOpen = options.isAcknowledged || options.coordinator.hasAdditions() === true;
  const { promise, resolve } = Promise.withResolvers<'accepted' | 'refused'>();
  let isBegun = isOpen;
  let isAccepted = isOpen;
  let isRefused = false;
  const waiting: (() => void)[] = [];
  if (isOpen) resolve('accepted');
  const ask = async (): Promise<void> => {
    const answer = await accept(options);
    isAccepted = answer === 'accepted';
    isRefused = !isAccepted;
    if (isAccepted) for (const action of waiting) action();
    resolve(answer);
  };
  return {
    get isRefused() {
      return isRefused;
    },
    begin() {
      if (isBegun) return;
      isBegun = true;
      void ask();
    },
    async wait(signal) {
      const { promise: left, resolve: leave } = Promise.withResolvers<'refused'>();
      const stopListening = onAbort(signal, () => leave('refused'));
      const answer = await Promise.race([promise, left]);
      stopListening();
      return answer;
    },
    whenAccepted(action) {
      if (isAccepted) action();
      else waiting.push(action);
    },
  };
}

/** The server has said yes, whatever becomes of our note of that. */
function note({ onAcknowledged, payload, warn }: AcceptanceOptions): void {
  try {
    onAcknowledged();
  } catch (error) {
    warn(`job ${payload.id}: it cannot be noted that the server has given it to us: ${describeError(error)}`);
  }
}

/** Never rejects. */
async function accept(options: AcceptanceOptions): Promise<'accepted' | 'refused'> {
  const { coordinator, clock, payload, control, warn } = options;
  const giveUpAt = clock.monotonic() + PATIENCE_MS;
  const over = AbortSignal.timeout(PATIENCE_MS);
  let why = 'it cannot say now';
  for (let pauseMs = FIRST_PAUSE_MS; clock.monotonic() < giveUpAt; pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS)) {
    try {
      const verdict = await coordinator.updateJob(payload, { state: 'running' }, over);
      if (verdict.kind === 'later' && NO.includes(verdict.status ?? 0)) {
        why = `it answers ${verdict.status}`;
        break;
      }
      if (verdict.kind !== 'later') {
        if (verdict.kind !== 'gone') note(options);
        obey(verdict, control);
        return verdict.kind === 'gone' ? 'refused' : 'accepted';
      }
    } catch (error) {
      why = describeError(error);
    }
    await clock.sleep(pauseMs, over);
  }
  warn(`job ${payload.id}: the server does not say that it is ours (${why}): nothing of it runs here`);
  obey({ kind: 'gone', order: { cause: 'runner_lost', by: UNSAID, isForced: false } }, control);
  return 'refused';
}
