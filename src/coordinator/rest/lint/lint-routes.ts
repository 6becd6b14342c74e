import { type Static, Type } from 'typebox';
import { compile } from '../../../compile/index.ts';
import { type Revision, readDefaultBranch, resolveRevision } from '../../../git/index.ts';
import { badParameters, type Call, forbidden, notFound, ok, type Route, route } from '../../http/index.ts';
import type { Parts } from '../../parts.ts';
import { compileFor } from '../../pipelines/index.ts';
import { personOf } from '../person.ts';
import { mayRunOn } from '../ref-access.ts';
import { PROJECT_PARAMS } from '../schemas/common.ts';
import { LINT } from '../schemas/lint.ts';
import { type LintWishes, showLint } from './show-lint.ts';

const FILE_NAME = '.gitlab-ci.yml';
/** A CI file of 5 MiB, as JSON. */
const BODY_LIMIT = 12 << 20;
const TAG = 'lint';

const WISHES = {
  dry_run: Type.Optional(Type.Boolean({ description: 'that no pipeline would come of it is an error' })),
  include_jobs: Type.Optional(Type.Boolean()),
};
const TEXT = Type.Object({ ...WISHES, content: Type.String(), ref: Type.Optional(Type.String()) });
const AT_REF = Type.Object({
  ...WISHES,
  content_ref: Type.Optional(Type.String({ description: 'where the file is read' })),
  sha: Type.Optional(Type.String({ description: 'older name of `content_ref`' })),
  dry_run_ref: Type.Optional(Type.String({ description: 'the branch or tag that rules see' })),
  ref: Type.Optional(Type.String({ description: 'older name of `dry_run_ref`' })),
});

export function lintRoutes(parts: Parts): readonly Route[] {
  return [ofText(parts), atRef(parts), anywhere()];
}

function ofText(parts: Parts): Route {
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
    handle: async (call) => {
      const { body, project } = call;
      const revision = await find(parts, project.id, body.ref ?? null);
      // In an empty repository there is nothing to include, and the text can still be looked at.
      if (revision === null && body.ref === undefined) return ok(showLint(compileAlone(body.content), wishesOf(body)));
      if (revision === null)
        throw badParameters('ref does not have a valid value (there is no such branch, tag or commit)');
      return ok(
        await check(parts, call, { text: body.content, content: revision, ref: revision, wishes: wishesOf(body) }),
      );
    },
  });
}

function atRef(parts: Parts): Route {
  return route({
    method: 'GET',
    path: '/api/v4/projects/:id/ci/lint',
    action: 'lint.run',
    summary: "Check the project's CI file as it is on a branch, a tag or at a commit",
    tag: TAG,
    params: Type.Object(PROJECT_PARAMS),
    query: AT_REF,
    answers: { 200: LINT },
    handle: async (call) => {
      const { query, project } = call;
      const content = await find(parts, project.id, query.content_ref ?? query.sha ?? null);
      if (content === null) throw notFound('Commit');
      const asked = query.dry_run_ref ?? query.ref;
      const ref = asked === undefined ? content : await find(parts, project.id, asked);
      if (ref === null) throw notFound('Reference');
      return ok(await check(parts, call, { text: null, content, ref, wishes: wishesOf(query) }));
    },
  });
}

/** Without a project: nothing can be included. GitLab had this once, and editors use it. */
function anywhere(): Route {
  return route({
    method: 'POST',
    path: '/api/v4/ci/lint',
    action: 'lint.text',
    summary: 'Check the text of a CI file that includes nothing',
    tag: TAG,
    body: Type.Object({ ...WISHES, content: Type.String() }),
    bodyLimit: BODY_LIMIT,
    answers: { 200: LINT },
    handle: ({ body }) => ok(showLint(compileAlone(body.content), wishesOf(body))),
  });
}

interface Check {
  /** Null: the file as it is. */
  readonly text: string | null;
  readonly content: Revision;
  readonly ref: Revision;
  readonly wishes: LintWishes;
}

async function check(
  parts: Parts,
  { project, principal }: Pick<Call, 'project' | 'principal'>,
  { text, content, ref, wishes }: Check,
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
    source: 'push',
    userId: personOf(principal).id,
    given: [],
    inputs: {},
    parent: null,
  } as const;
  return showLint((await compileFor(parts, origin, text))?.result ?? null, wishes);
}

/** @param text null: the default branch. */
async function find({ repositories }: Parts, projectId: number, text: string | null): Promise<Revision | null> {
  const repository = repositories.at(projectId);
  return await resolveRevision(repository, text ?? (await readDefaultBranch(repository)));
}

function compileAlone(text: string): ReturnType<typeof compile> {
  return compile(
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
