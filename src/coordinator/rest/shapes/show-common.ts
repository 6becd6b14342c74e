import type { Static } from 'typebox';
import type { JobRecord, PipelineRecord, UserView } from '../../../store/index.ts';
import type { StoredFacts } from '../../pipelines/create/stored-facts.ts';
import type { COMMIT, USER } from '../schemas/common.ts';

/** As GitLab writes instants. */
export function instant(ms: number): string {
  return new Date(ms).toISOString();
}

export function instantOrNull(ms: number | null): string | null {
  return ms === null ? null : instant(ms);
}

export function secondsBetween(from: number | null, to: number): number | null {
  return from === null ? null : Math.max(0, to - from) / 1000;
}

/** When a job that waits for its time starts. */
export function scheduledAt({ status, startAt }: JobRecord['state']): string | null {
  return instantOrNull(status === 'scheduled' ? startAt : null);
}

/** Of a job that failed: as GitLab, it always has one. */
export function failureOf({ failureReason }: JobRecord['state']): string {
  return failureReason ?? 'unknown_failure';
}

/** Of something that has an address below its project, such as `pipelines/5`. */
export function webUrl(base: string, fullPath: string, rest: string): string {
  return `${base}/${fullPath}/-/${rest}`;
}

export function showUser(user: UserView | undefined, base: string): Static<typeof USER> | null {
  if (user === undefined) return null;
  const { id, username, name, state } = user;
  return { id, username, name, state, avatar_url: null, web_url: `${base}/${username}` };
}

/** The commit as it was when the pipeline was made. */
export function showCommit(
  { sha, facts }: Pick<PipelineRecord, 'sha' | 'facts'>,
  fullPath: string,
  base: string,
): Static<typeof COMMIT> {
  const { commit } = facts as StoredFacts;
  return {
    id: sha,
    short_id: sha.slice(0, 8),
    title: commit.title,
    message: commit.message,
    author_name: commit.authorName,
    author_email: commit.authorEmail,
    authored_date: commit.authoredAt,
    committer_name: commit.committerName,
    committer_email: commit.committerEmail,
    committed_date: commit.committedAt,
    created_at: commit.committedAt,
    parent_ids: [...commit.parents],
    web_url: webUrl(base, fullPath, `commit/${sha}`),
  };
}
