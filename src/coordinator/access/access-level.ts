/** What a member may be to a project. Numbers as in GitLab's API, so that a larger one includes a smaller. */
export const ACCESS_LEVELS = { guest: 10, reporter: 20, developer: 30, maintainer: 40, owner: 50 } as const;
export type Role = keyof typeof ACCESS_LEVELS;
export type AccessLevel = (typeof ACCESS_LEVELS)[Role];

export const ROLES = Object.keys(ACCESS_LEVELS) as readonly Role[];

export function accessLevel(role: Role): AccessLevel {
  return ACCESS_LEVELS[role];
}

/** @returns null: no such level. */
export function roleOf(level: number): Role | null {
  return ROLES.find((role) => ACCESS_LEVELS[role] === level) ?? null;
}
