import {
  byCause,
  extendLease,
  noteCancel,
  noteForce,
  noteResult,
  openObligation,
  setRunnersCause,
} from '../changes.ts';
import {
  forgetRunner,
  offerCleanup,
  putDeadlineOff,
  setTeardownDeadline,
  takeCleanupBack,
} from '../deadline-changes.ts';
import { cleanupLost, nothingElseOwed, nothingOwed, recordCleanup } from '../record-cleanup.ts';
import { EXECUTING, FINISHED, ignore, type MoveRow, type MoveTable, moveTo, refuse, WAITING } from './move-row.ts';
import {
  asksForMore,
  canHandCleanupOver,
  cleanupEnded,
  isStale,
  mayTakeBack,
  namesCancelCause,
  runnerCanStop,
} from './preconditions.ts';

/** Before the refusal of whatever comes from an attempt that does not hold its job: the one way back. */
export const COME_BACK_MOVE: MoveRow = {
  id: 'take-cleanup-back',
  on: ['resumed'],
  from: EXECUTING,
  handOuts: ['cleanup_offered'],
  precondition: mayTakeBack,
  outcome: moveTo('same', { phase: 'same', changes: [takeCleanupBack] }),
  why: 'The lost runner is there again before another has begun: it knows best what is left to clean. It counts as a hand-out, so it ends.',
};

/** Must stand before all others: whatever an attempt says that does not hold the job (any more) changes nothing. */
export const STALE_MOVE: MoveRow = {
  id: 'stale',
  on: [
    'renew',
    'script_started',
    'teardown_started',
    'cleaned',
    'extended',
    'resumed',
    'finished',
    'returned',
    'runner_lost',
    'evicted',
  ],
  from: [...WAITING, ...EXECUTING, ...FINISHED],
  precondition: isStale,
  outcome: refuse('stale_attempt'),
  why: 'One attempt at a time. A runner that was given up may come back at any moment; it must hear that it lost the job.',
};

const RUNNER_MOVES: MoveTable = [
  {
    id: 'renew',
    on: ['renew'],
    from: EXECUTING,
    outcome: moveTo('same', { phase: 'same', changes: [extendLease] }),
    why: 'The runner is alive.',
  },
  {
    id: 'resume',
    on: ['resumed'],
    from: EXECUTING,
    outcome: ignore,
    why: 'It holds the job still, and goes on.',
  },
  {
    id: 'start-script',
    on: ['script_started'],
    from: ['running'],
    phases: ['preparing'],
    outcome: moveTo('same', { phase: 'script', changes: [openObligation] }),
    why: 'Written down before the first user command starts: the runner waits for the answer.',
  },
  {
    id: 'script-started-again',
    on: ['script_started'],
    from: EXECUTING,
    phases: ['script'],
    outcome: ignore,
    why: 'A repeated message: the answer was lost.',
  },
  {
    id: 'script-started-too-late',
    on: ['script_started'],
    from: EXECUTING,
    phases: ['teardown'],
    outcome: refuse('script_is_over'),
    why: 'The runner asks again what was granted, and the job was stopped meanwhile: no user command starts, the teardown goes on.',
  },
  {
    id: 'teardown-not-canceled',
    on: ['teardown_started'],
    from: ['running'],
    precondition: namesCancelCause,
    outcome: refuse('not_canceled'),
    why: 'Only a person, the API or a newer pipeline cancels; the coordinator would know.',
  },
  {
    id: 'start-teardown',
    on: ['teardown_started'],
    from: ['running'],
    phases: ['preparing', 'script'],
    outcome: moveTo('same', { phase: 'teardown', changes: [setRunnersCause, setTeardownDeadline] }),
    why: 'The script is over; cleanup and saving have budgets of their own.',
  },
  {
    id: 'teardown-started-again',
    on: ['teardown_started'],
    from: EXECUTING,
    phases: ['teardown'],
    outcome: ignore,
    why: 'A repeated or late message; the first cause and the deadline stand.',
  },
  {
    id: 'clean',
    on: ['cleaned'],
    from: EXECUTING,
    phases: ['script', 'teardown'],
    precondition: cleanupEnded,
    outcome: moveTo('same', { phase: 'teardown', changes: [setRunnersCause, setTeardownDeadline, recordCleanup] }),
    why: 'The obligation is met. What strikes while artifacts are saved cannot lose it any more.',
  },
  {
    id: 'extend',
    on: ['extended'],
    from: EXECUTING,
    phases: ['teardown'],
    precondition: asksForMore,
    outcome: moveTo('same', { phase: 'same', changes: [putDeadlineOff] }),
    why: 'A cleanup may ask for more time. How much in all is for the coordinator to say: the job has to end.',
  },
  {
    id: 'extended-again',
    on: ['extended'],
    from: EXECUTING,
    phases: ['teardown'],
    outcome: ignore,
    why: 'A repeated or late message, or there is no more to be had.',
  },
  {
    id: 'finish-unclean',
    on: ['finished'],
    from: EXECUTING,
    precondition: canHandCleanupOver,
    outcome: moveTo('same', {
      phase: 'teardown',
      changes: [setRunnersCause, noteResult, offerCleanup, forgetRunner],
      effects: ['offer_cleanup'],
    }),
    why: 'The runner gives up without having cleaned (its pod is gone, say): another one does it.',
  },
  {
    id: 'finish',
    on: ['finished'],
    from: EXECUTING,
    outcome: moveTo(byCause, { changes: [setRunnersCause, noteResult, recordCleanup] }),
    why: "The runner's last word. In `canceling` a good result does not win.",
  },
];

const CANCEL_MOVES: MoveTable = [
  {
    id: 'cancel-preparing',
    on: ['cancel'],
    kind: 'script',
    from: ['running'],
    phases: ['preparing'],
    outcome: moveTo('canceled', { changes: [noteCancel, nothingOwed], effects: ['abort'] }),
    why: 'No user command has started, and none will: its start would be refused.',
  },
  {
    id: 'cancel-script',
    on: ['cancel'],
    kind: 'script',
    from: ['running'],
    phases: ['script'],
    precondition: runnerCanStop,
    outcome: moveTo('canceling', {
      phase: 'teardown',
      changes: [noteCancel, setTeardownDeadline],
      effects: ['stop'],
    }),
    why: 'Graceful: the script is stopped, then `after_script` runs.',
  },
  {
    id: 'cancel-script-at-once',
    on: ['cancel'],
    kind: 'script',
    from: ['running'],
    phases: ['script'],
    outcome: moveTo('canceled', {
      changes: [noteCancel, cleanupLost('its runner cannot cancel gracefully')],
      effects: ['abort'],
    }),
    why: 'Its runner knows only how to drop a job. `interruptible: graceful` never gets here.',
  },
  {
    id: 'cancel-teardown',
    on: ['cancel'],
    kind: 'script',
    from: ['running'],
    phases: ['teardown'],
    outcome: moveTo('canceling', { phase: 'same', changes: [noteCancel] }),
    why: 'The script is over already: the teardown goes on as it is, with its deadline, and the job ends as canceled.',
  },
  {
    id: 'cancel-again',
    on: ['cancel'],
    from: ['canceling', ...FINISHED],
    outcome: ignore,
    why: 'Cancelling again changes nothing.',
  },
  {
    id: 'force',
    on: ['force_cancel'],
    kind: 'script',
    from: EXECUTING,
    outcome: moveTo('canceled', { changes: [noteForce, nothingElseOwed], effects: ['abort'] }),
    why: 'The only thing that cuts a teardown short, or skips it. On record.',
  },
  {
    id: 'force-again',
    on: ['force_cancel'],
    from: FINISHED,
    outcome: ignore,
    why: 'There is nothing left to cut short.',
  },
];

/** From the moment a runner has the job: what it says, and what people ask for. */
export const EXECUTING_MOVES: MoveTable = [...RUNNER_MOVES, ...CANCEL_MOVES];
