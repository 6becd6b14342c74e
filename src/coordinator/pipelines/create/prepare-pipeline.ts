import { Failure, hasErrors, type Problem } from '../../../base/index.ts';
import type { CompileContext, CompileResult } from '../../../compile/index.ts';
import { type BareRepository, listChanges, listTags, readCommit } from '../../../git/index.ts';
import { predefinedVariables, userVariables } from '../../../payload/index.ts';
import {
  findProjectForPipelines,
  findUserForPipelines,
  listVariablesForPipelines,
  type ProjectForPipelines,
} from '../../../store/index.ts';
import type { Parts } from '../../parts.ts';
import { compileAtCommit } from './compile-at-commit.ts';
import type { PipelineOrigin, Preparation, PreparedPipeline } from './prepared-pipeline.ts';
import { isProtectedRef } from './protected-ref.ts';
import { resolveCacheKeys } from './resolve-cache-keys.ts';
import { scopedVariables } from './scoped-variables.ts';
import { pipelineFactsOf, type StoredCommit, type StoredFacts } from './stored-facts.ts';

const USUAL_FILE = '.gitlab-ci.yml';
const NO_SHA = /^0+$/;

/** Reads commit and project, and compiles the file: everything that comes before the transaction. */
export async function preparePipeline(parts: Parts, origin: PipelineOrigin): Promise<Preparation> {
  const compiled = await compileFor(parts, origin, null);
  if (compiled === null) return { kind: 'none', why: 'the project is gone or archived' };
  const { facts, isProtected, result } = compiled;
  const preparation = judge({ origin, isProtected, facts, plan: null, problems: [] }, result);
  const plan = preparation.kind === 'ready' ? preparation.prepared.plan : null;
  if (preparation.kind !== 'ready' || plan === null) return preparation;
  const resolved = await resolveCacheKeys(parts.repositories.at(origin.projectId), origin.sha, plan);
  return { ...preparation, prepared: { ...preparation.prepared, plan: resolved } };
}

export interface Compiled {
  /** Null: there is no file. */
  readonly result: CompileResult | null;
  readonly facts: StoredFacts;
  readonly isProtected: boolean;
}

/**
 * Compiles as if a pipeline were to be made, and keeps nothing. Null: the project is gone or archived.
 * @param text stands for the project's file; null: the file as it is at the commit.
 */
export async function compileFor(parts: Parts, origin: PipelineOrigin, text: string | null): Promise<Compiled | null> {
  const { project, variables, user } = await parts.store.read(async (db) => ({
    project: await findProjectForPipelines(db, origin.projectId),
    variables: await listVariablesForPipelines(db, origin.projectId),
    user: origin.userId === null ? null : await findUserForPipelines(db, origin.userId),
  }));
  if (project === null || project.isArchived) return null;
  const repository = parts.repositories.at(origin.projectId);
  const facts = await storedFacts(parts, origin, project);
  const isProtected = isProtectedRef(project, { name: origin.ref, kind: origin.refType });
  const outside = [...scopedVariables(variables, { isProtected, environment: null }), ...origin.given];
  const { configPath } = facts;
  const file = text === null ? sourceOf(origin, facts) : { path: configPath, source: { file: configPath, text } };
  const result = await compileAtCommit({ repository, sha: origin.sha }, file, {
    changes: await changesOf(repository, origin),
    predefined: {
      ...predefinedVariables(pipelineFactsOf(recordOf(origin, isProtected, parts), facts, parts)),
      ...userVariables(user),
    },
    variables: Object.fromEntries(outside.map(({ key, value }) => [key, value])),
    rawVariables: new Set(outside.filter(({ raw }) => raw).map(({ key }) => key)),
    maskedVariables: new Set(outside.filter(({ masked }) => masked).map(({ key }) => key)),
    inputs: origin.inputs,
    ref: { name: origin.ref, kind: origin.refType, source: origin.source, projectPath: project.fullPath },
  });
  return { result, facts, isProtected };
}

function judge(draft: PreparedPipeline, result: CompileResult | null): Preparation {
  if (result === null) {
    const problem: Problem = {
      code: 'no-ci-file',
      message: `there is no ${draft.facts.configPath}`,
      severity: 'error',
    };
    return { kind: 'invalid', prepared: { ...draft, problems: [problem] } };
  }
  if (hasErrors(result.problems)) return { kind: 'invalid', prepared: { ...draft, problems: result.problems } };
  if (result.plan === null) return { kind: 'none', why: result.filtered ?? 'nothing to run' };
  return { kind: 'ready', prepared: { ...draft, plan: result.plan } };
}

function sourceOf({ parent }: PipelineOrigin, { configPath }: StoredFacts): Parameters<typeof compileAtCommit>[1] {
  if (parent !== null && 'text' in parent.source) return { path: parent.source.file, source: parent.source };
  return { path: configPath, source: null };
}

async function storedFacts(parts: Parts, origin: PipelineOrigin, project: ProjectForPipelines): Promise<StoredFacts> {
  const { title, message, parents, author, committer } = await readCommit(
    parts.repositories.at(origin.projectId),
    origin.sha,
  );
  const commit: StoredCommit = {
    message,
    title,
    authorName: author.name,
    authorEmail: author.email,
    authoredAt: author.date,
    committerName: committer.name,
    committerEmail: committer.email,
    committedAt: committer.date,
    parents,
  };
  const { parent } = origin;
  const namespace = project.fullPath.slice(0, Math.max(0, project.fullPath.length - project.path.length - 1));
  return {
    commit,
    tagMessage:
      origin.refType === 'tag' ? await readTagMessage(parts.repositories.at(origin.projectId), origin.ref) : '',
    project: {
      id: project.id,
      name: project.path,
      title: project.name,
      description: project.description,
      visibility: project.visibility,
      namespaceId: project.namespaceId,
      path: project.fullPath,
      namespace,
      defaultBranch: project.defaultBranch ?? '',
    },
    configPath: configPathOf(origin, project),
    depth: parent?.depth ?? 0,
    rootCreatedAt: parent?.rootCreatedAt ?? parts.clock.now(),
  };
}

/** Empty: there is none. */
async function readTagMessage(repository: BareRepository, name: string): Promise<string> {
  const { items } = await listTags(repository, { name, sort: 'name_asc', limit: 1 });
  return items[0]?.message ?? '';
}

function configPathOf({ parent }: PipelineOrigin, { ciConfigPath }: ProjectForPipelines): string {
  if (parent !== null) return 'text' in parent.source ? parent.source.file : parent.source.path;
  return ciConfigPath === '' ? USUAL_FILE : ciConfigPath;
}

function recordOf(
  origin: PipelineOrigin,
  isProtected: boolean,
  { clock }: Parts,
): Parameters<typeof pipelineFactsOf>[0] {
  return {
    projectId: origin.projectId,
    sha: origin.sha,
    beforeSha: origin.beforeSha ?? '0'.repeat(origin.sha.length),
    ref: origin.ref,
    isTag: origin.refType === 'tag',
    isProtected,
    source: origin.source,
    name: null,
    createdAt: clock.now(),
    parentPipelineId: origin.parent?.pipelineId ?? null,
    parentJobId: origin.parent?.jobId ?? null,
  };
}

/**
 * Only a push to a branch that was there before is about certain files, and so are its children; everything else counts as if all had changed.
 * A child of a pipeline that no push made has nothing before it.
 */
async function changesOf(
  repository: BareRepository,
  { source, refType, beforeSha, sha }: PipelineOrigin,
): Promise<CompileContext['changes']> {
  if (
    (source !== 'push' && source !== 'parent_pipeline') ||
    refType !== 'branch' ||
    beforeSha === null ||
    NO_SHA.test(beforeSha)
  )
    return null;
  try {
    return (await listChanges(repository, beforeSha, sha)).map(({ path }) => path);
  } catch (error) {
    // A forced push may have dropped what was there before.
    if (error instanceof Failure && error.code === 'not_found') return null;
    throw error;
  }
}
