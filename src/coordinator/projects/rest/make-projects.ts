import { errorCode } from '../../../base/index.ts';
import { findNamespace, findProject, updateProject } from '../../../store/index.ts';
import { badParameters, created, forbidden, invalid, type Route, route } from '../../http/index.ts';
import type { Parts } from '../../parts.ts';
import { noteAudit } from '../../rest/note-audit.ts';
import { createProject, mayMakeIn, namespaceOfUser } from '../create-project.ts';
import { NEW_PROJECT, PROJECT } from './project-schemas.ts';
import { changedSettings } from './project-settings.ts';
import { showOne } from './read-projects.ts';

/** Projects: made. */
export function makeProjectRoutes(parts: Parts): readonly Route[] {
  return [
    route({
      method: 'POST',
      path: '/api/v4/projects',
      action: 'project.create',
      tag: 'Projects',
      summary: 'Make a project, in the namespace of whoever asks unless another is named',
      body: NEW_PROJECT,
      answers: { 201: PROJECT },
      handle: async (call) => {
        const { principal, body, remoteAddress } = call;
        if (principal.kind !== 'user') throw forbidden();
        const name = body.name ?? body.path ?? '';
        const path = body.path ?? pathFrom(name);
        if (name === '') throw badParameters('name, path are missing, at least one parameter must be provided');
        const namespace = await chooseNamespace(parts, principal.user, body.namespace_id);
        const request = {
          namespaceId: namespace.id,
          namespacePath: namespace.path,
          path,
          name,
          description: body.description ?? '',
          visibility: body.visibility ?? 'private',
          defaultBranch: body.default_branch ?? null,
          userId: principal.user.id,
        } as const;
        const id = await make(parts, request, (tx, made) =>
          noteAudit(
            tx,
            { principal, remoteAddress, project: { id: made } },
            { action: 'project.create', targetKind: 'project', targetId: made },
          ),
        );
        const project = await parts.store.write(async (tx) => {
          const made = await findProject(tx, id);
          if (made !== null) await updateProject(tx, id, changedSettings(made, body));
          return await findProject(tx, id);
        });
        return created(await showOne(parts, call, project));
      },
    }),
  ];
}

/** As GitLab makes one of a name: `My shop!` → `my-shop`. */
function pathFrom(name: string): string {
  return name
    .toLowerCase()
    .replace(/[^a-z0-9_.-]+/g, '-')
    .replace(/^[-.]+|[-.]+$/g, '');
}

async function chooseNamespace(
  { store }: Parts,
  user: { readonly id: number; readonly isAdministrator: boolean },
  id: number | undefined,
) {
  const namespace = await store.read(async (db) => {
    if (id === undefined) return await namespaceOfUser(db, user.id);
    const isAllowed = user.isAdministrator || (await mayMakeIn(db, id, user.id));
    return isAllowed ? await findNamespace(db, id) : null;
  });
  if (namespace === null) throw invalid({ namespace: ['is not valid'] });
  return namespace;
}

type Tail<T extends readonly unknown[]> = T extends readonly [unknown, ...infer Rest] ? Rest : never;

async function make(parts: Parts, ...how: Tail<Parameters<typeof createProject>>): Promise<number> {
  try {
    return await createProject(parts, ...how);
  } catch (error) {
    const taken = ['has already been taken'];
    if (errorCode(error) === 'project_exists') throw invalid({ name: taken, path: taken });
    if (errorCode(error) !== 'bad_project') throw error;
    throw invalid({
      path: [
        "can contain only letters, digits, '_', '-' and '.'. It must not start or end with '-' or '.', nor end in '.git' or '.atom'.",
      ],
    });
  }
}
