import { formatProblem } from '../../../base/index.ts';
import { resolveRevision } from '../../../git/index.ts';
import { HttpError } from '../../http/index.ts';
import type { Parts } from '../../parts.ts';
import { createPipeline, type GivenVariable } from '../../pipelines/index.ts';

export interface PipelineOrder {
  readonly projectId: number;
  /** Branch or tag, as it came. */
  readonly ref: string;
  readonly source: string;
  readonly userId: number | null;
  readonly variables: readonly GivenVariable[];
  readonly inputs: Readonly<Record<string, unknown>>;
  /** Of the branch or tag that `ref` turned out to be. */
  readonly may: (ref: { readonly name: string; readonly isTag: boolean }) => Promise<boolean>;
}

/** Makes the pipeline of a branch's or tag's head; its id. @throws HttpError 400, as GitLab says it */
export async function startPipeline(parts: Parts, order: PipelineOrder): Promise<number> {
  const { projectId, source, userId, variables, inputs, may } = order;
  const revision = await resolveRevision(parts.repositories.at(projectId), order.ref);
  if (revision === null || revision.name === null || revision.kind === 'other')
    throw noPipeline(['Reference not found']);
  const isTag = revision.kind === 'tag';
  if (!(await may({ name: revision.name, isTag }))) {
    throw noPipeline(['You do not have sufficient permission to run a pipeline on this ref']);
  }
  const made = await createPipeline(parts, {
    projectId,
    ref: revision.name,
    refType: isTag ? 'tag' : 'branch',
    sha: revision.sha,
    beforeSha: null,
    source,
    userId,
    variables,
    inputs,
  });
  if (made.kind === 'created') return made.id;
  throw noPipeline(made.kind === 'none' ? [made.why] : made.problems.map(formatProblem));
}

function noPipeline(why: readonly string[]): HttpError {
  return new HttpError(400, { message: { base: why } });
}
