/*
 * GitLab's REST v4 for pipelines, jobs and what belongs to them, in its names and status codes, with phase, teardown and cleanup added.
 *
 * schemas/  what answers are; the checks of our tests and the OpenAPI document come from these
 * shapes/   from records to answers
 * and one folder a resource.
 */
export { restRoutes } from './rest-routes.ts';
