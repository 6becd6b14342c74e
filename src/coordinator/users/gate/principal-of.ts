import type { UserRecord } from '../../../store/index.ts';
import type { PrincipalUser } from '../../access/index.ts';

export function principalUser({ id, username, name, isAdministrator }: UserRecord): PrincipalUser {
  return { id, username, name, isAdministrator };
}
