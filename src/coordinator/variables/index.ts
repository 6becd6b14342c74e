/*
 * Variables of projects and of the instance, as people set them. What jobs get of them is in `pipelines`.
 */
export { variablesRoutes } from './variables-routes.ts';
