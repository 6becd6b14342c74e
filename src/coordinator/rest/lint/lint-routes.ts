import { type Static, Type } from 'typebox';
import { compile, jsonSchema } from '../../../compile/index.ts';
import { type Revision, readDefaultBranch, resolveRevision } from '../../../git/index.ts';
import { type Answer, badParameters, type Call, forbidden, notFound, ok, type Route, route } from '../../http/index.ts';
import type { Parts } from '../../parts.ts';
import { compileFor, givenVariable } from '../../pipelines/index.ts';
import { personOf } from '../person.ts';
import { mayRunOn } from '../ref-access.ts';
import { PROJECT_PARAMS } from '../schemas/common.ts';
import { LINT } from '../schemas/lint.ts';
import { GIVEN_VARIABLE } from '../schemas/pipeline.ts';
import { type ByTurns, byTurns } from './by-turns.ts';
import { type LintWishes, showLint } from './show-lint.ts';

const FILE_NAME = '.gitlab-ci.yml';
/** A CI file of 5 MiB, as JSON. */
const BODY_LIMIT = 12 << 20;
const TAG = 'lint';

const WISHES = {
  dry_run: Type.Optional(Type.Boolean({ description: 'that no pipeline would come of it is an error' })),
  include_jobs: Type.Optional(Type.Boolean()),
};
const TEXT = Type.Object({
  ...WISHES,
  content: Type.Optional(Type.String()),
  content_ref: Type.Optional(Type.String({ description: 'where the file is read, in place of `content`' })),
  ref: Type.Optional(Type.String({ description: 'where what the text includes is read, and what rules see' })),
  dry_run_ref: Type.Optional(Type.String({ description: 'the branch or tag that rules see' })),
  source: Type.Optional(Type.Enum(['push', 'web'], { description: 'how the pipeline would come to be: `push`' })),
  variables: Type.Optional(Type.Array(GIVEN_VARIABLE, { maxItems: 1_000 })),
  inputs: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
});
const AT_REF = Type.Object({
  ...WISHES,
  content_ref: Type.Optional(Type.String({ description: 'where the file is read' })),
  sha: Type.Optional(Type.String({ description: 'older name of `content_ref`' })),
  dry_run_ref: Type.Optional(Type.String({ description: 'the branch or tag that rules see' })),
  ref: Type.Optional(Type.String({ description: 'older name of `dry_run_ref`' })),
});

export function lintRoutes(parts: Parts): readonly Route[] {
  const inTurn = byTurns();
  return [ofText(parts, inTurn), atRef(parts, inTurn), anywhere(inTurn), schema()];
}

/** Made once: it is of the program, and of nothing else. */
function schema(): Route {
  let made: object | null = null;
  return route({
    method: 'GET',
    path: '/api/v4/ci/schema',
    action: 'version.read',
    summary: 'The JSON schema (draft-07) of a CI file, for editors',
    tag: TAG,
    answers: { 200: Type.Record(Type.String(), Type.Unknown()) },
    handle: () => {
      made ??= jsonSchema();
      return ok(made);
    },
  });
}

function ofText(parts: Parts, inTurn: ByTurns): Route {
  return route({
    method: 'POST',
    path: '/api/v4/projects/:id/ci/lint',
    action: 'lint.run',
    summary: 'Check the text of a CI file as if it stood in the project',
    tag: TAG,
    params: Type.Object(PROJECT_PARAMS),
    body: TEXT,
    bodyLimit: BODY_LIMIT,
    answers: { 200: LINT },
    handle: async (call) =>
      await inTurn(call, async () => {
        const { body, project } = call;
        const { content: text, content_ref: contentRef } = body;
        if (text === undefined && contentRef === undefined) throw badParameters('content is missing');
        const content = await find(parts, project.id, contentRef ?? body.ref ?? null);
        // In an empty repository there is nothing to include, and the text can still be looked at.
        const isEmpty = content === null && contentRef === undefined && body.ref === undefined;
        if (isEmpty && text !== undefined) return lintAlone(text, wishesOf(body));
        const ref = body.dry_run_ref === undefined ? content : await find(parts, project.id, body.dry_run_ref);
        if (content === null) throw noSuch(contentRef === undefined ? 'ref' : 'content_ref');
        if (ref === null) throw noSuch('dry_run_ref');
        const { variables: given = [], inputs = {}, source = 'push' } = body;
        const wishes = wishesOf(body);
        const asked = { text: text ?? null, content, ref, wishes, given, inputs, source };
        return ok(await check(parts, call, asked));
      }),
  });
}

function atRef(parts: Parts, inTurn: ByTurns): Route {
  return route({
    method: 'GET',
    path: '/api/v4/projects/:id/ci/lint',
    action: 'lint.run',
    summary: "Check the project's CI file as it is on a branch, a tag or at a commit",
    tag: TAG,
    params: Type.Object(PROJECT_PARAMS),
    query: AT_REF,
    answers: { 200: LINT },
    handle: async (call) =>
      await inTurn(call, async () => {
        const { query, project } = call;
        const content = await find(parts, project.id, query.content_ref ?? query.sha ?? null);
        if (content === null) throw notFound('Commit');
        const asked = query.dry_run_ref ?? query.ref;
        const ref = asked === undefined ? content : await find(parts, project.id, asked);
        if (ref === null) throw notFound('Reference');
        const what = { ...PUSHED, text: null, content, ref, wishes: wishesOf(query) };
        return ok(await check(parts, call, what));
      }),
  });
}

/** Without a project: nothing can be included. GitLab had this once, and editors use it. */
function anywhere(inTurn: ByTurns): Route {
  return route({
    method: 'POST',
    path: '/api/v4/ci/lint',
    action: 'lint.text',
    summary: 'Check the text of a CI file that includes nothing',
    tag: TAG,
    body: Type.Object({ ...WISHES, content: Type.String() }),
    bodyLimit: BODY_LIMIT,
    answers: { 200: LINT },
    handle: async (call) => {
      const { body } = call;
      return await inTurn(call, async () => lintAlone(body.content, wishesOf(body)));
    },
  });
}

interface Check {
  /** Null: the file as it is. */
  readonly text: string | null;
  readonly content: Revision;
  readonly ref: Revision;
  readonly wishes: LintWishes;
  readonly given: readonly Static<typeof GIVEN_VARIABLE>[];
  readonly inputs: Readonly<Record<string, unknown>>;
  readonly source: 'push' | 'web';
}

const PUSHED = { given: [], inputs: {}, source: 'push' } as const;

async function check(
  parts: Parts,
  { project, principal }: Pick<Call, 'project' | 'principal'>,
  { text, content, ref, wishes, given, inputs, source }: Check,
): Promise<Static<typeof LINT>> {
  // A commit is looked at as if it were on the default branch.
  const name = ref.kind === 'branch' || ref.kind === 'tag' ? ref.name : null;
  const isTag = ref.kind === 'tag';
  const branch = name ?? (await readDefaultBranch(parts.repositories.at(project.id)));
  // What a file comes to may tell what the variables of a protected ref are.
  const may = await parts.store.read((db) => mayRunOn(db, { principal, project }, { name: branch, isTag }));
  if (!may) throw forbidden();
  const origin = {
    projectId: project.id,
    ref: branch,
    refType: isTag ? 'tag' : 'branch',
    sha: content.sha,
    beforeSha: null,
    source,
    userId: personOf(principal).id,
    given: given.map(({ key, value, variable_type: kind = 'env_var' }) => givenVariable({ key, value, kind })),
    inputs,
    parent: null,
  } as const;
  return showLint((await compileFor(parts, origin, text))?.result ?? null, wishes);
}

function noSuch(name: string): Error {
  return badParameters(`${name} does not have a valid value (there is no such branch, tag or commit)`);
}

/** @param text null: the default branch. */
async function find({ repositories }: Parts, projectId: number, text: string | null): Promise<Revision | null> {
  const repository = repositories.at(projectId);
  return await resolveRevision(repository, text ?? (await readDefaultBranch(repository)));
}

function lintAlone(text: string, wishes: LintWishes): Answer {
  const result = compile(
    { file: FILE_NAME, text },
    {
      read: () => null,
      files: () => [],
      changes: null,
      predefined: {},
      variables: {},
      ref: { name: 'main', kind: 'branch', source: 'push', projectPath: '' },
    },
  );
  return ok(showLint(result, wishes));
}

function wishesOf({
  dry_run = false,
  include_jobs = false,
}: {
  dry_run?: boolean;
  include_jobs?: boolean;
}): LintWishes {
  return { dryRun: dry_run, withJobs: include_jobs };
}
