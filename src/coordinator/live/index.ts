/*
 * Server-sent events of pipelines, jobs and logs. A hint says that there is something new, what it is is read: so a watcher on any replica sees
 * what was written on any other, and a lost hint costs seconds.
 */
export { liveRoutes } from './live-routes.ts';
export { type WatchedLogs, watchedLogs } from './watched-logs.ts';
