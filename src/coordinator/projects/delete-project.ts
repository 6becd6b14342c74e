import { ANY_PIPELINE, deleteProject, listPipelines, type Page, type PipelineRecord } from '../../store/index.ts';
import type { Call } from '../http/index.ts';
import type { Parts } from '../parts.ts';
import { cancelPipeline } from '../pipelines/index.ts';
import { noteAudit } from '../rest/note-audit.ts';
import { personOf } from '../rest/person.ts';

const UNFINISHED = ['created', 'waiting_for_resource', 'scheduled', 'manual', 'pending', 'running'] as const;
const AT_A_TIME = 100;

/** Cancels what is under way, whose cleanup still runs; then nobody finds the project any more, and its repository is gone. */
export async function deleteWholeProject(
  parts: Parts,
  call: Pick<Call, 'principal' | 'project' | 'remoteAddress'>,
): Promise<void> {
  const { id } = call.project;
  await cancelAll(parts, id, call);
  await parts.store.write(async (tx) => {
    await deleteProject(tx, id);
    await noteAudit(tx, call, { action: 'project.delete', targetKind: 'project', targetId: id });
  });
  await parts.repositories.remove(id);
}

async function cancelAll(parts: Parts, projectId: number, { principal }: Pick<Call, 'principal'>): Promise<void> {
  let after: number | null = null;
  for (;;) {
    const filter = { ...ANY_PIPELINE, projectId, statuses: UNFINISHED };
    const page: Page = { limit: AT_A_TIME, offset: 0, after, order: 'asc' };
    const found: readonly PipelineRecord[] = await parts.store.read((db) => listPipelines(db, filter, page));
    for (const { id } of found) await cancelPipeline(parts, id, { force: false, by: personOf(principal) });
    after = found.at(-1)?.id ?? null;
    if (found.length < AT_A_TIME) return;
  }
}
