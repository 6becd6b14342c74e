import type { CommitInfo, FileDiff } from '../../../git/index.ts';

/** A commit in GitLab's shape. @param web address of the project's pages */
export function showCommit({ sha, parents, title, message, author, committer }: CommitInfo, web: string) {
  return {
    id: sha,
    short_id: sha.slice(0, 8),
    created_at: showDate(committer.date),
    parent_ids: parents,
    title,
    message,
    author_name: author.name,
    author_email: author.email,
    authored_date: showDate(author.date),
    committer_name: committer.name,
    committer_email: committer.email,
    committed_date: showDate(committer.date),
    trailers: {},
    extended_trailers: {},
    web_url: `${web}/-/commit/${sha}`,
  };
}

/** `2026-01-02T03:04:05.000+00:00`; null for what is no date. */
export function showDate(date: string): string | null {
  const [, seconds, offset = ''] = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(Z|[+-]\d\d:\d\d)$/.exec(date) ?? [];
  return seconds === undefined ? null : `${seconds}.000${offset === 'Z' ? '+00:00' : offset}`;
}

const MOST_PATCH = 200_000;

export function showDiff({ kind, oldPath, newPath, oldMode, newMode, patch }: FileDiff) {
  const isTooLarge = patch.length > MOST_PATCH;
  return {
    diff: isTooLarge ? '' : patch,
    collapsed: false,
    too_large: isTooLarge,
    new_path: newPath,
    old_path: oldPath,
    a_mode: oldMode,
    b_mode: newMode,
    new_file: kind === 'added',
    renamed_file: kind === 'renamed',
    deleted_file: kind === 'deleted',
    generated_file: null,
  };
}
