import type { Db, JobRecord, PipelineRecord } from '../../store/index.ts';
import { type Action, judgeAccess, type Principal, type ProjectAccess } from '../access/index.ts';
import { mayRunOn } from './ref-access.ts';

/** Rights, whatever state the thing is in: `retry` is also said of what has not ended. */
export const PIPELINE_DEEDS = ['cancel', 'force', 'retry', 'play', 'delete'] as const;
export const JOB_DEEDS = ['cancel', 'force', 'retry', 'play', 'erase'] as const;

interface Asker {
  readonly principal: Principal;
  readonly project: ProjectAccess;
}

/** What the asker may do with a pipeline and the jobs of it: as the routes that do it would judge. */
export async function mayWithPipeline(
  db: Db,
  asker: Asker,
  { ref, isTag }: Pick<PipelineRecord, 'ref' | 'isTag'>,
): Promise<(typeof PIPELINE_DEEDS)[number][]> {
  const isRunner = isAllowed(asker, 'job.run');
  const mayStart = isRunner && (await mayRunOn(db, asker, { name: ref, isTag }));
  const may = {
    cancel: isRunner,
    force: isRunner && isAllowed(asker, 'job.force'),
    retry: mayStart,
    play: mayStart,
    delete: isAllowed(asker, 'pipeline.delete'),
  };
  return PIPELINE_DEEDS.filter((deed) => may[deed]);
}

/** The same of a job of that pipeline. */
export async function mayWithJob(
  db: Db,
  asker: Asker,
  { job, pipeline }: { readonly job: Pick<JobRecord, 'userId'>; readonly pipeline: PipelineRecord },
): Promise<(typeof JOB_DEEDS)[number][]> {
  const all = new Set<string>(await mayWithPipeline(db, asker, pipeline));
  const { principal } = asker;
  const isOwn = principal.kind === 'user' && principal.user.id === job.userId;
  if (all.has('retry') && (isOwn || isAllowed(asker, 'job.erase_others'))) all.add('erase');
  return JOB_DEEDS.filter((deed) => all.has(deed));
}

function isAllowed({ principal, project }: Asker, action: Action): boolean {
  return judgeAccess(principal, action, project, false) === 'allowed';
}
