/** Levels of access, and GitLab's words for them. */
export const LEVELS = [
  [10, 'Guest'],
  [20, 'Reporter'],
  [30, 'Developer'],
  [40, 'Maintainer'],
  [50, 'Owner'],
] as const;
export type Level = (typeof LEVELS)[number][0];
