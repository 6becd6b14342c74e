import { afterEach } from 'vitest';
import { type GitServer, openGitServer } from './git-server.ts';

const open: GitServer[] = [];
afterEach(async () => {
  for (const server of open.splice(0)) await server.close();
});

/** As `openGitServer`; closed after the test. */
export async function startGitServer(root: string, path?: string): Promise<GitServer> {
  const server = await openGitServer(root, path);
  open.push(server);
  return server;
}
