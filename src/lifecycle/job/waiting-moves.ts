import type { Status } from '../../protocol/index.ts';
import {
  afterQueueing,
  clearStartAt,
  noteCancel,
  noteDrop,
  noteForce,
  noteSkip,
  openObligation,
  setStartAt,
  startOver,
  takeJob,
} from './changes.ts';
import { runnerHidesPhases, wantsGracefulRunner } from './guards.ts';
import { type MoveTable, moveTo, refuse } from './move.ts';
import { nothingElseOwed, nothingOwed } from './record-cleanup.ts';

const WAITING: readonly Status[] = ['created', 'waiting_for_resource', 'scheduled', 'manual', 'pending'];

/** From `created` until a runner takes the job. Nothing has run, so nothing is owed. */
export const WAITING_MOVES: MoveTable = [
  {
    id: 'enqueue',
    on: ['enqueue'],
    from: ['created'],
    outcome: moveTo(afterQueueing),
    why: 'What the job waits for is done, and its `when` fits.',
  },
  {
    id: 'play',
    on: ['play'],
    from: ['manual', 'scheduled'],
    outcome: moveTo(afterQueueing, { changes: [clearStartAt] }),
    why: 'A person starts it, or does not want to wait for the delay.',
  },
  {
    id: 'start-delayed',
    on: ['start_due'],
    from: ['scheduled'],
    outcome: moveTo(afterQueueing, { changes: [clearStartAt] }),
    why: 'The delay is over.',
  },
  {
    id: 'grant-resource',
    on: ['resource_granted'],
    from: ['waiting_for_resource'],
    outcome: moveTo('pending'),
    why: 'It holds its resource group now, until it has finished; also while `canceling`.',
  },
  {
    id: 'schedule',
    on: ['schedule'],
    from: ['created'],
    outcome: moveTo('scheduled', { changes: [setStartAt] }),
    why: '`when: delayed`',
  },
  {
    id: 'actionize',
    on: ['actionize'],
    from: ['created'],
    outcome: moveTo('manual'),
    why: '`when: manual`',
  },
  {
    id: 'unschedule',
    on: ['unschedule'],
    from: ['scheduled'],
    outcome: moveTo('manual', { changes: [clearStartAt] }),
    why: 'A person ends the delay; the job then waits to be played.',
  },
  {
    id: 'skip',
    on: ['skip'],
    from: ['created', 'waiting_for_resource', 'pending'],
    outcome: moveTo('skipped', { changes: [noteSkip, nothingOwed] }),
    why: 'What came before ended in a way that its `when` does not accept.',
  },
  {
    id: 'process',
    on: ['process'],
    from: ['skipped'],
    outcome: moveTo('created', { changes: [startOver] }),
    why: 'Something before it runs after all. The one way out of a finished status: a skipped job never ran.',
  },
  {
    id: 'drop-waiting',
    on: ['drop'],
    from: WAITING,
    outcome: moveTo('failed', { changes: [noteDrop, nothingOwed] }),
    why: 'It can never run: a missing dependency, no runner for it, …',
  },
  {
    id: 'claim-refused',
    on: ['claim'],
    kind: 'script',
    from: ['pending'],
    guard: wantsGracefulRunner,
    outcome: refuse('runner_cannot_cancel_gracefully'),
    why: 'The teardown of such a job is guaranteed, so its runner must be able to keep the promise.',
  },
  {
    id: 'claim-blind',
    on: ['claim'],
    kind: 'script',
    from: ['pending'],
    guard: runnerHidesPhases,
    outcome: moveTo('running', { phase: 'script', changes: [takeJob, openObligation] }),
    why: 'Nobody will say when the first user command starts, so cleanup is owed from the start.',
  },
  {
    id: 'claim',
    on: ['claim'],
    kind: 'script',
    from: ['pending'],
    outcome: moveTo('running', { phase: 'preparing', changes: [takeJob] }),
    why: 'A runner takes the job.',
  },
  {
    id: 'cancel-waiting',
    on: ['cancel'],
    from: WAITING,
    outcome: moveTo('canceled', { changes: [noteCancel, nothingOwed] }),
    why: 'Nothing ran, nothing is owed.',
  },
  {
    id: 'force-waiting',
    on: ['force_cancel'],
    from: WAITING,
    outcome: moveTo('canceled', { changes: [noteForce, nothingElseOwed] }),
    why: 'The same as a cancel: nothing ran.',
  },
];
