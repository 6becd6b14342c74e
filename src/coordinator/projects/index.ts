/*
 * Projects: made, and what may be said of them.
 */
export { createProject, type ProjectRequest } from './create-project.ts';
export { createProjectForPush } from './create-project-for-push.ts';
export { projectsRoutes } from './projects-routes.ts';
