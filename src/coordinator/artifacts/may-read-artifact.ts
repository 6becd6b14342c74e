import type { ArtifactAccess } from '../../protocol/index.ts';
import { type Db, findJob, findRole, findUser } from '../../store/index.ts';
import { accessLevel, type JobPrincipal, levelIn, type Principal, type ProjectAccess } from '../access/index.ts';
import type { Parts } from '../parts.ts';

/** Least level in the project; `null`: nobody. */
const LEAST: Readonly<Record<ArtifactAccess, number | null>> = {
  all: 0,
  developer: accessLevel('developer'),
  maintainer: accessLevel('maintainer'),
  none: null,
};

/**
 * Whether somebody who may read the project's jobs may also have an artifact of one, as `artifacts:access` says. A job token is as good as the person who
 * started its job. What a runner fetches for a job that depends on another does not come here: it is part of running that job, whoever may see it.
 */
export async function mayReadArtifact(
  { store }: Pick<Parts, 'store'>,
  { principal, project }: { readonly principal: Principal; readonly project: ProjectAccess },
  access: ArtifactAccess,
): Promise<boolean> {
  const least = LEAST[access];
  if (least === null) return false;
  if (least === 0) return true;
  if (principal.kind !== 'job') return levelIn(principal, project) >= least;
  return (await store.read((db) => levelOfJob(db, principal))) >= least;
}

async function levelOfJob(db: Db, { jobId, projectId }: JobPrincipal): Promise<number> {
  const userId = (await findJob(db, jobId))?.userId ?? null;
  if (userId === null) return 0;
  const user = await findUser(db, userId);
  if (user?.state !== 'active') return 0;
  return user.isAdministrator ? accessLevel('owner') : ((await findRole(db, projectId, userId)) ?? 0);
}
