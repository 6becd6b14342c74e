/*
 * Takes jobs from a coordinator over GitLab's runner protocol and sees each through `runner`. Start with run-daemon.ts.
 *
 * wire/  the protocol, one function a call        job/  one job: what it is given, its log, its result
 */
export { type DaemonOptions, runDaemon } from './run-daemon.ts';
