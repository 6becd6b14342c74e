/**
 * Whether a log can hide the value: shorter ones stand in every other word, and one with white space may be wrapped or printed in part.
 * Source: GitLab's rule for masked variables that are not expanded.
 */
export function isMaskable(value: string): boolean {
  return /^\S{8,}$/.test(value);
}
