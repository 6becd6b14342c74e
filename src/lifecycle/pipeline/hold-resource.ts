import { isFinished, type Status } from '../../protocol/index.ts';
import { type Draft, jobAt } from './draft.ts';
import type { ResourceQueue } from './pipeline-state.ts';
import { slotAt, withSlot } from './slots.ts';

/**
 * A job that came to wait for its resource group asks for it, and gives it back once it has finished. Not before: a job that
 * is `canceling` still runs cleanup on the very thing the group protects.
 */
export function bookResource(draft: Draft, index: number, before: Status): void {
  const { id, rules, state } = jobAt(draft, index);
  const key = rules.resourceGroup;
  if (key === null || state.status === before) return;
  const hasAsked = before === 'waiting_for_resource' || before === 'pending' || state.startedAt !== null;
  const asks = state.status === 'waiting_for_resource';
  const givesBack = isFinished(state.status) && hasAsked;
  if (!asks && !givesBack) return;
  if (!draft.state.shape.resourcesInside) {
    draft.effects.push({ type: asks ? 'resource_wanted' : 'resource_released', job: id, key });
    return;
  }
  const group = draft.state.shape.resourceKeys.get(key) ?? -1;
  const queue = slotAt(draft.state.resources, group);
  if (asks) setQueue(draft, group, { ...queue, waiting: [...queue.waiting, index] });
  draft.groups.push(group);
}

/** The next holder of a group, if it is free and somebody waits for it. */
export function nextHolder(draft: Draft, group: number): number | null {
  const { holder, waiting } = slotAt(draft.state.resources, group);
  const isHeld = holder !== null && !isFinished(jobAt(draft, holder).state.status);
  if (isHeld) return null;
  // Those that were cancelled or skipped while they waited drop out here.
  const first = waiting.findIndex((index) => jobAt(draft, index).state.status === 'waiting_for_resource');
  const next = waiting[first] ?? null;
  setQueue(draft, group, { holder: next, waiting: next === null ? [] : waiting.slice(first + 1) });
  return next;
}

function setQueue(draft: Draft, group: number, queue: ResourceQueue): void {
  draft.state = { ...draft.state, resources: withSlot(draft.state.resources, group, queue) };
}
