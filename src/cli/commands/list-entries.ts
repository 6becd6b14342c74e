import type { JobReport } from '../../compile/index.ts';
import type { Plan, PlannedJob } from '../../protocol/index.ts';
import { printable } from '../terminal/clean-text.ts';
import type { Paint } from '../terminal/colour.ts';
import { displayWidth, padWidth } from '../terminal/display-width.ts';
import { formatDuration } from '../terminal/format-time.ts';

/** A job of the CI file, in the pipeline or left out; `list --json` writes them as they are. */
export interface Entry {
  readonly name: string;
  readonly stage: string;
  readonly added: boolean;
  readonly reason: string;
  /** Null when it is left out. */
  readonly when: PlannedJob['when'] | null;
  readonly startInMs: number | null;
  readonly allowFailure: PlannedJob['allowFailure'];
  /** Null: the job waits for the stages before its own. */
  readonly needs: readonly string[] | null;
}

/** A report is about one job, or about all instances of a parallel one: then each of them is listed. */
export function listEntries(plan: Plan | null, reports: readonly JobReport[]): Entry[] {
  const byName = Map.groupBy(plan?.jobs ?? [], (job) => job.name);
  const byGroup = Map.groupBy(plan?.jobs ?? [], (job) => job.groupName);
  return reports.flatMap(({ name, stage, added, reason }): Entry[] => {
    const left = { name, stage, added, reason, when: null, startInMs: null, allowFailure: false, needs: null };
    if (!added) return [left];
    return (byName.get(name) ?? byGroup.get(name) ?? []).map((job) => ({
      ...left,
      name: job.name,
      when: job.when,
      startInMs: job.startInMs,
      allowFailure: job.allowFailure,
      needs: job.needs?.map((need) => need.job) ?? null,
    }));
  });
}

const MAX_NAME_CELLS = 40;

/** By stage, and those that are left out after them. */
export function renderEntries(entries: readonly Entry[], stages: readonly string[], paint: Paint): string[] {
  const cells = Math.min(MAX_NAME_CELLS, Math.max(0, ...entries.map(({ name }) => displayWidth(printable(name)))));
  const part = (title: string, some: readonly Entry[]) =>
    some.length === 0
      ? []
      : [paint('bold', printable(title)), ...some.map((entry) => renderEntry(entry, cells, paint))];
  const byStage = Map.groupBy(entries, (entry) => (entry.added ? entry.stage : null));
  return [
    ...stages.flatMap((stage) => part(stage, byStage.get(stage) ?? [])),
    ...part('left out', byStage.get(null) ?? []),
  ];
}

function renderEntry(entry: Entry, cells: number, paint: Paint): string {
  const mayFail = entry.allowFailure !== false && entry.when !== 'manual' ? 'may fail' : '';
  const notes = [whenWords(entry), mayFail, needsWords(entry)];
  const words = notes.filter((note) => note !== '').map(printable);
  const name = padWidth(printable(entry.name), cells);
  return `  ${name}  ${[...words, paint('dim', printable(entry.reason))].join('; ')}`;
}

function whenWords({ when, startInMs, allowFailure }: Entry): string {
  // Whether a manual job may fail is whether the pipeline may go on without it.
  if (when === 'manual') return allowFailure === true ? 'manual, optional' : 'manual, holds up what comes after';
  if (when === 'delayed') return `delayed by ${formatDuration(startInMs ?? 0)}`;
  return when === null || when === 'on_success' ? '' : when;
}

function needsWords({ needs }: Entry): string {
  if (needs === null) return '';
  return needs.length === 0 ? 'needs nothing' : `needs ${needs.join(', ')}`;
}
