import { may } from '../../api/identity.ts';

/** Levels of access, and GitLab's words for them. */
export const LEVELS = [
  [10, 'Guest'],
  [20, 'Reporter'],
  [30, 'Developer'],
  [40, 'Maintainer'],
  [50, 'Owner'],
] as const;
export type Level = (typeof LEVELS)[number][0];

const OWNER = 50;

/** Nobody gives, changes or takes away more than they have; who may manage members is a maintainer, or an owner. */
export function mayHandle(level: number): boolean {
  return level < OWNER || may('project.delete');
}

export function roleWord(level: number): string {
  return LEVELS.find(([value]) => value === level)?.[1] ?? String(level);
}
