import { isFinished, type Status } from '../../protocol/index.ts';
import { type Edit, jobAt } from './edit.ts';
import type { ResourceQueue } from './pipeline-state.ts';
import { slotAt, withSlot } from './slots.ts';

/**
 * A job that came to wait for its resource group asks for it, and gives it back once it has finished. Not before: a job that
 * is `canceling` still runs cleanup on the very thing the group protects.
 */
export function bookResource(edit: Edit, number: number, before: Status): void {
  const { rules, state } = jobAt(edit, number);
  const key = rules.resourceGroup;
  if (key === null || state.status === before) return;
  const hasAsked = before === 'waiting_for_resource' || before === 'pending' || state.startedAt !== null;
  const asks = state.status === 'waiting_for_resource';
  const givesBack = isFinished(state.status) && hasAsked;
  if (!asks && !givesBack) return;
  if (!edit.state.shape.resourcesInside) {
    edit.effects.push({ type: asks ? 'resource_wanted' : 'resource_released', job: number, key });
    return;
  }
  const group = edit.state.shape.resourceKeys.get(key) ?? -1;
  const queue = slotAt(edit.state.resources, group);
  if (asks) setQueue(edit, group, { ...queue, waiting: [...queue.waiting, number] });
  edit.groups.push(group);
}

/** The next holder of a group, if it is free and somebody waits for it. */
export function nextHolder(edit: Edit, group: number): number | null {
  const { holder, waiting } = slotAt(edit.state.resources, group);
  const isHeld = holder !== null && !isFinished(jobAt(edit, holder).state.status);
  if (isHeld) return null;
  // Those that were cancelled or skipped while they waited drop out here.
  const first = waiting.findIndex((index) => jobAt(edit, index).state.status === 'waiting_for_resource');
  const next = waiting[first] ?? null;
  setQueue(edit, group, { holder: next, waiting: next === null ? [] : waiting.slice(first + 1) });
  return next;
}

function setQueue(edit: Edit, group: number, queue: ResourceQueue): void {
  edit.state = { ...edit.state, resources: withSlot(edit.state.resources, group, queue) };
}
