/** GitLab reads an empty value (`key:`) as if the key were not there. */
export function isGiven<T>(value: T | null | undefined): value is T {
  return value !== undefined && value !== null;
}
