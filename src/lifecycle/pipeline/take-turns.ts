import { isFinished, type JobRules, type Status, type When } from '../../protocol/index.ts';
import { bitOf, countedAs, countedIn, rollUp } from '../decisions/index.ts';
import type { SchedulingEvent } from '../job/index.ts';
import { currentJob, currentNumber, type Edit, jobAt } from './edit.ts';
import { send } from './send.ts';
import { slotAt } from './state/slots.ts';

/** What the jobs before must have come to for a job to start. Anything else that is finished skips it. */
export const ACCEPTED: Readonly<Record<When, Readonly<Record<'stage' | 'needs', readonly Status[]>>>> = {
  on_success: { stage: ['success', 'skipped'], needs: ['success'] },
  manual: { stage: ['success', 'skipped'], needs: ['success'] },
  delayed: { stage: ['success', 'skipped'], needs: ['success'] },
  on_failure: { stage: ['failed'], needs: ['failed'] },
  always: { stage: ['success', 'failed', 'skipped'], needs: ['success', 'failed', 'skipped'] },
};

/**
 * Works off everyone whose turn may have come, until nobody is left: one turn can bring on others. Ends, since a job takes its
 * turn once: it leaves `created` for good here.
 */
export function takeTurns(edit: Edit): void {
  for (const position of edit.turns) takeTurn(edit, position);
}

function takeTurn(edit: Edit, position: number): void {
  const { state, rules, earlierRetries } = currentJob(edit, position);
  if (state.status !== 'created') return;
  const waits = rules.when === 'manual' || rules.when === 'delayed';
  // A retry of a manual or delayed job starts at once, if a person or the delay had started it before.
  const turn: SchedulingEvent | null =
    earlierRetries > 0 && waits && hadStarted(edit, position)
      ? { type: 'enqueue' }
      : turnOf(rules, statusBefore(edit, position));
  if (turn !== null) send(edit, currentNumber(edit, position), turn);
}

/** The job whose place the current one took. One that was cancelled while it waited for a person must not start without one. */
function hadStarted(edit: Edit, position: number): boolean {
  const current = currentNumber(edit, position);
  let job = jobAt(edit, position);
  while (job.retriedAs !== null && job.retriedAs !== current) job = jobAt(edit, job.retriedAs);
  return job.state.queuedAt !== null || job.state.startedAt !== null;
}

function turnOf({ when, needs }: JobRules, before: Status | null): SchedulingEvent | null {
  if (before === null || !isFinished(before)) return null;
  if (!ACCEPTED[when][needs === null ? 'stage' : 'needs'].includes(before)) {
    return { type: 'skip', why: `when: ${when}, but what came before is ${before}` };
  }
  if (when === 'manual') return { type: 'actionize' };
  return when === 'delayed' ? { type: 'schedule' } : { type: 'enqueue' };
}

/** The sum of what the job waits for; null while an earlier stage is open. */
function statusBefore({ state }: Edit, position: number): Status | null {
  const needs = state.shape.needs[position] ?? null;
  if (needs !== null) {
    const counted = needs.reduce((bits, needed) => {
      const job = slotAt(state.jobs, slotAt(state.current, needed));
      return bits | bitOf(countedAs(job.state.status, job.allowFailure));
    }, 0);
    return rollUp(counted, 'needs');
  }
  const stage = state.shape.rules[position]?.stageIndex ?? 0;
  if (stage > state.frontier) return null;
  let counted = 0;
  for (let earlier = 0; earlier < stage; earlier += 1) counted |= countedIn(slotAt(state.stages, earlier));
  return rollUp(counted);
}

/** Jobs that were skipped because of what came before, and come after `position`: its play or retry gives them another turn. */
export function reviveSkipped(edit: Edit, position: number): void {
  for (const after of followers(edit, position)) {
    const number = currentNumber(edit, after);
    if (jobAt(edit, number).state.status !== 'skipped') continue;
    send(edit, number, { type: 'process' });
    edit.turns.push(after);
  }
}

/** Every job of a later stage, and those of its own stage that need it; needs never point forwards. */
function followers({ state }: Edit, position: number): ReadonlySet<number> {
  const { rules, neededBy } = state.shape;
  const stage = rules[position]?.stageIndex ?? 0;
  const found = new Set<number>();
  for (const [other, { stageIndex }] of rules.entries()) if (stageIndex > stage) found.add(other);
  const open = [position];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    for (const dependent of neededBy[next] ?? []) {
      if (found.has(dependent)) continue;
      found.add(dependent);
      open.push(dependent);
    }
  }
  return found;
}
