/*
 * The one stream over which a page hears of everything that it shows. `fetch` instead of `EventSource`: status, headers and beats are seen, and a
 * server that says nothing is lost and not "open".
 */
export { createLive, type Live } from './live.ts';
export type { Link, LiveOptions, Watcher, World } from './live-types.ts';
