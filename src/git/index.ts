export type { BareRepository, ReadOptions } from './bare/bare-repository.ts';
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
export { defaultGitLimits, type GitLimits } from './http/limits.ts';
export type { Push, PushCommand, PushedRef, PushPolicy, PushResult, RefDecision } from './http/push.ts';
export { type GitAnswer, type GitRequest, type GitService, serveGit } from './http/serve-git.ts';
export type { GitFailureCode } from './process/git-failure.ts';
export { takeSnapshot } from './snapshot/take-snapshot.ts';
