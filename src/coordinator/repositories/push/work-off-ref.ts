import { readCommit, resolveRevision } from '../../../git/index.ts';
import { type EffectRecord, finishEffect, type RefMove, refMoveOf } from '../../../store/index.ts';
import type { Parts } from '../../parts.ts';
import { createPipeline, type PipelineAnswer } from '../../pipelines/index.ts';
import { namedRef } from './ref-name.ts';
import { asksToSkip } from './skip-marker.ts';

/** What a move of a ref, reserved in the outbox, leads to. */
export interface RefMoveTaken {
  readonly effectId: number;
  readonly reservation: string;
  readonly move: RefMove;
}

/** Works off an outbox row of kind `ref`, which goes in the transaction that makes the pipeline. Reserved by whoever calls. */
export async function workOffRef(parts: Parts, effect: EffectRecord, reservation: string): Promise<void> {
  const move = await parts.store.read(async (db) => refMoveOf(db, effect));
  await makePipelineOf(parts, { effectId: effect.id, reservation, move });
}

/** Makes the pipeline, if there is one to make, exactly once however many try. Throws when it has to be tried again. */
export async function makePipelineOf(parts: Parts, taken: RefMoveTaken): Promise<PipelineAnswer> {
  const { effectId, reservation, move } = taken;
  const answer = await answerTo(parts, taken);
  // One that was made took the row with it.
  if (answer.kind !== 'created') await parts.store.write((tx) => finishEffect(tx, effectId, reservation));
  else parts.log.info({ project_id: move.projectId, ref: move.ref, pipeline_id: answer.id }, 'push made a pipeline');
  return answer;
}

async function answerTo(parts: Parts, { effectId, reservation, move }: RefMoveTaken): Promise<PipelineAnswer> {
  const named = namedRef(move.ref);
  const repository = parts.repositories.at(move.projectId);
  if (named === null) return { kind: 'none', why: 'it is neither a branch nor a tag' };
  if (!parts.repositories.has(move.projectId)) return { kind: 'none', why: 'the project is gone' };
  // Of a tag with a message, the commit; a tag may lead to something else.
  const revision = await resolveRevision(repository, move.sha);
  if (revision === null) return { kind: 'none', why: 'it leads to no commit' };
  const { message } = await readCommit(repository, revision.sha);
  try {
    return await createPipeline(
      parts,
      {
        projectId: move.projectId,
        ref: named.name,
        refType: named.kind,
        sha: revision.sha,
        beforeSha: move.beforeSha,
        source: 'push',
        userId: move.userId,
        variables: move.variables.map(({ key, value }) => ({ key, value, kind: 'env_var' })),
        inputs: move.inputs,
        isSkipped: move.isSkipped || asksToSkip(message),
      },
      async (tx) => {
        if (!(await finishEffect(tx, effectId, reservation))) throw new TakenByAnother();
      },
    );
  } catch (error) {
    if (error instanceof TakenByAnother) return { kind: 'none', why: 'another server has made it' };
    throw error;
  }
}

class TakenByAnother extends Error {}
