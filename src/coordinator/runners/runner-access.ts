import { type Db, findRunner, listRunnerProjects, type RunnerRecord } from '../../store/index.ts';
import { type Action, judgeAccess, type Principal } from '../access/index.ts';
import { forbidden, notFound, type ProjectFinder } from '../http/index.ts';
import type { Parts } from '../parts.ts';

export interface RunnerOf {
  readonly runner: RunnerRecord;
  /** Those of its projects that the asker may see. */
  readonly projects: readonly number[];
}

export function isAdministrator(principal: Principal): boolean {
  return principal.kind === 'user' && principal.project === null && principal.user.isAdministrator;
}

/**
 * A runner by its id, for somebody who may: administrators any; a project's runner whoever may in one of its projects; one of the instance is for everybody to see.
 * @throws HttpError 403, 404
 */
export async function runnerFor(
  parts: Parts,
  finder: ProjectFinder,
  { principal, id, action }: { readonly principal: Principal; readonly id: number; readonly action: Action },
): Promise<RunnerOf> {
  const found = await parts.store.read((db) => load(db, id));
  if (found === null) throw notFound('Runner');
  if (isAdministrator(principal)) return found;
  if (found.runner.kind === 'instance') {
    if (action === 'runner.read') return found;
    throw forbidden('No access granted');
  }
  if ((await projectsAllowed(finder, principal, found.projects, action)).length === 0)
    throw forbidden('No access granted');
  return { ...found, projects: await projectsAllowed(finder, principal, found.projects, 'project.read') };
}

/** Of some projects those in which somebody may do this. */
export async function projectsAllowed(
  finder: ProjectFinder,
  principal: Principal,
  projects: readonly number[],
  action: Action,
): Promise<readonly number[]> {
  const may = await Promise.all(projects.map((project) => mayIn(finder, principal, { project, action })));
  return projects.filter((_, at) => may[at]);
}

async function load(db: Db, id: number): Promise<RunnerOf | null> {
  const runner = await findRunner(db, id);
  return runner === null ? null : { runner, projects: await listRunnerProjects(db, id) };
}

/** Whether somebody may do this in a project that the path does not name. */
export async function mayIn(
  finder: ProjectFinder,
  principal: Principal,
  { project, action }: { readonly project: number; readonly action: Action },
): Promise<boolean> {
  const access = await finder.find(String(project), principal.kind === 'user' ? principal.user.id : null);
  return judgeAccess(principal, action, access, action.endsWith('.read')) === 'allowed';
}
