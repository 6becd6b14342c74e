import { isFinished, type JobRules, type Status, type When } from '../../protocol/index.ts';
import { bitOf, rollUp, tokenOf, tokensIn } from '../decisions/index.ts';
import type { SchedulingEvent } from '../job/index.ts';
import { currentIndex, currentJob, type Draft, jobAt } from './draft.ts';
import { nextHolder } from './hold-resource.ts';
import { send } from './send.ts';
import { slotAt } from './slots.ts';

/** What the jobs before must have come to for a job to start. Anything else that is finished skips it. */
export const ACCEPTED: Readonly<Record<When, Readonly<Record<'stage' | 'needs', readonly Status[]>>>> = {
  on_success: { stage: ['success', 'skipped'], needs: ['success'] },
  manual: { stage: ['success', 'skipped'], needs: ['success'] },
  delayed: { stage: ['success', 'skipped'], needs: ['success'] },
  on_failure: { stage: ['failed'], needs: ['failed'] },
  always: { stage: ['success', 'failed', 'skipped'], needs: ['success', 'failed', 'skipped'] },
};

/**
 * Works off everyone whose turn may have come, until nobody is left. Ends: a job takes its turn once (it leaves `created` for
 * good here), and a resource group is looked at once for each time a job asked for it or gave it back.
 */
export function takeTurns(draft: Draft): void {
  let turn = 0;
  let group = 0;
  while (turn < draft.turns.length || group < draft.groups.length) {
    for (; turn < draft.turns.length; turn += 1) takeTurn(draft, draft.turns[turn] ?? 0);
    for (; group < draft.groups.length; group += 1) grant(draft, draft.groups[group] ?? 0);
  }
}

function grant(draft: Draft, group: number): void {
  const holder = nextHolder(draft, group);
  if (holder !== null) send(draft, holder, { type: 'resource_granted' });
}

function takeTurn(draft: Draft, position: number): void {
  const { state, rules, earlierRetries } = currentJob(draft, position);
  if (state.status !== 'created') return;
  const waitedBefore = rules.when === 'manual' || rules.when === 'delayed';
  // A retry of a manual or delayed job starts at once: a person, or the delay, had started it before.
  const turn: SchedulingEvent | null =
    earlierRetries > 0 && waitedBefore ? { type: 'enqueue' } : turnOf(rules, statusBefore(draft, position));
  if (turn !== null) send(draft, currentIndex(draft, position), turn);
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
function statusBefore({ state }: Draft, position: number): Status | null {
  const needs = state.shape.needs[position] ?? null;
  if (needs !== null) {
    const tokens = needs.reduce((bits, needed) => {
      const job = slotAt(state.jobs, slotAt(state.current, needed));
      return bits | bitOf(tokenOf(job.state.status, job.allowFailure));
    }, 0);
    return rollUp(tokens, 'needs');
  }
  const stage = state.shape.rules[position]?.stageIndex ?? 0;
  if (stage > state.frontier) return null;
  let tokens = 0;
  for (let earlier = 0; earlier < stage; earlier += 1) tokens |= tokensIn(slotAt(state.stages, earlier));
  return rollUp(tokens);
}

/** Jobs that were skipped because of what came before, and come after `position`: its play or retry gives them another turn. */
export function reviveSkipped(draft: Draft, position: number): void {
  for (const after of followers(draft, position)) {
    const index = currentIndex(draft, after);
    if (jobAt(draft, index).state.status !== 'skipped') continue;
    send(draft, index, { type: 'process' });
    draft.turns.push(after);
  }
}

/** Every job of a later stage, and those of its own stage that need it; needs never point forwards. */
function followers({ state }: Draft, position: number): ReadonlySet<number> {
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
