import { byCause, noteDrop, noteLoss, setCause, takeBack } from '../changes.ts';
import { offerCleanup, setTeardownDeadline, takeCleanup } from '../deadline-changes.ts';
import type { Trigger } from '../job-event.ts';
import { cleanupLost, cleanupOverdue, nothingOwed } from '../record-cleanup.ts';
import { type Change, EXECUTING, ignore, type MoveTable, moveTo, refuse } from './move-row.ts';
import { canHandCleanupOver, nothingCanHaveRun, runnerCanStop, runnerTakesNoCleanups } from './preconditions.ts';

/** What strikes an attempt from outside: its runner lost, its time over, its place evicted. */
export const LOSS_MOVES: MoveTable = [
  {
    id: 'return',
    on: ['returned'],
    kind: 'script',
    from: ['running'],
    handOuts: ['job'],
    precondition: nothingCanHaveRun,
    outcome: moveTo('pending', { changes: [takeBack], effects: ['abort'] }),
    why: 'The job never got to its runner: another one takes it, as if this hand-out had not been.',
  },
  {
    id: 'lose-runner-offer-cleanup',
    on: ['runner_lost', 'lease_lapsed', 'returned'],
    from: EXECUTING,
    precondition: canHandCleanupOver,
    outcome: moveTo('same', {
      phase: 'teardown',
      changes: [noteLoss, offerCleanup],
      effects: ['abort', 'offer_cleanup'],
    }),
    why: 'The obligation outlives the runner: the cleanup alone goes to another one.',
  },
  {
    id: 'lose-runner',
    on: ['runner_lost', 'lease_lapsed', 'returned'],
    from: EXECUTING,
    outcome: moveTo(byCause, { changes: [noteLoss, cleanupLost('its runner was lost')], effects: ['abort'] }),
    why: 'Nobody is left to clean, or nothing was owed.',
  },
  {
    id: 'claim-cleanup-refused',
    on: ['claim_cleanup'],
    from: EXECUTING,
    handOuts: ['cleanup_offered'],
    precondition: runnerTakesNoCleanups,
    outcome: refuse('runner_cannot_take_cleanups'),
    why: 'It would run the whole job.',
  },
  {
    id: 'claim-cleanup',
    on: ['claim_cleanup'],
    from: EXECUTING,
    handOuts: ['cleanup_offered'],
    outcome: moveTo('same', { phase: 'same', changes: [takeCleanup] }),
    why: 'The cleanup has an attempt, a lease and a deadline of its own.',
  },
  {
    id: 'teardown-overdue',
    on: ['deadline_passed'],
    from: EXECUTING,
    phases: ['teardown'],
    outcome: moveTo(byCause, { changes: [cleanupOverdue], effects: ['abort'] }),
    why: 'Every teardown has a deadline that the coordinator owns: no job stays in `canceling`.',
  },
];

/** Something other than a person ends the script: one path for every cause, told apart by how far the job had come. */
function strike(name: string, on: Trigger, change: Change, why: string): MoveTable {
  const lost = cleanupLost('its runner cannot be asked to stop');
  const common = { on: [on], kind: 'script', from: ['running'] } as const;
  return [
    {
      ...common,
      id: `${name}-preparing`,
      phases: ['preparing'],
      outcome: moveTo('failed', { changes: [change, nothingOwed], effects: ['abort'] }),
      why: `${why} No user command has started.`,
    },
    {
      ...common,
      id: `${name}-script`,
      phases: ['script'],
      precondition: runnerCanStop,
      outcome: moveTo('same', { phase: 'teardown', changes: [change, setTeardownDeadline], effects: ['stop'] }),
      why: `${why} The script is stopped, then \`after_script\` runs.`,
    },
    {
      ...common,
      id: `${name}-script-at-once`,
      phases: ['script'],
      outcome: moveTo('failed', { changes: [change, lost], effects: ['abort'] }),
      why: `${why} Its runner knows only how to drop a job.`,
    },
  ];
}

export const STRIKE_MOVES: MoveTable = [
  ...strike('time-out', 'deadline_passed', setCause('timed_out'), 'The runner has not kept the `timeout` by itself.'),
  ...strike('evict', 'evicted', setCause('evicted'), 'Its place is going away.'),
  ...strike('drop', 'drop', noteDrop, 'It must not go on (log too large, …).'),
  {
    id: 'strike-teardown',
    on: ['evicted', 'drop'],
    kind: 'script',
    from: EXECUTING,
    phases: ['teardown'],
    outcome: ignore,
    why: 'The script is over already; the first cause stands and the teardown goes on.',
  },
];
