/*
 * Repositories: git over HTTP (git-routes.ts), what follows from a push (push/), and what REST shows of them (rest/).
 */
export type { GitPorts } from './git/enter-repository.ts';
export { gitRoutes } from './git-routes.ts';
export { compareRefs } from './push/compare-refs.ts';
export { type FilesToPush, pushFiles } from './push/push-files.ts';
export { workOffRef } from './push/work-off-ref.ts';
export { repositoryRoutes } from './repository-routes.ts';
