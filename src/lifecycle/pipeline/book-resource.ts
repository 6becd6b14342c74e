import { isFinished, type Status } from '../../protocol/index.ts';
import { type Edit, jobAt } from './edit.ts';

/**
 * A job that came to wait for its resource group asks for it, and gives it back once it has finished, granted or not. Not before:
 * a job that is `canceling` still runs cleanup on the very thing the group protects.
 */
export function bookResource(edit: Edit, number: number, before: Status): void {
  const { rules, state } = jobAt(edit, number);
  const key = rules.resourceGroup;
  if (key === null || state.status === before) return;
  const hasAsked = before === 'waiting_for_resource' || before === 'pending' || state.startedAt !== null;
  const asks = state.status === 'waiting_for_resource';
  const givesBack = isFinished(state.status) && hasAsked;
  if (asks || givesBack) edit.effects.push({ type: asks ? 'resource_wanted' : 'resource_released', job: number, key });
}
