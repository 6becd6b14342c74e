import { Failure } from '../../base/index.ts';

/** What git and curl say of a connection that was not had, or broke, and of a server that says that it cannot now. */
const AWAY = new RegExp(
  [
    ...[
      'could not resolve',
      'failed to connect',
      "couldn't connect",
      'connection (refused|reset|timed out)',
      'timed out',
    ],
    ...['empty reply', 'recv failure', 'send failure', 'transfer closed', 'hung up', 'early EOF', 'RPC failed; curl'],
    ...['expected flush', "expected 'acknowledgments'", 'returned error: (429|5\\d\\d)'],
  ].join('|'),
  'i',
);

/** Whether a fetch failed only because its server was away just then: what it says of rights, names and certificates will stay so. */
export function isServerAway(error: unknown): boolean {
  return error instanceof Failure && error.code === 'git_failed' && AWAY.test(error.message);
}
