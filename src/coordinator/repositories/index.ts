/*
 * Repositories: git over HTTP (git-routes.ts), what follows from a push (push/), and what REST shows of them (rest/).
 */

export { COMPARE_REFS, compareRefs } from './compare/compare-refs.ts';
export type { GitPorts } from './git/enter-repository.ts';
export { gitRoutes } from './git-routes.ts';
export { type FilesToPush, pushFiles } from './push/push-files.ts';
export { workOffRef } from './push/work-off-ref.ts';
export { repositoryRoutes } from './repository-routes.ts';
