import type { GitInfo, Variable } from '../protocol/index.ts';
import type { JobFacts } from './facts.ts';

/** Where the sources come from. The runner does not look at `GIT_DEPTH`: whoever makes the payload does. */
export function payloadSources(
  { git, repository, pipelineId, served }: JobFacts,
  variables: readonly Variable[],
): GitInfo {
  const common = {
    repo_url: repository,
    ref: git.ref,
    sha: git.sha,
    before_sha: git.beforeSha,
    ref_type: git.refType,
  };
  if (served === null) return { ...common, refspecs: [], depth: 0 };
  const { sources } = served;
  const depth = depthOf(variables) ?? sources.depth;
  return {
    ...common,
    // By its sha: this needs no ref that is made after the fact, and holds whatever becomes of branch and tag.
    refspecs: [`+${git.sha}:refs/pipelines/${pipelineId}`, ...refspecs(git, depth)],
    depth,
    repo_object_format: sources.objectFormat,
    protected: sources.isProtected,
  };
}

function refspecs({ ref, refType }: JobFacts['git'], depth: number): readonly string[] {
  if (depth === 0) return ['+refs/heads/*:refs/remotes/origin/*', '+refs/tags/*:refs/tags/*'];
  return refType === 'tag' ? [`+refs/tags/${ref}:refs/tags/${ref}`] : [`+refs/heads/${ref}:refs/remotes/origin/${ref}`];
}

/** Null: not given, or no number. */
function depthOf(variables: readonly Variable[]): number | null {
  const text = variables.findLast(({ key }) => key === 'GIT_DEPTH')?.value.trim() ?? '';
  return /^\d{1,9}$/.test(text) ? Number(text) : null;
}
