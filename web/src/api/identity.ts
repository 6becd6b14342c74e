import { batch, signal } from '@preact/signals';
import type { PageSession } from '../../generated/routes.ts';

/** Who the browser is to the coordinator, and what may be done: as the server says, never guessed. */
export type Identity = PageSession;

/** What may be done, in the coordinator's words. */
type Action = Identity['may'][number];

/** Null: not known yet. */
export const identity = signal<Identity | null>(null);

/** The project that it was asked about; one that may not be seen is null in the answer. */
export const askedAbout = signal<string | null>(null);

/** The user, or the version, of the coordinator's last answer is not the one that the page began with. */
export const isOtherUser = signal(false);
export const isOtherVersion = signal(false);

/** Asks who we are, and about a project that the address names. False: no answer came. */
export async function loadIdentity(project: string | null): Promise<boolean> {
  const query = project === null ? '' : `?project=${encodeURIComponent(project)}`;
  try {
    const signal = AbortSignal.timeout(10_000);
    const response = await fetch(`/-/page/session${query}`, { headers: { accept: 'application/json' }, signal });
    if (!response.ok) return false;
    const known = (await response.json()) as Identity;
    batch(() => {
      identity.value = known;
      askedAbout.value = project;
      isOtherUser.value = false;
    });
    return true;
  } catch {
    return false;
  }
}

/** After a sign-in in another tab the token is another one. False: the user is, too, or nobody any more. */
export async function renewToken(): Promise<boolean> {
  const before = identity.value;
  if (before?.user == null || !(await loadIdentity(before.project?.path_with_namespace ?? null))) return false;
  return identity.value?.user?.id === before.user.id;
}

export function csrfToken(): string | null {
  return identity.value?.csrf_token ?? null;
}

/** May it be done in the project that is looked at? A button that the server would refuse is not shown. */
export function may(action: Action): boolean {
  return identity.value?.project?.may.includes(action) === true;
}

/** And outside of projects? */
export function mayHere(action: Action): boolean {
  return identity.value?.may.includes(action) === true;
}

/** Every answer says who asked, and of which version the coordinator is. */
export function noteAnswer(headers: Headers): void {
  const known = identity.value;
  if (known === null) return;
  const user = headers.get('epilogue-user');
  const version = headers.get('epilogue-version');
  if (user !== null && user !== (known.user?.username ?? '')) isOtherUser.value = true;
  if (version !== null && version !== known.version) isOtherVersion.value = true;
}
