import { elect } from '../../store/index.ts';
import type { Parts } from '../parts.ts';
import { type Loop, startLoop, type Turn } from './loop.ts';
import { OWN_HANDLERS } from './outbox/handlers.ts';
import { type EffectHandlers, workOffOne } from './outbox/work-off.ts';
import type { Sweep } from './sweep.ts';
import { workOffWakes } from './sweeps/due-wakes.ts';
import { workOffLapsedLeases, workOffSilentAttempts } from './sweeps/lost-attempts.ts';
import { lookAtNeglectedGroups } from './sweeps/neglected-groups.ts';
import { dropStuckJobs } from './sweeps/stuck-jobs.ts';
import { dropUnfitJobs } from './sweeps/unfit-jobs.ts';

export interface Work {
  /** Resolves when no loop runs any more; what is under way ends its turn. */
  stop(): Promise<void>;
}

/** Effects at a time: a child that compiles long does not hold up a resource that became free. */
const WORKERS = 2;

/**
 * Starts every loop: the outbox, what this part does by itself, and the sweeps of the others.
 * @param handlers of kinds of effects that are not this part's.
 */
export function startWork(parts: Parts, sweeps: readonly Sweep[], handlers: EffectHandlers = {}): Work {
  const outbox = outboxTurn({ ...OWN_HANDLERS, ...handlers });
  const workers = Array.from({ length: WORKERS }, () => startLoop(parts, outbox));
  const wakes = startLoop(parts, { name: 'wakes', everyMs: 1_000, run: workOffWakes });
  const unfit = { name: 'jobs that no runner fits', everyMs: 300_000, run: dropUnfitJobs(parts.clock.monotonic()) };
  const rest = [...OWN_TURNS, unfit, ...sweeps.map(electedTurn)].map((turn) => startLoop(parts, turn));
  const unsubscribe = parts.store.subscribe('outbox', () => wakeAll(workers));
  return {
    async stop() {
      unsubscribe();
      await Promise.all([...workers, wakes, ...rest].map((loop) => loop.stop()));
    },
  };
}

const OWN_TURNS: readonly Turn[] = [
  { name: 'lapsed leases', everyMs: 5_000, run: workOffLapsedLeases },
  { name: 'silent attempts', everyMs: 15_000, run: workOffSilentAttempts },
  { name: 'stuck jobs', everyMs: 300_000, run: dropStuckJobs },
  { name: 'neglected resource groups', everyMs: 60_000, run: lookAtNeglectedGroups },
];

function outboxTurn(handlers: EffectHandlers): Turn {
  return { name: 'outbox', everyMs: 2_000, run: (parts) => workOffOne(parts, handlers) };
}

/** One replica of all does it in an interval. */
function electedTurn({ name, everyMs, run }: Sweep): Turn {
  return {
    name,
    everyMs,
    async run(parts, signal) {
      if (await parts.store.write((tx) => elect(tx, name, everyMs))) await run(parts, signal);
      return false;
    },
  };
}

function wakeAll(loops: readonly Loop[]): void {
  for (const loop of loops) loop.wake();
}
