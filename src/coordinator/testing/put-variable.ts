import { type StoredVariable, variableIdentity } from '../../store/index.ts';
import type { Parts } from '../parts.ts';

/** A variable of a project, straight into the database; of the instance where `projectId` is 0. */
export async function putVariable(
  { store }: Pick<Parts, 'store'>,
  projectId: number,
  variable: Pick<StoredVariable, 'key' | 'value'> & Partial<StoredVariable>,
): Promise<void> {
  const { key, value, kind = 'env_var', isProtected = false, isMasked = false, isRaw = false } = variable;
  const { environmentScope = '*' } = variable;
  const scope = projectId === 0 ? 'instance' : 'project';
  await store.write(async ({ query, sealer }) => {
    await query
      .insertInto('variables')
      .values({
        scope,
        owner_id: projectId,
        key,
        environment_scope: environmentScope,
        value: sealer.seal(variableIdentity(scope, projectId, key, environmentScope), value),
        kind,
        is_protected: Number(isProtected),
        is_masked: Number(isMasked),
        is_hidden: 0,
        is_raw: Number(isRaw),
        description: null,
      })
      .execute();
  });
}
