/** Of cleanups that have ended how many were met: counted for as long as somebody looks at it. */
export const endedCleanups = `
create index jobs_cleaned on jobs (project_id, finished_at, cleanup_outcome) where is_owed = 1 and cleanup_outcome is not null;
`;
