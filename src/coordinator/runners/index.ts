/*
 * Runners as people see them: made, given to projects, changed, removed. What runners say themselves is in runner-api.
 */
export { runnersRoutes } from './runners-routes.ts';
