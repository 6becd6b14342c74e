import { type Static, Type } from 'typebox';
import { errorCode } from '../../../base/index.ts';
import { listRefs, setDefaultBranch } from '../../../git/index.ts';
import { findProject, type ProjectRecord, type ProjectSettings, updateProject } from '../../../store/index.ts';
import { type Call, created, invalid, notFound, ok, type Route, route } from '../../http/index.ts';
import type { Parts } from '../../parts.ts';
import { noteAudit } from '../../rest/note-audit.ts';
import { PROJECT_PARAMS } from '../../rest/schemas/common.ts';
import { deleteWholeProject } from '../delete-project.ts';
import { CHANGED_PROJECT, PROJECT } from './project-schemas.ts';
import { changedSettings } from './project-settings.ts';
import { showOne } from './read-projects.ts';

const params = Type.Object(PROJECT_PARAMS);
const tag = 'Projects';

/** Projects: changed, archived, deleted. */
export function changeProjectRoutes(parts: Parts): readonly Route[] {
  return [
    route({
      method: 'PUT',
      path: '/api/v4/projects/:id',
      action: 'project.settings',
      tag,
      summary: 'Change a project',
      params,
      body: CHANGED_PROJECT,
      answers: { 200: PROJECT },
      handle: async (call) => {
        const { default_branch: branch } = call.body;
        if (branch !== undefined) await chooseBranch(parts, call.project.id, branch);
        const changed = await change(parts, call, (old) => changedSettings(old, call.body), {
          action: 'project.update',
          details: namesOf(call.body),
        });
        return ok(await showOne(parts, call, changed));
      },
    }),
    ...([true, false] as const).map((isArchived) =>
      route({
        method: 'POST',
        path: `/api/v4/projects/:id/${isArchived ? 'archive' : 'unarchive'}`,
        action: 'project.delete',
        tag,
        summary: isArchived ? 'Archive a project: from then on it is only read' : 'Take a project out of the archive',
        params,
        answers: { 201: PROJECT },
        handle: async (call) => {
          const action = isArchived ? 'project.archive' : 'project.unarchive';
          const changed = await change(parts, call, (old) => ({ ...old, isArchived }), { action, details: {} });
          return created(await showOne(parts, call, changed));
        },
      }),
    ),
    route({
      method: 'DELETE',
      path: '/api/v4/projects/:id',
      action: 'project.delete',
      tag,
      summary: 'Delete a project; what runs is cancelled, and cleans up',
      params,
      answers: { 202: Type.Object({ message: Type.String() }) },
      handle: async (call) => {
        await deleteWholeProject(parts, call);
        return { status: 202, body: { message: '202 Accepted' } };
      },
    }),
  ];
}

type Asking = Pick<Call, 'principal' | 'project' | 'remoteAddress'>;

async function change(
  { store }: Parts,
  call: Asking,
  decide: (old: ProjectRecord) => ProjectSettings,
  deed: { readonly action: string; readonly details: Readonly<Record<string, unknown>> },
): Promise<ProjectRecord> {
  const { id } = call.project;
  return await store.write(async (tx) => {
    const old = await findProject(tx, id);
    if (old === null) throw notFound('Project');
    await updateProject(tx, id, decide(old));
    await noteAudit(tx, call, { ...deed, targetKind: 'project', targetId: id });
    return (await findProject(tx, id)) ?? old;
  });
}

/** HEAD of the repository, which a clone checks out. @throws HttpError 400: there is no such branch. */
async function chooseBranch({ repositories }: Parts, id: number, branch: string): Promise<void> {
  const repository = repositories.at(id);
  const wrong = invalid({ base: ['Could not set the default branch'] });
  const refs = await listRefs(repository);
  if (!refs.some(({ name }) => name === `refs/heads/${branch}`)) throw wrong;
  try {
    await setDefaultBranch(repository, branch);
  } catch (error) {
    throw errorCode(error) === 'bad_name' ? wrong : error;
  }
}

/** Which settings were named; their values are in the project. */
function namesOf(body: Static<typeof CHANGED_PROJECT>): { readonly settings: readonly string[] } {
  return { settings: Object.keys(body) };
}
