import { describe, expect, it } from 'vitest';
import { MOVES, type MoveRow, type MoveTable, type Precondition } from '../../job/index.ts';
import { type Change, ignore, moveTo } from '../../job/moves/move-row.ts';
import { checkJob, describeViolation, NORMAL, STUCK } from './check-job.ts';
import { INVARIANTS } from './invariants.ts';
import { OURS, type Variant } from './world.ts';

type MovingOutcome = Extract<MoveRow['outcome'], { kind: 'move' }>;

/** The table without some rows. */
function without(...ids: readonly string[]): MoveTable {
  return MOVES.filter((row) => !ids.includes(row.id));
}

/** The table with one row that moves differently. */
function withOutcome(id: string, change: (outcome: MovingOutcome) => Partial<MovingOutcome>): MoveTable {
  return MOVES.map((row) => {
    if (row.id !== id || row.outcome.kind !== 'move') return row;
    return { ...row, outcome: { ...row.outcome, ...change(row.outcome) } };
  });
}

function alsoMaking(id: string, make: MovingOutcome['changes'][number]['make']): MoveTable {
  return withOutcome(id, ({ changes }) => ({ changes: [...changes, { says: 'a mistake', make }] }));
}

interface Mutant {
  readonly mistake: string;
  readonly table: MoveTable;
  readonly caughtBy: string;
  readonly variant?: Partial<Variant>;
}

const namesAnotherNumber: Precondition = {
  says: 'it names another attempt',
  holds: ({ job, event }) => 'attempt' in event && event.attempt !== job.attempt,
};

const MORE: Change = { says: 'a mistake', make: ({ job }) => ({ deadline: (job.deadline ?? 0) + 1 }) };

const BLUNT: Partial<Variant> = { runner: { ...OURS, cancelGracefully: false } };
const GRACEFUL: Partial<Variant> = { interruptible: 'graceful' };

const MUTANTS: readonly Mutant[] = [
  {
    mistake: 'a cancel also moves a job that has succeeded',
    table: MOVES.map((row) => (row.id === 'cancel-waiting' ? { ...row, from: [...row.from, 'success'] } : row)),
    caughtBy: 'a terminal status never changes',
  },
  {
    mistake: 'a cancel at once forgets the record of the cleanup',
    table: withOutcome('cancel-script-at-once', ({ changes }) => ({ changes: changes.slice(0, 1) })),
    caughtBy: 'an obligation never ends silently',
    variant: BLUNT,
  },
  {
    mistake: 'a force cancel does not say who skipped the cleanup',
    table: alsoMaking('force', ({ job }) => (job.owed ? { cleanup: { outcome: 'skipped', attempt: 0 } } : {})),
    caughtBy: 'an obligation never ends silently',
  },
  {
    mistake: 'the start of the script does not open the obligation',
    table: withOutcome('start-script', () => ({ changes: [] })),
    caughtBy: 'no user command starts before the obligation is on the books',
  },
  {
    mistake: 'a runner that asks again may start although the job was stopped meanwhile',
    table: MOVES.map((row) => (row.id === 'script-started-too-late' ? { ...row, outcome: ignore } : row)),
    caughtBy: 'no runner is told to start a script that is over',
  },
  {
    mistake: 'a cancel closes the obligation before the cleanup has run',
    table: alsoMaking('cancel-script', () => ({ owed: false })),
    caughtBy: 'an obligation is taken off the books only by the end of a job of which nothing began',
  },
  {
    mistake: 'a good result wins in canceling',
    table: withOutcome('finish', () => ({ to: 'success' })),
    caughtBy: 'canceling ends as canceled',
  },
  {
    mistake: 'a cancelled job stays in the queue',
    table: withOutcome('cancel-waiting', () => ({ to: 'same' })),
    caughtBy: 'a job cancelled before it ran is never handed out',
  },
  {
    mistake: 'a stale attempt is accepted',
    table: without('stale'),
    caughtBy: 'no two attempts are accepted at once',
    variant: GRACEFUL,
  },
  {
    mistake: 'a lost attempt stays alive while its cleanup is offered',
    table: MOVES.map((row) => (row.id === 'stale' ? { ...row, precondition: namesAnotherNumber } : row)),
    caughtBy: 'no two attempts are accepted at once',
    variant: GRACEFUL,
  },
  {
    mistake: "a lost runner's cleanup is not handed over",
    table: without('lose-runner-offer-cleanup'),
    caughtBy: 'a graceful cleanup is lost only when every hand-out was tried',
    variant: GRACEFUL,
  },
  {
    mistake: 'an overdue cleanup is taken for a good one',
    table: alsoMaking('teardown-overdue', ({ job }) =>
      job.cleanup?.outcome === 'timed_out' ? { cleanup: { outcome: 'succeeded', attempt: 1 } } : {},
    ),
    caughtBy: 'a cleanup recorded as succeeded has really run, if anything had',
  },
  {
    mistake: 'a cancel gives the teardown no deadline of its own',
    table: withOutcome('cancel-script', ({ changes }) => ({ changes: changes.slice(0, 1) })),
    caughtBy: 'a deadline is set anew exactly when a teardown begins, changes hands or is put off',
  },
  {
    mistake: 'a runner puts its deadline off by renewing its lease',
    table: alsoMaking('renew', ({ now }) => ({ deadline: now + 1_000 })),
    caughtBy: 'a deadline is set anew exactly when a teardown begins, changes hands or is put off',
  },
  {
    mistake: 'a runner has as much more time as it asks for',
    table: alsoMaking('extend', ({ job, event }) =>
      event.type === 'extended' ? { deadline: (job.deadline ?? 0) + event.byMs, extendedMs: event.byMs } : {},
    ),
    caughtBy: 'a deadline is put off by its teardown alone, and only so far',
    variant: { extends: true },
  },
  {
    mistake: 'a repeated message puts the deadline off once more',
    table: MOVES.map((row) =>
      row.id === 'extended-again' ? { ...row, outcome: moveTo('same', { phase: 'same', changes: [MORE] }) } : row,
    ),
    caughtBy: 'a deadline is set anew exactly when a teardown begins, changes hands or is put off',
    variant: { extends: true },
  },
  {
    mistake: 'a lost runner takes a cleanup back that another one has',
    table: MOVES.map((row) => {
      if (row.id !== 'take-cleanup-back') return row;
      const { handOuts: _, precondition: __, ...rest } = row;
      return rest;
    }),
    caughtBy: 'no two attempts are accepted at once',
    variant: GRACEFUL,
  },
  {
    mistake: 'a runner is believed that nothing began when its cleanup is gone',
    table: alsoMaking('finish', ({ job }) =>
      job.cleanup?.outcome === 'lost' ? { owed: false, cleanup: { outcome: 'not_owed', attempt: 0 } } : {},
    ),
    caughtBy: 'no user command starts before the obligation is on the books',
  },
  {
    mistake: 'a cancel drops the deadline',
    table: alsoMaking('cancel-teardown', () => ({ deadline: null })),
    caughtBy: 'an executing job always has a deadline',
  },
  {
    mistake: 'nothing happens when the deadline of a teardown passes',
    table: without('teardown-overdue'),
    caughtBy: STUCK,
  },
  {
    mistake: 'nothing happens when the deadline of a script passes',
    table: without('time-out-script', 'time-out-script-at-once'),
    caughtBy: STUCK,
  },
];

const SMALL = { ...NORMAL, capacity: { toCoordinator: 1, toRunners: 1 } };

function violationOf({ table, variant }: Mutant) {
  const { violation } = checkJob({ ...SMALL, ...variant, table });
  expect(violation).not.toBeNull();
  return violation as NonNullable<typeof violation>;
}

describe('the invariants bite', () => {
  it.each(MUTANTS)('when $mistake', { timeout: 60_000 }, (mutant) => {
    expect(violationOf(mutant).invariant).toBe(mutant.caughtBy);
  });

  it('each at least once', () => {
    const caught = new Set(MUTANTS.map(({ caughtBy }) => caughtBy));
    expect(caught).toEqual(new Set([...INVARIANTS.map(({ name }) => name), STUCK]));
  });

  it('and show the shortest way to the mistake', () => {
    const mutant = MUTANTS.find(({ caughtBy }) => caughtBy === 'canceling ends as canceled') as Mutant;
    const violation = violationOf({ ...mutant, variant: { capacity: { toCoordinator: 2, toRunners: 2 } } });
    expect(violation.trace.map(({ label }) => label)).toEqual([
      'start',
      'the job is enqueued',
      'runner 0 takes the job',
      'runner 0 asks to start the script',
      'coordinator hears script_started:1',
      'a person cancels',
      'runner 0 gives up asking',
      'runner 0 reports',
      'coordinator hears finished:1:failed:-',
    ]);
    expect(describeViolation(violation)).toMatch(/finished:1:failed:- +success \(attempt 1, none, cleanup not_owed\)/);
  });
});
