export type { BareRepository, ReadOptions } from './bare/bare-repository.ts';
export { commitFiles, type FileToCommit } from './bare/commit-files.ts';
export {
  dropKeptCommit,
  keepCommit,
  listRefs,
  type RefState,
  readDefaultBranch,
  setDefaultBranch,
} from './bare/refs.ts';
export { openRepositories, type Repositories, type RepositoriesOptions } from './bare/repositories.ts';
export { type MaintainOptions, maintain, type Size, sizeOf } from './bare/upkeep.ts';
export { changedFiles, changedSinceRef } from './checkout/changed-files.ts';
export { kindOfRef } from './checkout/kind-of-ref.ts';
export { listFiles } from './checkout/list-files.ts';
export { type Checkout, findTopLevel, readCheckout } from './checkout/read-checkout.ts';
export { bringCommit } from './fetch/bring-commit.ts';
export type { CommitRequest, SubmoduleRequest } from './fetch/commit-request.ts';
export { isServerAway } from './fetch/server-away.ts';
export { defaultGitLimits, type GitLimits } from './http/limits.ts';
export type { Push, PushCommand, PushedRef, PushPolicy, PushResult, RefDecision } from './http/push.ts';
export { type GitAnswer, type GitRequest, type GitService, serveGit } from './http/serve-git.ts';
export type { GitFailureCode } from './process/git-failure.ts';
export { startGitWith } from './process/run-git.ts';
export { isAncestor, mergeBase } from './read/ancestry.ts';
export { type Change, listChanges } from './read/changes.ts';
export {
  type CommitInfo,
  type CommitQuery,
  type CommitStats,
  commitStats,
  latestCommitOf,
  listCommits,
  readCommit,
  readCommits,
  type Signature,
} from './read/commits.ts';
export { type FileDiff, listDiffs } from './read/diffs.ts';
export { type FileAtRevision, readBlob, readFile, readFiles } from './read/file.ts';
export { isRefName } from './read/names.ts';
export {
  type ArchiveOptions,
  archivePrefix,
  type GitBytes,
  openArchive,
  openBlob,
  type StreamOptions,
} from './read/open-stream.ts';
export { type Branch, listBranches, listTags, type RefPage, type RefQuery, refsWith, type Tag } from './read/refs.ts';
export { type Revision, requireRevision, resolveRevision } from './read/resolve-revision.ts';
export { findEntry, listTree, type SizedEntry, type TreeEntry, type TreeQuery } from './read/tree.ts';
export { takeSnapshot } from './snapshot/take-snapshot.ts';
