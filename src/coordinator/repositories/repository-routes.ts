import type { Route } from '../http/index.ts';
import type { Parts } from '../parts.ts';
import { blobRoutes } from './rest/blob-routes.ts';
import { branchRoutes } from './rest/branch-routes.ts';
import { commitRoutes } from './rest/commit-routes.ts';
import { compareRoutes } from './rest/compare-routes.ts';
import { fileRoutes } from './rest/file-routes.ts';
import { tagRoutes } from './rest/tag-routes.ts';
import { treeRoutes } from './rest/tree-routes.ts';

/** What REST shows of a project's repository. All of it is read. */
export function repositoryRoutes(parts: Parts): readonly Route[] {
  return [branchRoutes, tagRoutes, commitRoutes, compareRoutes, treeRoutes, fileRoutes, blobRoutes].flatMap((routes) =>
    routes(parts),
  );
}
