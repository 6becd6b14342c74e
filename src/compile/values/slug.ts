import { createHash } from 'node:crypto';

/** `CI_COMMIT_REF_SLUG`, `CI_PROJECT_PATH_SLUG`, `CI_JOB_NAME_SLUG`: lower case, others to `-`, at most 63 characters, no `-` at either end. */
export function slugify(text: string): string {
  return toSlugCharacters(text)
    .slice(0, 63)
    .replace(/^-+|-+$/g, '');
}

const MAX_ENVIRONMENT_SLUG = 24;

/**
 * `CI_ENVIRONMENT_SLUG`: at most 24 characters, starts with a letter, no `-` at the end. A name that is changed on the way gets the
 * last 6 base-36 digits of its SHA-256, so that `a/b` and `a-b` stay apart. Source: GitLab.
 */
export function environmentSlug(name: string): string {
  const slug = toSlugCharacters(name);
  const squeezed = (/^[a-z]/.test(slug) ? slug : `env-${slug}`).replace(/-{2,}/g, '-');
  if (squeezed === name && squeezed.length <= MAX_ENVIRONMENT_SLUG) return squeezed.replace(/-$/, '');
  const digest = BigInt(`0x${createHash('sha256').update(name).digest('hex')}`);
  return `${squeezed.slice(0, 17).replace(/-$/, '')}-${digest.toString(36).slice(-6)}`;
}

/** One `-` for each character, not for each UTF-16 unit. */
function toSlugCharacters(text: string): string {
  return text.toLowerCase().replace(/[^a-z0-9]/gu, '-');
}
