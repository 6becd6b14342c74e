import { SESSION_COOKIE } from './credentials.ts';

/** How long somebody stays signed in without coming back. */
export const SESSION_MS = 14 * 24 * 3_600_000;

/** `Lax`: a link from elsewhere finds its reader signed in, another site's form does not. */
export function sessionCookie(value: string, base: string): string {
  return cookie(value, base, SESSION_MS / 1000);
}

export function endedSessionCookie(base: string): string {
  return cookie('', base, 0);
}

function cookie(value: string, base: string, maxAgeSeconds: number): string {
  const secure = base.startsWith('https:') ? '; Secure' : '';
  return `${SESSION_COOKIE}=${value}; Path=/; Max-Age=${maxAgeSeconds}; HttpOnly; SameSite=Lax${secure}`;
}
