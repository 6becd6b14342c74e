import { keepCommit } from '../../git/index.ts';
import type { Tx } from '../../store/index.ts';
import type { Parts } from '../parts.ts';
import { givenVariable } from './create/given-variable.ts';
import { insertNewPipeline } from './create/insert-new-pipeline.ts';
import { preparePipeline } from './create/prepare-pipeline.ts';
import type { PipelineOrigin, PreparedPipeline } from './create/prepared-pipeline.ts';
import type { PipelineAnswer, PipelineRequest } from './pipeline-request.ts';
import { cacheOf } from './transaction/pipeline-cache.ts';

/** Written in the transaction that makes the pipeline; when it throws, there is none. */
export type Alongside = (tx: Tx, pipelineId: number) => Promise<void>;

/** Makes the pipeline of a commit: facts, plan and rows, the last in one transaction. By push, an invalid file makes a failed pipeline that names its problems. */
export async function createPipeline(
  parts: Parts,
  request: PipelineRequest,
  alongside: Alongside = async () => {},
): Promise<PipelineAnswer> {
  const { variables, isSkipped = false, ...rest } = request;
  const origin: PipelineOrigin = { ...rest, given: variables.map(givenVariable), parent: null };
  const preparation = await preparePipeline(parts, origin);
  if (preparation.kind === 'none') return preparation;
  const { prepared } = preparation;
  if (isSkipped) return await insert(parts, { ...prepared, plan: null, problems: [] }, alongside, true);
  if (preparation.kind === 'invalid') {
    const { problems } = prepared;
    if (request.source !== 'push') return { kind: 'invalid', problems };
    const [first] = problems;
    if (first?.code === 'no-ci-file') return { kind: 'none', why: first.message };
  }
  return await insert(parts, prepared, alongside);
}

async function insert(
  parts: Parts,
  prepared: PreparedPipeline,
  alongside: Alongside,
  isSkipped = false,
): Promise<PipelineAnswer> {
  const { projectId, sha } = prepared.origin;
  // Before the pipeline is there: whatever happens to branch and tag, its jobs find their commit.
  await keepCommit(parts.repositories.at(projectId), sha);
  const cache = cacheOf(parts.store);
  const { id, iid } = await parts.store.write(async (tx) => {
    const made = await insertNewPipeline(tx, prepared, { isSkipped });
    await alongside(tx, made.id);
    tx.onCommit(() => {
      if (made.planHash === null) return;
      cache.keepPlan(made.planHash, made.plan);
      cache.keep(made);
    });
    return made;
  });
  return { kind: 'created', id, iid, isSkipped, problems: prepared.plan === null ? prepared.problems : [] };
}
