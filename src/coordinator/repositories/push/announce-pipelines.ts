import { formatProblem, type Problem } from '../../../base/index.ts';
import { failEffect } from '../../../store/index.ts';
import type { Parts } from '../../parts.ts';
import type { PipelineAnswer } from '../../pipelines/index.ts';
import type { ProjectForPush } from './project-for-push.ts';
import { namedRef } from './ref-name.ts';
import { makePipelineOf, type RefMoveTaken } from './work-off-ref.ts';

/** How long a pusher waits to hear which pipelines there are. */
const WAIT_MS = 2_000;
/** Of a file, in the answer to a push. */
const MOST_PROBLEMS = 5;
/** When the outbox tries what failed here. */
const AGAIN_MS = 5_000;

/** Makes the pipelines of a push, and returns what the pusher is told of those that are there by then. The others go on being made. */
export async function announcePipelines(
  parts: Parts,
  project: Pick<ProjectForPush, 'fullPath'>,
  taken: readonly RefMoveTaken[],
): Promise<readonly string[]> {
  if (taken.length === 0) return [];
  const list = `${parts.base}/${project.fullPath}/-/pipelines`;
  const lines: string[] = [];
  const enough = new AbortController();
  const work = async (): Promise<boolean> => {
    for (const each of taken) {
      const answer = await attempt(parts, each);
      if (answer === null) return false;
      lines.push(...linesOf(answer, namedRef(each.move.ref)?.name ?? each.move.ref, list));
    }
    return true;
  };
  const late = parts.clock.sleep(WAIT_MS, enough.signal).then(() => false);
  const isWhole = await Promise.race([work(), late]);
  enough.abort();
  return isWhole ? lines : [...lines, 'Pipelines:', `  ${list}`];
}

/** Null: it did not work, and is tried again by the outbox. */
async function attempt(parts: Parts, taken: RefMoveTaken): Promise<PipelineAnswer | null> {
  try {
    return await makePipelineOf(parts, taken);
  } catch (error) {
    const { effectId, reservation, move } = taken;
    parts.log.warn({ err: error, project_id: move.projectId, ref: move.ref }, 'no pipeline of a push yet');
    const words = error instanceof Error ? error.message : String(error);
    await parts.store
      .write((tx) => failEffect(tx, effectId, { reservation, error: words, dueAt: tx.now() + AGAIN_MS }))
      // Its reservation ends by itself.
      .catch((fault: unknown) => parts.log.warn({ err: fault }, 'a push is left to the outbox'));
    return null;
  }
}

function linesOf(answer: PipelineAnswer, ref: string, list: string): readonly string[] {
  switch (answer.kind) {
    case 'created': {
      const { isSkipped, problems } = answer;
      const what = problems.length > 0 ? ' failed, its file cannot be run' : isSkipped ? ' skipped' : '';
      return [`Pipeline for ${ref}:${what}`, `  ${list}/${answer.id}`, ...wordsOf(problems)];
    }
    case 'none':
      return [`No pipeline for ${ref}: ${answer.why}`];
    case 'invalid':
      return [`No pipeline for ${ref}: its file cannot be run`, ...wordsOf(answer.problems)];
  }
}

function wordsOf(problems: readonly Problem[]): readonly string[] {
  const errors = problems.filter(({ severity }) => severity === 'error');
  const shown = errors.slice(0, MOST_PROBLEMS).flatMap((problem) => formatProblem(problem).split('\n'));
  const more = errors.length - MOST_PROBLEMS;
  return [...shown, ...(more > 0 ? [`and ${more} more`] : [])].map((line) => `  ${line}`);
}
