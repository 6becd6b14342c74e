/*
 * GitLab's runner protocol, and what ours adds to it. registration/ how runners come and go, requesting/ how they get work, reporting/ what they say of it.
 */

export { DEFAULT_LIMITS, type RunnerLimits } from './runner-limits.ts';
export { runnerProtocolRoutes } from './runner-protocol-routes.ts';
