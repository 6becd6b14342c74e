import { Failure } from '../../../base/index.ts';
import { isScope, SCOPES } from '../../access/index.ts';
import type { Parts } from '../../parts.ts';
import { NO_NOTE, type NoteOnPerson, requireUser } from './create-user.ts';
import { issueToken } from './issue-token.ts';

export interface TokenRequest {
  readonly username: string;
  readonly name: string;
  readonly scopes: readonly string[];
  /** UTC ms; null: it does not expire. */
  readonly expiresAt: number | null;
}

/** A personal access token, which is shown this once. `note` is told the token's id. @throws Failure `bad_token`, `no_such_user` */
export async function createToken(
  { store }: Pick<Parts, 'store'>,
  request: TokenRequest,
  note: NoteOnPerson = NO_NOTE,
): Promise<string> {
  const { username, name, scopes, expiresAt } = request;
  const wrong = scopes.filter((scope) => !isScope(scope));
  if (wrong.length > 0 || scopes.length === 0) {
    throw new Failure('bad_token', `${wrong.join(', ') || 'none'}: scopes are ${SCOPES.join(', ')}`);
  }
  return await store.write(async (tx) => {
    const { id: userId } = await requireUser(tx, username);
    const made = await issueToken(tx, {
      kind: 'personal',
      userId,
      projectId: null,
      name,
      scopes,
      role: null,
      expiresAt,
    });
    await note(tx, made.id);
    return made.token;
  });
}
