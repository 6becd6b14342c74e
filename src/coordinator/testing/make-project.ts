import type { Parts } from '../parts.ts';
import { commitFiles } from './commit-files.ts';

export interface TestProject {
  readonly id: number;
  /** Of the first commit on `main`. */
  readonly sha: string;
}

export interface NewTestProject {
  /** In the namespace `group`; `shop` when left out. */
  readonly path?: string;
  readonly files: Readonly<Record<string, string>>;
  /** As the column holds them. */
  readonly settings?: Readonly<Record<string, unknown>>;
  /** No commit and no default branch: as it is before the first push. */
  readonly isEmpty?: boolean;
}

/** A project with a repository and one commit on `main`, straight into the database: no user, no push. */
export async function makeProject(
  parts: Pick<Parts, 'store' | 'repositories' | 'clock'>,
  { path = 'shop', files, settings = {}, isEmpty = false }: NewTestProject,
): Promise<TestProject> {
  const now = parts.clock.now();
  const id = await parts.store.write(async ({ query }) => {
    await query
      .insertInto('namespaces')
      .values({ path: 'group', name: 'group', kind: 'group', created_at: now })
      .onConflict((conflict) => conflict.doNothing())
      .execute();
    const namespace = await query
      .selectFrom('namespaces')
      .select('id')
      .where('path', '=', 'group')
      .executeTakeFirstOrThrow();
    const project = await query
      .insertInto('projects')
      .values({
        namespace_id: namespace.id,
        path,
        full_path: `group/${path}`,
        name: path,
        description: '',
        visibility: 'private',
        default_branch: isEmpty ? null : 'main',
        ci_config_path: '',
        shared_runners: 1,
        archived: 0,
        settings: JSON.stringify(settings),
        last_iid: 0,
        created_at: now,
        updated_at: now,
      })
      .returning('id')
      .executeTakeFirstOrThrow();
    return project.id;
  });
  await parts.repositories.create(id, { defaultBranch: 'main' });
  return { id, sha: isEmpty ? '' : commitFiles(parts, id, { files, message: 'Start' }) };
}
