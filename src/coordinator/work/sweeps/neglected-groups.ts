import { listNeglectedGroups, putEffect } from '../../../store/index.ts';
import type { Parts } from '../../parts.ts';

const MOST = 200;

/** Resource groups that are free, or held by a job that has ended, while another waits: looked at again, should a look ever have been lost. */
export async function lookAtNeglectedGroups({ store }: Parts): Promise<boolean> {
  await store.write(async (tx) => {
    for (const { projectId, key } of await listNeglectedGroups(tx, MOST)) {
      await putEffect(tx, {
        kind: 'resource',
        projectId,
        pipelineId: null,
        jobId: null,
        body: { key },
        dueAt: tx.now(),
      });
    }
  });
  return false;
}
