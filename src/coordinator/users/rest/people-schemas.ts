import { type Static, Type } from 'typebox';
import type { TokenRecord, UserRecord } from '../../../store/index.ts';
import { SCOPES } from '../../access/index.ts';
import { invalid } from '../../http/index.ts';
import { answer, ID, INSTANT, nullable, USER, words } from '../../rest/schemas/common.ts';
import { instant, instantOrNull } from '../../rest/shapes/show-common.ts';

/** What users see of themselves, and administrators of everybody. */
export const FULL_USER = answer({
  ...USER.properties,
  email: Type.String(),
  is_admin: Type.Boolean(),
  created_at: INSTANT,
  last_sign_in_at: nullable(INSTANT),
});

const COMMON_TOKEN = {
  id: ID,
  name: Type.String(),
  revoked: Type.Boolean(),
  active: Type.Boolean(),
  created_at: INSTANT,
  last_used_at: nullable(INSTANT),
  expires_at: nullable(Type.String(), 'a day; the token ends as it begins, UTC'),
  scopes: Type.Array(Type.String()),
  user_id: ID,
  token: Type.Optional(Type.String({ description: 'when it is made, and never again' })),
};
export const PERSONAL_TOKEN = answer(COMMON_TOKEN);
export const PROJECT_TOKEN = answer({ ...COMMON_TOKEN, access_level: Type.Integer() });

export const NEW_TOKEN = {
  name: words(255),
  scopes: Type.Array(Type.Enum([...SCOPES]), { minItems: 1 }),
  expires_at: Type.Optional(nullable(Type.String({ pattern: '^\\d{4}-\\d{2}-\\d{2}$' }))),
};

export function showBriefUser({ id, username, name, state }: UserRecord, base: string): Static<typeof USER> {
  return { id, username, name, state, avatar_url: null, web_url: `${base}/${username}` };
}

export function showFullUser(user: UserRecord, base: string): Static<typeof FULL_USER> {
  return {
    ...showBriefUser(user, base),
    email: user.email,
    is_admin: user.isAdministrator,
    created_at: instant(user.createdAt),
    last_sign_in_at: instantOrNull(user.lastSignInAt),
  };
}

export function showToken(token: TokenRecord, now: number): Static<typeof PERSONAL_TOKEN> {
  const isRevoked = token.revokedAt !== null;
  return {
    id: token.id,
    name: token.name,
    revoked: isRevoked,
    active: !isRevoked && (token.expiresAt === null || token.expiresAt > now),
    created_at: instant(token.createdAt),
    last_used_at: instantOrNull(token.lastUsedAt),
    expires_at: token.expiresAt === null ? null : instant(token.expiresAt).slice(0, 10),
    scopes: [...token.scopes],
    user_id: token.userId,
  };
}

export function showProjectToken(token: TokenRecord, now: number): Static<typeof PROJECT_TOKEN> {
  return { ...showToken(token, now), access_level: token.role ?? 0 };
}

/** A day becomes its first instant, UTC. @throws HttpError 400: it is no day, or not to come. */
export function expiryOf(day: string | null | undefined, now: number): number | null {
  if (day === null || day === undefined) return null;
  const at = Date.parse(`${day}T00:00:00Z`);
  if (Number.isNaN(at)) throw invalid({ expires_at: ['is no day'] });
  if (at <= now) throw invalid({ expires_at: ['must be a day to come'] });
  return at;
}
