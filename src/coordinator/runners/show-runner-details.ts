import { listManagers, listProjectViews, listQuarantines } from '../../store/index.ts';
import type { Parts } from '../parts.ts';
import type { FullRunner } from '../rest/schemas/runner.ts';
import { showRunner } from '../rest/shapes/show-runner.ts';
import type { RunnerOf } from './runner-access.ts';

/** A runner with all that is known of it; of its machines what the one that was heard of last says. */
export async function showRunnerDetails({ store }: Parts, { runner, projects }: RunnerOf): Promise<FullRunner> {
  return await store.read(async (db) => {
    const [manager] = await listManagers(db, runner.id, 1);
    const { name = null, version = null, revision = null, platform = null, architecture = null } = manager?.info ?? {};
    const views = await listProjectViews(db, projects);
    return {
      ...showRunner(runner, manager, db.now()),
      quarantined: (await listQuarantines(db, [runner.id])).get(runner.id) ?? null,
      name,
      version,
      revision,
      platform,
      architecture,
      tag_list: [...runner.tags],
      run_untagged: runner.runUntagged,
      locked: runner.isLocked,
      access_level: runner.isProtected ? 'ref_protected' : 'not_protected',
      maximum_timeout: runner.maximumTimeoutS,
      maintenance_note: runner.maintenanceNote,
      created_at: new Date(runner.createdAt).toISOString(),
      contacted_at: runner.contactedAt === null ? null : new Date(runner.contactedAt).toISOString(),
      projects: [...views.values()].map(({ id, name, fullPath }) => ({ id, name, path_with_namespace: fullPath })),
      groups: [],
    };
  });
}
