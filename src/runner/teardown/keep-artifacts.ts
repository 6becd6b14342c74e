import { describeError } from '../../base/index.ts';
import type { JobRun } from '../job-run.ts';
import type { SavedArtifact } from '../journal/move.ts';
import { record } from '../journal/record.ts';
import { errorLine } from '../log/sections.ts';
import { say } from '../log/tell.ts';
import { ask } from '../stages/ask.ts';
import { isRefusal } from '../stages/verdicts.ts';

export interface KeptArtifacts {
  readonly artifacts: readonly SavedArtifact[];
  /** What became of those that are missing. */
  readonly trouble: string | null;
  /** What was said of those that nobody wants to have, such as too large a one. */
  readonly refusal: string | null;
}

/** Hands on what was packed, each file once on record; one that cannot be kept does not keep the others from it. */
export async function keepArtifacts(run: JobRun, signal: AbortSignal): Promise<KeptArtifacts> {
  const { journal, ports } = run;
  let trouble: string | null = null;
  let refusal: string | null = null;
  for (const [index, packed] of (journal.progress.saved ?? []).entries()) {
    if (journal.progress.kept.has(index)) continue;
    try {
      const artifact = await ask(signal, () => ports.keep(packed, signal));
      record(run, { move: 'kept', index, artifact });
    } catch (error) {
      const why = signal.aborted ? 'keeping it took too long and was cut off' : describeError(error);
      if (isRefusal(error)) refusal = why;
      else trouble = why;
      say(run, errorLine(`${packed.path} was not kept: ${why}`));
    }
  }
  const artifacts = [...journal.progress.kept].toSorted(([a], [b]) => a - b).map(([, kept]) => kept);
  return { artifacts, trouble, refusal };
}
