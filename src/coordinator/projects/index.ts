/*
 * Projects: made, and what may be said of them.
 */
export { createProject, createProjectForPush, type ProjectRequest } from './create-project.ts';
export { projectsRoutes } from './projects-routes.ts';
