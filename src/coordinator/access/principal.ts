import type { Role } from './access-level.ts';
import type { Scope } from './scope.ts';

/** Who is asking, as far as a credential proved it. Whoever's credential is wrong is nobody, and is told so (`401`). */
export type Principal = Nobody | UserPrincipal | JobPrincipal;

export interface Nobody {
  readonly kind: 'nobody';
}

export interface UserPrincipal {
  readonly kind: 'user';
  readonly user: PrincipalUser;
  /** `session`: a browser's cookie. What it changes needs the session's CSRF token too. */
  readonly via: 'session' | 'token';
  readonly scopes: ReadonlySet<Scope>;
  /** Of a project's token: it opens this project alone, and no more of it than `most` allows. */
  readonly project: { readonly id: number; readonly most: Role } | null;
}

export interface PrincipalUser {
  readonly id: number;
  readonly username: string;
  readonly name: string;
  readonly isAdministrator: boolean;
}

/** A job that runs or tears down, by its token. It acts for the user who started it, in its own project only. */
export interface JobPrincipal {
  readonly kind: 'job';
  readonly jobId: number;
  readonly projectId: number;
}

export const NOBODY: Nobody = { kind: 'nobody' };
